"""The book: what is new is added, what changed ends what was, nothing is ever edited or counted twice."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from planner.jobs import RunState
from pricing import services
from pricing.models import Conflict, FeedRun, FxRate, Model, Offer, Quote, Snapshot
from pricing.selectors import price_snapshot
from pricing.selectors.current import prices_on
from pricing.signals import prices_changed

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 21, 6, tzinfo=UTC)
TODAY = DAY.date()


def entry(price_in: float, price_out: float, **more: Any) -> dict[str, Any]:
    return {
        "litellm_provider": "groq",
        "mode": "chat",
        "input_cost_per_token": price_in / 1e6,
        "output_cost_per_token": price_out / 1e6,
    } | more


def pull(at: datetime = DAY, **entries: Any) -> FeedRun:
    """LiteLLM's file with these entries, pulled at AT."""
    document = json.dumps({name.replace("_", "-"): value for name, value in entries.items()}).encode()
    upload = services.Upload("prices.json", document)
    return services.pull_here("litellm", as_of=at, source="file", upload=upload)


def genai(at: datetime = DAY, *, provider: str = "groq", model: str = "llama", **prices: Any) -> FeedRun:
    document = json.dumps([{"id": provider, "models": [{"id": model, "prices": prices}]}]).encode()
    return services.pull_here(
        "genai-prices", as_of=at, source="file", upload=services.Upload("d.json", document)
    )


def book(day: date = TODAY) -> dict[str, dict[str, Decimal]]:
    return {
        prices[0].offer.slug: {part: quote.amount for part, quote in prices[0].quotes.items()}
        for prices in prices_on(day).values()
    }


def test_a_new_price_is_in_the_book_from_the_day_first_seen() -> None:
    run = pull(llama=entry(1, 2))
    quote = Quote.objects.get(component="input")
    assert (run.state, run.counts["new"]) == ("done", 2)
    assert (quote.amount, quote.valid_from, quote.dated, quote.raw["unit"]) == (
        Decimal(1),
        DAY.date(),
        False,
        "USD per token",
    )


def test_the_same_file_twice_adds_nothing_and_moves_the_date_last_seen() -> None:
    pull(llama=entry(1, 2))
    run = pull(DAY + timedelta(days=1), llama=entry(1, 2))
    assert run.counts == {"seen": 2, "unchanged": 2, "refused": 0, "conflicts": 0}
    assert Quote.objects.count() == 2
    assert set(Quote.objects.values_list("checked_at", flat=True)) == {DAY + timedelta(days=1)}


def test_a_changed_price_ends_the_old_one_and_both_stay() -> None:
    pull(llama=entry(1, 2))
    later = DAY + timedelta(days=10)
    run = pull(later, llama=entry(1.2, 2))
    old, new = Quote.objects.filter(component="input").order_by("pk")
    assert run.counts["changed"] == 1
    assert (old.state, old.valid_to, new.replaces, new.valid_from) == (
        "past",
        later.date(),
        old,
        later.date(),
    )
    assert book()["groq:llama"]["input"] == 1
    assert book(later.date())["groq:llama"]["input"] == Decimal("1.2")


def test_a_price_corrected_on_its_first_day_never_held() -> None:
    pull(llama=entry(1, 2))
    pull(DAY + timedelta(hours=3), llama=entry(1.1, 2))
    assert list(Quote.objects.filter(component="input").order_by("pk").values_list("state", flat=True)) == [
        "withdrawn",
        "used",
    ]


def test_amounts_and_rows_are_kept_by_the_database() -> None:
    pull(llama=entry(1, 2))
    for change in (
        lambda: Quote.objects.update(amount=5),
        lambda: Quote.objects.update(valid_from=date(2020, 1, 1)),
        lambda: Quote.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert set(Quote.objects.values_list("amount", flat=True)) == {1, 2}


def test_a_move_of_more_than_half_waits_and_the_old_price_is_used() -> None:
    pull(llama=entry(1, 2))
    later = DAY + timedelta(days=1)
    run = pull(later, llama=entry(1.6, 3))  # output moves by exactly half
    held = Quote.objects.get(state="held")
    assert (run.counts["held"], held.component, held.why_it_waits) == (
        1,
        "input",
        "It moved by +60 % at once; the old price is used meanwhile.",
    )
    assert book(later.date())["groq:llama"] == {"input": 1, "output": 3}


def test_a_held_price_is_not_added_again_and_is_withdrawn_when_the_feed_takes_it_back() -> None:
    for days, amount in enumerate((1, 9, 9, 1)):
        pull(DAY + timedelta(days=days), llama=entry(amount, 2))
    assert list(Quote.objects.filter(component="input").order_by("pk").values_list("amount", "state")) == [
        (Decimal(1), "used"),
        (Decimal(9), "withdrawn"),
    ]


def test_an_operator_takes_a_held_price_into_the_book(omar: Any) -> None:
    pull(llama=entry(1, 2))
    later = DAY + timedelta(days=1)
    pull(later, llama=entry(9, 2))
    held = Quote.objects.get(state="held")
    services.decide_quote(held.pk, "accept", reason="Announced on their page.", by=omar, as_of=later)
    assert book(later.date())["groq:llama"]["input"] == 9
    assert book()["groq:llama"]["input"] == 1


def test_a_refused_price_stays_refused_however_often_the_feed_says_it(omar: Any) -> None:
    pull(llama=entry(1, 2))
    pull(DAY + timedelta(days=1), llama=entry(9, 2))
    refused = Quote.objects.get(state="held").pk
    services.decide_quote(refused, "refuse", reason="A comma slipped.", by=omar, as_of=DAY)
    pull(DAY + timedelta(days=2), llama=entry(9, 2))
    assert Quote.objects.get(pk=refused).state == "refused"
    assert Quote.objects.filter(component="input").count() == 2


def test_a_decision_needs_a_reason_and_an_open_question(omar: Any) -> None:
    pull(llama=entry(1, 2))
    used = Quote.objects.filter(state="used")[0]
    with pytest.raises(ValidationError, match="Say why"):
        services.decide_quote(used.pk, "refuse", reason=" ", by=omar, as_of=DAY)
    with pytest.raises(ValidationError, match="already"):
        services.decide_quote(used.pk, "accept", reason="Yes.", by=omar, as_of=DAY)


def test_a_price_of_nothing_is_unknown_until_somebody_confirms_it(omar: Any) -> None:
    run = pull(llama=entry(0, 0))
    assert (run.counts["unknown"], book()) == (2, {})
    for quote in Quote.objects.all():
        services.decide_quote(quote.pk, "accept", reason="Their trial is free.", by=omar, as_of=DAY)
    assert book() == {"groq:llama": {"input": 0, "output": 0}}


def test_an_output_of_nothing_beside_a_price_is_a_price() -> None:
    pull(embedder=entry(0.1, 0))
    assert book() == {"groq:embedder": {"input": Decimal("0.1"), "output": 0}}


def test_what_the_feed_no_longer_lists_is_not_seen_since_and_stays() -> None:
    pull(llama=entry(1, 2), gemma=entry(3, 4))
    later = DAY + timedelta(days=1)
    run = pull(later, gemma=entry(3, 4))
    assert run.counts["gone"] == 2
    assert set(Quote.objects.filter(offer__slug="groq:llama").values_list("missing_since", flat=True)) == {
        later
    }
    assert book(later.date())["groq:llama"]["input"] == 1
    pull(later + timedelta(days=1), llama=entry(1, 2), gemma=entry(3, 4))
    assert Quote.objects.exclude(missing_since=None).count() == 0


def test_an_announced_price_that_is_cancelled_never_holds() -> None:
    rise = [
        {"prices": {"input_mtok": 1}},
        {"constraint": {"start_date": "2027-01-01"}, "prices": {"input_mtok": 2}},
    ]
    document = [{"id": "groq", "models": [{"id": "llama", "prices": rise}]}]
    upload = services.Upload("d.json", json.dumps(document).encode())
    services.pull_here("genai-prices", as_of=DAY, source="file", upload=upload)
    assert (book()["groq:llama"], book(date(2027, 1, 2))["groq:llama"]) == (
        {"input": Decimal(1)},
        {"input": Decimal(2)},
    )
    genai(DAY + timedelta(days=1), input_mtok=1)
    assert Quote.objects.get(amount=2).state == "withdrawn"


def test_feeds_that_disagree_are_both_kept_and_the_first_by_priority_is_used() -> None:
    pull(llama=entry(1, 2))
    run = genai(input_mtok=1.1, output_mtok=2)
    conflict = Conflict.objects.get()
    assert (run.counts["conflicts"], conflict.used.amount, conflict.other.amount) == (
        1,
        Decimal("1.1"),
        Decimal(1),
    )
    assert (conflict.used.feed.name, conflict.other.feed.name) == ("genai-prices", "litellm")
    assert book()["groq:llama"]["input"] == Decimal("1.1")


def test_a_conflict_closes_when_the_feeds_agree_or_one_is_refused(omar: Any) -> None:
    pull(llama=entry(1, 2))
    genai(input_mtok=1.1, output_mtok=2.1)
    genai(DAY + timedelta(days=1), input_mtok=1, output_mtok=2.1)
    standing = Conflict.objects.get(closed_at=None)
    later = DAY + timedelta(days=2)
    services.decide_quote(standing.used_id, "refuse", reason="Their page says 2.", by=omar, as_of=later)
    assert Conflict.objects.filter(closed_at=None).count() == 0


def test_a_feed_with_half_a_price_does_not_win_over_one_that_says_enough() -> None:
    pull(llama=entry(1, 2))
    genai(input_mtok=1.1)
    assert book()["groq:llama"] == {"input": 1, "output": 2}


def test_models_learn_their_end_and_nothing_forgets_it() -> None:
    pull(llama=entry(1, 2, deprecation_date="2027-03-01", max_input_tokens=8192))
    genai(input_mtok=1, output_mtok=2)
    model = Model.objects.get(slug="llama")
    assert (model.deprecation_date, model.context_tokens, model.open_weights) == (
        date(2027, 3, 1),
        8192,
        True,
    )


@pytest.mark.parametrize("name", ["genai-prices", "litellm", "reference-2026-01"])
def test_every_shipped_feed_goes_in_whole_and_twice_changes_nothing(name: str) -> None:
    first = services.pull_here(name, as_of=DAY, source="shipped")
    second = services.pull_here(name, as_of=DAY + timedelta(days=1), source="shipped")
    counts = {kind: second.counts.get(kind, 0) for kind in ("new", "changed", "held", "gone", "withdrawn")}
    assert first.counts["new"] == Quote.objects.count() > 60
    assert counts == dict.fromkeys(counts, 0)


def test_the_reference_in_the_book_is_the_reference_snapshot() -> None:
    services.pull_here("reference-2026-01", as_of=DAY, source="shipped")
    frozen = price_snapshot(services.freeze_snapshot(as_of=DAY))
    reference = price_snapshot(services.reference_snapshot_row())
    prices = [
        {
            row.id: (row.input_usd_per_mtok, row.output_usd_per_mtok, row.source)
            for row in snapshot.token_offers
        }
        for snapshot in (frozen, reference)
    ]
    assert prices[0] == prices[1]
    assert [row.id for row in frozen.gpu_offers] == [row.id for row in reference.gpu_offers]


def test_freezing_the_same_prices_gives_the_same_snapshot_and_other_prices_another() -> None:
    pull(llama=entry(1, 2))
    first = services.freeze_snapshot(as_of=DAY)
    pull(DAY + timedelta(days=1), llama=entry(1, 2))
    assert services.freeze_snapshot(as_of=DAY + timedelta(days=1)) == first
    pull(DAY + timedelta(days=2), llama=entry(1.1, 2))
    assert services.freeze_snapshot(as_of=DAY + timedelta(days=2)) != first
    assert Snapshot.objects.count() == 2


def test_a_model_whose_weights_nobody_knows_enters_no_snapshot() -> None:
    pull(brandnew=entry(1, 2), llama=entry(1, 2))
    assert [row.id for row in price_snapshot(services.freeze_snapshot(as_of=DAY)).token_offers] == [
        "groq:llama"
    ]


def test_a_router_is_in_the_book_and_in_no_snapshot() -> None:
    genai(provider="openrouter", input_mtok=0.01, output_mtok=0.01)
    assert book()["openrouter:llama"]["input"] == Decimal("0.01")
    assert price_snapshot(services.freeze_snapshot(as_of=DAY)).token_offers == ()


def test_a_host_of_unknown_jurisdiction_is_in_the_book_and_in_no_snapshot() -> None:
    genai(provider="quicksilverpro", input_mtok=0.01, output_mtok=0.01)
    assert book()["quicksilverpro:llama"]["input"] == Decimal("0.01")
    assert price_snapshot(services.freeze_snapshot(as_of=DAY)).token_offers == ()


def test_a_rate_makes_a_currency_comparable_from_its_day_on(omar: Any) -> None:
    services.enter_rate(
        currency="EUR", usd_per_unit=Decimal("1.08"), day=DAY.date(), source="ECB", by=omar, as_of=DAY
    )
    frozen = price_snapshot(services.freeze_snapshot(as_of=DAY))
    before = price_snapshot(services.freeze_snapshot(as_of=DAY - timedelta(days=1)))
    assert (frozen.usd_per("EUR"), before.usd_per("EUR")) == (1.08, None)
    with pytest.raises(DatabaseError), transaction.atomic():
        FxRate.objects.update(usd_per_unit=2)


def test_a_plan_is_asked_for_only_when_something_changed(django_capture_on_commit_callbacks: Any) -> None:
    heard: list[int] = []

    def listen(run_id: int, **kwargs: object) -> None:
        heard.append(run_id)

    prices_changed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        first = pull(llama=entry(1, 2))
        pull(DAY + timedelta(days=1), llama=entry(1, 2))
    prices_changed.disconnect(listen)
    assert heard == [first.pk]


def test_a_lost_pull_starts_over_and_counts_once() -> None:
    pull(llama=entry(1, 2))
    again = FeedRun.objects.get()
    FeedRun.objects.update(state=RunState.RUNNING, heartbeat_at=DAY - timedelta(days=30))
    services.run_pull(again.pk)
    again.refresh_from_db()
    assert (again.state, again.counts["unchanged"], Quote.objects.count()) == ("done", 2, 2)


def test_the_reference_was_checked_when_the_guides_were() -> None:
    services.pull_here("reference-2026-01", as_of=DAY, source="shipped")
    services.pull_here("reference-2026-01", as_of=DAY + timedelta(days=1), source="shipped")
    assert set(Quote.objects.values_list("checked_at", flat=True)) == {datetime(2026, 1, 31, tzinfo=UTC)}


def test_offers_know_what_they_are() -> None:
    services.pull_here("reference-2026-01", as_of=DAY, source="shipped")
    assert str(Offer.objects.get(slug="groq:llama-3.1-8b")) == "Llama 3.1 8B at Groq"
    assert str(Offer.objects.get(slug="lambda:8xh100:rented")) == "8 x H100, rented at Lambda"
