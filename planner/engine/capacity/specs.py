"""What models and GPUs are made of: read once from the tables that ship, never guessed."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from planner.engine.capacity.errors import CapacityError, NotKnownError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DATA: Final = Path(__file__).with_name("data")
MODELLED: Final = "yes"
UNVERIFIED: Final = "unverified"
SAME_SHAPE: Final = "same shape"
SHAPE: Final = ("layers", "hidden", "heads", "kv_heads", "head_dim", "dense_ffn", "vocab", "moe_experts")


@dataclass(frozen=True, slots=True)
class Model:
    """A model with open weights. Parameters are counts; `dense` ones are read at every step, `embedding` ones only
    stored. `measured_as` is the model whose measured rows are its own: the same, or one of the same shape.
    """

    name: str
    title: str
    measured_as: str
    native_precision: str
    note: str
    layers: float
    expert_layers: float
    hidden: float
    heads: float
    head_dim: float
    experts: float
    experts_active: float
    dense_params: float
    expert_params: float
    expert_params_active: float
    embedding_params: float
    kv_elements_token: float
    full_attention_share: float
    window_tokens: float
    latent: bool
    latent_rank: float
    rope_dim: float
    nope_dim: float
    value_dim: float
    context_tokens: float


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU. Rates are dense peaks in bytes/s and FLOP/s; 0 where a format has none, NaN where nobody says.

    `verified` is false where no measured row stands behind its figures.
    """

    name: str
    title: str
    modelled: str
    note: str
    memory_bytes: float
    bandwidth_bytes_s: float
    bf16_flops: float
    fp8_flops: float
    fp4_flops: float
    link_bytes_s: float
    per_node: int
    watts: float

    @property
    def verified(self) -> bool:
        return self.modelled == MODELLED

    @property
    def computes(self) -> bool:
        """Whether its rates are known, and not only its memory."""
        return self.modelled in (MODELLED, UNVERIFIED)


def model(name: str) -> Model:
    """The model of a name, as the tables or the price book write it. NotKnownError otherwise; CapacityError for one
    whose weights nobody can run.
    """
    found = _model(name)
    if isinstance(found, CapacityError):
        raise found
    return found


def gpu(name: str) -> Gpu:
    """The GPU of a name, as the tables or the price book write it. NotKnownError otherwise; CapacityError for a
    processor or a service, which have no roofline.
    """
    found = _gpu(name)
    if isinstance(found, CapacityError):
        raise found
    return found


@cache
def models() -> Mapping[str, Model]:
    """The models with open weights that can be computed, by name."""
    rows = [row for row in _rows("models") if row["capacity_modelled"] == MODELLED]
    measured = {_shape(row): row["model"] for row in rows if row["measured"] == MODELLED}
    return {row["model"]: _as_model(row, measured) for row in rows}


@cache
def gpus() -> Mapping[str, Gpu]:
    """GPUs and slices of GPUs, by name."""
    return {row["gpu"]: _as_gpu(row) for row in _rows("gpus") if row["kind"].startswith("gpu")}


@cache
def _model(name: str) -> Model | CapacityError:
    other = {row["model"]: row for row in _rows("models")}
    found = _named("model", name, other)
    if found is None:
        return NotKnownError("Model", name, [*other, *_names("model")])
    if found in models():
        return models()[found]
    if other[found]["weights"] == "open":
        return CapacityError("Model", f"{found} cannot be computed: {other[found]['note']}.")
    return CapacityError("Model", f"{found} has closed weights: nobody else can run it.")


@cache
def _gpu(name: str) -> Gpu | CapacityError:
    other = {row["gpu"]: row for row in _rows("gpus")}
    found = _named("gpu", name, other)
    if found is None:
        return NotKnownError("GPU", name, [*other, *_names("gpu")])
    if found in gpus():
        return gpus()[found]
    return CapacityError("GPU", f"{found} is no GPU: {other[found]['note']}.")


def _named(kind: str, name: str, known: Iterable[str]) -> str | None:
    """The table's own name: capitals and the choice of dash do not matter, other names stand in names.csv."""
    plain = _plain(name)
    return {**_names(kind), **{_plain(each): each for each in known}}.get(plain)


def _plain(name: str) -> str:
    return name.strip().lower().rpartition("/")[2].replace("_", "-")


@cache
def _names(kind: str) -> Mapping[str, str]:
    return {row["known_as"]: row["name"] for row in _rows("names") if row["kind"] == kind}


@cache
def _rows(table: str) -> tuple[dict[str, str], ...]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def _as_model(row: Mapping[str, str], measured: Mapping[tuple[str, ...], str]) -> Model:
    number = _number(row, missing=0.0)
    every = number("moe_every")
    return Model(
        name=row["model"],
        title=row["name"],
        measured_as=measured[_shape(row)] if row["measured"] == SAME_SHAPE else row["model"],
        native_precision=row["native_precision"],
        note=row["note"],
        layers=number("layers"),
        expert_layers=(number("layers") - number("dense_layers")) // every if every else 0.0,
        hidden=number("hidden"),
        heads=number("heads"),
        head_dim=number("head_dim"),
        experts=number("moe_experts"),
        experts_active=number("moe_active"),
        dense_params=number("params_non_expert"),
        expert_params=number("params_expert"),
        expert_params_active=number("params_expert_active"),
        embedding_params=number("params_embedding"),
        kv_elements_token=number("kv_elements_per_token"),
        full_attention_share=number("full_attention_share"),
        window_tokens=number("window"),
        latent=row["attention"] == "mla",
        latent_rank=number("mla_kv_rank"),
        rope_dim=number("mla_rope_dim"),
        nope_dim=number("mla_nope_dim"),
        value_dim=number("mla_v_dim"),
        context_tokens=number("context_max"),
    )


def _as_gpu(row: Mapping[str, str]) -> Gpu:
    number = _number(row, missing=float("nan"))
    return Gpu(
        name=row["gpu"],
        title=row["name"],
        modelled=row["capacity_modelled"],
        note=row["note"],
        memory_bytes=number("memory_bytes"),
        bandwidth_bytes_s=number("bandwidth_bytes_s"),
        bf16_flops=number("bf16_flops"),
        fp8_flops=number("fp8_flops"),
        fp4_flops=number("fp4_flops"),
        link_bytes_s=number("link_bytes_s_one_way"),
        per_node=int(row["gpus_per_node"]),
        watts=number("watts"),
    )


def _number(row: Mapping[str, str], missing: float) -> Callable[[str], float]:
    return lambda column: float(row[column]) if row[column] else missing


def _shape(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row[column] for column in SHAPE)
