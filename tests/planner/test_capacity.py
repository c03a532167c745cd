"""The capacity page: an estimate for every configuration, and own benchmarks it moves to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client

from planner.models import OwnBenchmark, OwnBenchmarkEvent
from planner.selectors import capacity as selectors
from planner.services import capacity as services
from tests import factories
from tests.engine.replicas import row
from tests.engine.test_benchmark_output import VLLM

if TYPE_CHECKING:
    from workloads.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
ASKED = {
    "model": "Llama-3.1-70B",
    "gpu": "h100_sxm",
    "gpus": "2",
    "precision": "fp8",
    "engine": "",
    "input_tokens": "1024",
    "output_tokens": "1000",
    "concurrency": "64",
    "itl_ms": "50",
}
OWN = VLLM.replace("2088.55", "1500.00").replace("239.40", "333.33")


def client(person: User) -> Client:
    found = Client()
    found.force_login(person)
    return found


def add(by: User, text: str = OWN, **cells: str) -> OwnBenchmark:
    return services.add_benchmark(row(**cells), text, note="", by=by, as_of=NOW)


def context(response: Any) -> Any:
    return response.context


def test_the_page_opens_with_an_estimate(adam: User) -> None:
    answer = context(client(adam).get("/capacity/"))["answer"]
    assert answer.row.configuration == ("Llama-3.3-70B", "h100_sxm", "fp8", 2)
    assert answer.found.low < answer.found.out_tok_s < answer.found.high
    assert answer.headline.endswith("limited by memory bandwidth.")
    assert "requests at a time" in answer.under_target


def test_somebody_without_a_role_reads_and_a_stranger_signs_in() -> None:
    assert "output tokens a second" in client(factories.UserFactory()).get("/capacity/").content.decode()
    assert Client().get("/capacity/")["Location"].startswith("/accounts/login/")


def test_htmx_gets_the_answer_alone_with_the_configuration_to_paste_for(ana: User) -> None:
    page = client(ana).get("/capacity/", ASKED, headers={"HX-Request": "true"})
    text = page.content.decode()
    assert "<html" not in text
    assert 'form="paste" name="gpu" value="h100_sxm"' in text
    assert "HX-Request" in page["Vary"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"gpus": "1", "precision": "bf16"}, "weights do not fit"),
        ({"gpus": "16"}, "what several do together is not known"),
        ({"gpu": "vgpu_14gb", "model": "Llama-3.1-8B", "gpus": "1"}, "How fast this GPU is"),
        ({"input_tokens": "131072"}, "at most 131,072 tokens"),
    ],
)
def test_what_cannot_be_answered_is_said(ana: User, changed: dict[str, str], words: str) -> None:
    answer = context(client(ana).get("/capacity/", ASKED | changed))["answer"]
    assert words in answer.refusal
    assert answer.found is None


@pytest.mark.parametrize(
    ("field", "value"), [("gpus", "0"), ("model", "gpt-4o"), ("input_tokens", "nan"), ("itl_ms", "")]
)
def test_a_wrong_answer_is_pointed_out(ana: User, field: str, value: str) -> None:
    page = client(ana).get("/capacity/", ASKED | {field: value})
    assert page.status_code == 422
    assert list(context(page)["form"].errors) == [field]


def test_a_pasted_run_shows_how_far_it_moves_the_estimate_and_keeps_nothing(ana: User) -> None:
    page = client(ana).post("/capacity/benchmarks/", ASKED | {"text": OWN, "action": "preview"})
    shown = context(page)["preview"]
    before = context(page)["answer"].found.out_tok_s
    assert (
        shown.at_its_load
        == f"The estimate of {before:,.0f} tokens a second moves by {1500 / before - 1:+.0%}, to 1,500."
    )
    assert shown.run.concurrency == 64
    assert "Successful requests" in page.content.decode()
    assert not OwnBenchmark.objects.exists()


def test_a_kept_run_moves_the_estimate_to_it(ana: User) -> None:
    kept = client(ana).post(
        "/capacity/benchmarks/", ASKED | {"text": OWN, "note": "New driver", "action": "save"}
    )
    assert kept["Location"].startswith("/capacity/?model=Llama-3.1-70B&gpu=h100_sxm")
    answer = context(client(ana).get(kept["Location"]))["answer"]
    assert answer.found.out_tok_s == pytest.approx(1500)
    assert answer.found.basis == "own benchmark"
    benchmark = OwnBenchmark.objects.get()
    assert (benchmark.text, benchmark.note, benchmark.added_by) == (OWN.strip(), "New driver", ana)
    assert OwnBenchmarkEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "words"), [("", "Paste the output"), ("hello", "not the output"), (OWN[:300], "Missing:")]
)
@pytest.mark.parametrize("action", ["preview", "save"])
def test_a_text_that_cannot_be_read_comes_back_with_what_is_missing(
    ana: User, action: str, text: str, words: str
) -> None:
    page = client(ana).post("/capacity/benchmarks/", ASKED | {"text": text, "action": action})
    assert page.status_code == 422
    assert words in context(page)["pasted"].errors["text"][0]
    assert not OwnBenchmark.objects.exists()


def test_a_run_that_cannot_have_been_is_refused(ana: User) -> None:
    with pytest.raises(ValidationError, match="cannot have served that"):
        add(ana, precision="bf16", n_gpu="1")


@pytest.mark.parametrize("who", ["lena", "adam", "rita"])
def test_only_architects_and_operators_keep_benchmarks(request: pytest.FixtureRequest, who: str) -> None:
    person = request.getfixturevalue(who)
    page = client(person).post("/capacity/benchmarks/", ASKED | {"text": OWN, "action": "save"})
    assert page.status_code == 403
    with pytest.raises(PermissionDenied, match="Architects and operators"):
        add(person)
    assert not OwnBenchmark.objects.exists()


@pytest.mark.parametrize("who", ["ana", "omar"])
def test_architects_and_operators_keep_them(request: pytest.FixtureRequest, who: str) -> None:
    assert add(request.getfixturevalue(who)).out_tok_s == 1500


def test_it_is_withdrawn_by_whoever_added_it_or_an_operator(ana: User, ben: User, omar: User) -> None:
    first, second = add(ana), add(ana)
    assert client(ben).post(f"/capacity/benchmarks/{first.pk}/withdraw/").status_code == 403
    assert OwnBenchmark.objects.filter(withdrawn_at=None).count() == 2
    client(ana).post(f"/capacity/benchmarks/{first.pk}/withdraw/")
    client(omar).post(f"/capacity/benchmarks/{second.pk}/withdraw/")
    assert [each.withdrawn_by for each in OwnBenchmark.objects.order_by("pk")] == [ana, omar]
    assert selectors.answer(row(), 50, NOW).found.basis != "own benchmark"
    assert client(omar).post("/capacity/benchmarks/999999/withdraw/").status_code == 404


def test_withdrawing_twice_keeps_the_first(ana: User, omar: User) -> None:
    kept = add(ana)
    services.withdraw_benchmark(kept.pk, by=ana, as_of=NOW)
    assert services.withdraw_benchmark(kept.pk, by=omar, as_of=NOW).withdrawn_by == ana


@pytest.mark.parametrize(
    "change", ["out_tok_s = 9000", "text = 'other'", "withdrawn_at = null, withdrawn_by_id = null"]
)
def test_the_database_itself_keeps_a_benchmark_as_it_was(ana: User, change: str) -> None:
    kept = add(ana)
    if "withdrawn" in change:
        services.withdraw_benchmark(kept.pk, by=ana, as_of=NOW)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update planner_ownbenchmark set {change}")
    kept.refresh_from_db()
    assert kept.out_tok_s == 1500


def test_nothing_at_or_below_zero_is_a_measurement(ana: User) -> None:
    kept = add(ana)
    kept.pk, kept.out_tok_s = None, 0
    with pytest.raises(IntegrityError, match="benchmark_figures_positive"), transaction.atomic():
        kept.save()


def test_the_page_asks_as_many_questions_with_one_benchmark_as_with_three(
    ana: User, django_assert_num_queries: Any
) -> None:
    add(ana)
    signed_in = client(ana)
    signed_in.get("/capacity/", ASKED)
    with django_assert_num_queries(13):
        signed_in.get("/capacity/", ASKED)
    add(ana)
    add(ana)
    with django_assert_num_queries(13):
        signed_in.get("/capacity/", ASKED)


def test_every_remark_has_a_reason(ana: User) -> None:
    starved = selectors.answer(row(n_gpu="1", concurrency="8"), 50, NOW)
    guessed = selectors.answer(row(model="Llama-3.1-8B", gpu="l4", n_gpu="1", concurrency="8"), 1, NOW)
    assert any("Do not plan with this one" in each for each in starved.remarks)
    assert any("those of a data sheet" in each for each in guessed.remarks)
    assert guessed.under_target == "Not even one request alone gets a token every 1 ms."
