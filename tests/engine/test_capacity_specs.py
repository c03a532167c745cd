"""Models and GPUs by the names people write; what is not known is said, with the closest name."""

from __future__ import annotations

import csv
import math

import pytest

from planner.engine.capacity import CapacityError, NotKnownError, gpu, gpus, model, models, replica
from planner.engine.capacity.precision import Precision, weighing
from planner.engine.capacity.specs import DATA
from pricing.feeds.reference import reference_snapshot
from tests.engine.replicas import CALIBRATION
from tests.engine.samples import POLICY


def cells(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Llama-3.1-8B", "Llama-3.1-8B"),
        ("llama-3.1-8b", "Llama-3.1-8B"),
        ("meta-llama/Llama-3.1-70B-Instruct", "Llama-3.1-70B"),
        ("gpt-oss-120b", "gpt-oss-120b"),
        ("deepseek-v3.2", "DeepSeek-V3.2"),
        ("llama-4-maverick", "Llama-4-Maverick"),
    ],
)
def test_a_model_is_known_by_the_names_of_tables_price_book_and_publishers(written: str, name: str) -> None:
    assert model(written).name == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("h100", "h100_sxm"),
        ("H100_SXM", "h100_sxm"),
        ("a100-80gb", "a100_sxm"),
        ("a100-40gb", "a100_40"),
        ("dgx-h100", "h100_sxm"),
        ("l4", "l4"),
        ("l40s", "l40s"),
        ("h200", "h200_sxm"),
        ("b200", "b200_sxm"),
        ("t4", "t4"),
        ("dgx-spark", "dgx_spark_gb10"),
        ("vgpu-7gb", "vgpu_7gb"),
    ],
)
def test_a_gpu_is_known_by_the_names_of_tables_and_price_book(written: str, name: str) -> None:
    assert gpu(written).name == name


def test_every_gpu_of_the_price_book_is_known() -> None:
    assert all(gpu(offer.gpu).memory_bytes > 0 for offer in reference_snapshot().gpu_offers)


def test_every_open_model_and_gpu_of_the_tiers_is_known() -> None:
    for tier in POLICY.tiers.values():
        assert all(model(name) for name in tier.open)
        assert all(gpu(shape.gpu) for shape in tier.shapes.values())


def test_every_other_name_leads_to_a_row() -> None:
    for row in cells("names"):
        found = model(row["known_as"]) if row["kind"] == "model" else gpu(row["known_as"])
        assert found.name == row["name"]


def test_what_nobody_knows_is_said_with_the_closest_name() -> None:
    with pytest.raises(
        NotKnownError, match=r"Model 'llama-3.1-80b' is not known. Did you mean Llama-3.1-8B\?"
    ) as found:
        model("llama-3.1-80b")
    assert found.value.closest == "Llama-3.1-8B"
    with pytest.raises(NotKnownError, match=r"GPU 'h1000' is not known. Did you mean h100\?"):
        gpu("h1000")
    with pytest.raises(NotKnownError, match=r"GPU 'zzz' is not known\.$") as nothing:
        gpu("zzz")
    assert nothing.value.closest is None
    with pytest.raises(NotKnownError, match=r"Precision 'fp9' is not known\. Did you mean fp8"):
        replica("Llama-3.1-8B", "h100", 1, "fp9", CALIBRATION)


@pytest.mark.parametrize("asked", ["gpt-4o", "bge-m3"])
def test_what_nobody_can_run_is_refused(asked: str) -> None:
    with pytest.raises(CapacityError, match=r"closed weights|cannot be computed"):
        model(asked)


@pytest.mark.parametrize("asked", ["groq_lpu", "cpu_32c"])
def test_what_is_no_gpu_is_refused(asked: str) -> None:
    with pytest.raises(CapacityError, match="is no GPU"):
        gpu(asked)


def test_parameters_add_up_to_the_published_total() -> None:
    totals = {
        row["model"]: float(row["params_total_b"]) * 1e9 for row in cells("models") if row["params_total_b"]
    }
    for each in models().values():
        stored = each.dense_params + each.expert_params + each.embedding_params
        assert stored == pytest.approx(totals[each.name], rel=0.011), each.name


def test_models_of_one_shape_share_their_measured_rows() -> None:
    assert {name: model(name).measured_as for name in ("Llama-3.3-70B", "Llama-3-8B", "DeepSeek-V3.2")} == {
        "Llama-3.3-70B": "Llama-3.1-70B",
        "Llama-3-8B": "Llama-3.1-8B",
        "DeepSeek-V3.2": "DeepSeek-V3.2",
    }


def test_maverick_has_experts_in_every_second_layer_and_r1_in_all_but_three() -> None:
    found = {name: model(name).expert_layers for name in ("Llama-4-Maverick", "DeepSeek-R1", "Llama-3.1-8B")}
    assert found == {"Llama-4-Maverick": 24, "DeepSeek-R1": 58, "Llama-3.1-8B": 0}


def weighed(name: str, on: str, precision: Precision) -> tuple[float, ...]:
    found = weighing(model(name), gpu(on), precision, CALIBRATION)
    return found.dense_bytes, found.expert_bytes, found.cache_bytes, found.flops, found.reached


def test_arithmetic_runs_in_the_narrowest_format_of_weights_and_gpu() -> None:
    assert weighed("Llama-3.1-70B", "h100", Precision.FP8) == (1, 1, 1, 1.979e15, 0.45)
    assert weighed("Llama-3.1-70B", "a100", Precision.FP8) == (1, 1, 1, 3.12e14, 0.45)
    assert weighed("Llama-3.1-70B", "h100", Precision.FP4) == (0.5625, 0.5625, 1, 1.979e15, 0.45)
    assert weighed("Llama-3.1-70B", "b200", Precision.FP4) == (0.5625, 0.5625, 1, 9e15, 0.22)
    assert weighed("Llama-3.1-70B", "h100", Precision.INT4) == (0.5625, 0.5625, 2, 9.89e14, 0.45)
    assert weighed("DeepSeek-R1", "h200", Precision.FP8)[2] == 1.5


@pytest.mark.parametrize("asked", list(Precision))
def test_gpt_oss_is_served_in_its_own_mixture_whatever_is_asked(asked: Precision) -> None:
    assert weighed("gpt-oss-120b", "h100", asked) == (2, 0.5625, 2, 9.89e14, 0.64)
    assert weighed("gpt-oss-120b", "b200", asked) == (2, 0.5625, 2, 9e15, 0.22)


def test_kimi_keeps_its_dense_weights_in_int4() -> None:
    assert weighed("Kimi-K2.5", "h200", Precision.INT4)[:3] == (2, 0.5625, 1.5)
    assert weighed("Kimi-K2.5", "b200", Precision.FP4)[:2] == (0.5625, 0.5625)


def test_a_gpu_without_measured_rows_says_so() -> None:
    assert {each.name for each in gpus().values() if not each.verified} >= {"l4", "mi300x", "t4"}
    assert gpu("h100").verified
    assert math.isnan(gpu("vgpu_7gb").bandwidth_bytes_s)


def test_every_measured_row_names_its_source_and_licence_and_the_notice_both() -> None:
    notice = (DATA / "NOTICE.md").read_text("utf-8")
    assert {row["licence"] for row in cells("throughput")} == {"Apache-2.0"}
    assert all(row["source"] for row in cells("throughput"))
    assert "Apache License" in (DATA / "LICENSE-Apache-2.0.txt").read_text("utf-8")
    for name in ("InferenceX", "aiconfigurator", "TensorRT-LLM", "095f58a", "00f37686", "258c7540"):
        assert name in notice
