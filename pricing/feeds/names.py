"""One name per model and per provider, whatever a feed calls them. The knowledge is in data/*.toml."""

from __future__ import annotations

import csv
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

NO_CURRENCY = "XXX"  # ISO 4217: nobody says in which currency
CLOSE = 0.1  # gigabytes and gibibytes differ by 7 %

DATA = Path(__file__).parent / "data"
REGION = re.compile(r"^(eu|us|global|[a-z]{2}(-gov)?-[a-z]+-\d)$")


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def _provider_aliases() -> dict[str, str]:
    return {
        alias: slug
        for slug, row in _table("providers.toml").items()
        if isinstance(row, dict)
        for alias in row.get("aliases", ())
    }


def provider_slug(raw: str) -> str:
    return _provider_aliases().get(raw.lower(), raw.lower())


def provider_name(slug: str) -> str:
    row: dict[str, str] = _table("providers.toml").get(slug, {})
    return row.get("name", slug)


def jurisdiction(slug: str) -> str:
    """The country whose law the provider answers to, or nothing where nobody has looked it up."""
    row: dict[str, str] = _table("providers.toml").get(slug, {})
    return row.get("jurisdiction", "")


def is_known_provider(raw: str) -> bool:
    return isinstance(_table("providers.toml").get(provider_slug(raw)), dict)


def currency_of(provider: str) -> str:
    """The currency of feeds that name none: US dollars, except for sellers whose currency nobody has looked up."""
    row: dict[str, Any] = _table("providers.toml").get(provider, {})
    return NO_CURRENCY if row.get("currency_unlabelled") else "USD"


def is_router(provider: str) -> bool:
    """Whether the provider passes calls on to hosts it does not name."""
    return provider.startswith(tuple(_table("providers.toml")["routers"]))


def model_slug(raw: str) -> str:
    """meta-llama/Llama-3.3-70B-Instruct-Turbo -> llama-3.3-70b."""
    last = raw.rsplit("/", 1)[-1].lower()
    aliases: dict[str, str] = _table("models.toml")["aliases"]
    return aliases.get(last, last)


def model_name(slug: str) -> str:
    names: dict[str, str] = _table("models.toml")["names"]
    return names.get(slug, slug)


def region_in(raw: str) -> str:
    """The region inside an id such as eu/gpt-4o or us-east-1/anthropic.claude-v1."""
    return next((part.lower() for part in raw.split("/")[:-1] if REGION.match(part.lower())), "")


@cache
def open_weights(slug: str) -> bool | None:
    """Whether the weights can be downloaded; None when the data does not say."""
    families = _table("models.toml")
    matches = [
        (len(prefix), is_open)
        for is_open, key in ((True, "open"), (False, "closed"))
        for prefix in families[key]
        if slug.startswith(prefix)
    ]
    return max(matches)[1] if matches else None


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What the maker publishes about a model: licence, and parameters in billions. None is not published."""

    licence: str
    params_total_b: float | None
    params_active_b: float | None
    context_tokens: int | None
    source: str


@cache
def model_cards() -> dict[str, ModelCard]:
    """The card of each model we have looked up, by slug."""
    with (DATA / "model_cards.csv").open(encoding="utf-8", newline="") as file:
        return {row["model"]: _card(row) for row in csv.DictReader(file)}


def _card(row: dict[str, str]) -> ModelCard:
    total, active, context = row["params_total_b"], row["params_active_b"], row["context_tokens"]
    return ModelCard(
        row["licence"],
        float(total) if total else None,
        float(active) if active else None,
        int(context) if context else None,
        row["source"],
    )


def gpu_slug(raw: str, memory_gb: float | None = None) -> str:
    """H100-SXM5 -> h100. A name that stands for several boards is told apart by the memory given, or left as it is."""
    name = raw.strip().lower()
    name = _gpu_aliases().get(name, name)
    boards: dict[str, str] = _table("gpus.toml")["which"].get(name, {})
    for memory, slug in boards.items():
        if memory_gb and abs(memory_gb / float(memory) - 1) <= CLOSE:
            return slug
    return name


def gpu_memory_gb(slug: str) -> int | None:
    """As its maker states it; None for a GPU that is not in our table."""
    row: dict[str, Any] = _table("gpus.toml")["gpus"].get(slug, {})
    return row.get("memory_gb")


@cache
def _gpu_aliases() -> dict[str, str]:
    gpus: dict[str, dict[str, Any]] = _table("gpus.toml")["gpus"]
    return {alias: slug for slug, row in gpus.items() for alias in row.get("aliases", ())}
