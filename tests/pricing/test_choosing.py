"""Two feeds disagree: an operator picks one with a reason, and it holds until one of them says something else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from pricing import services
from pricing.models import Choice, Conflict
from pricing.selectors import price_snapshot
from pricing.selectors.current import prices_on
from pricing.signals import prices_changed
from tests.factories import person
from tests.pricing.said import DAY, TODAY, entry, genai, litellm, pulled, used

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=1)
WHY = "Their page says 1."


@pytest.fixture
def conflict(db: None) -> Conflict:
    """Genai-prices says 1.1 and counts first; LiteLLM says 1."""
    litellm(llama=entry(1, 2))
    genai(llama=(1.1, 2))
    return Conflict.objects.get()


def choose(conflict: Conflict, by: Any, feed: str = "litellm", reason: str = WHY) -> Choice:
    return services.choose_feed(conflict.pk, feed, reason=reason, by=by, as_of=DAY)


def test_the_feed_chosen_is_used_and_the_conflict_is_settled(conflict: Conflict, omar: Any) -> None:
    choice = choose(conflict, omar)
    conflict.refresh_from_db()
    assert used().quotes["input"].amount == 1
    assert (conflict.closed_at, conflict.choice) == (DAY, choice)
    assert Conflict.objects.filter(closed_at=None).count() == 0


def test_the_snapshot_says_which_was_used_who_chose_it_and_why(conflict: Conflict, omar: Any) -> None:
    before = services.freeze_snapshot(as_of=DAY)
    choose(conflict, omar)
    after = services.freeze_snapshot(as_of=DAY)
    (offer,) = price_snapshot(after).token_offers
    assert offer.source == f"LiteLLM price file, chosen by Omar on 21 Nov 2026: {WHY}"
    assert offer.input_usd_per_mtok == 1
    assert before.document["token_offers"][0]["source"] == "genai-prices"


def test_choosing_the_feed_in_use_settles_it_too(conflict: Conflict, omar: Any) -> None:
    choose(conflict, omar, "genai-prices", "Checked with the invoice.")
    assert used().quotes["input"].amount == Decimal("1.1")
    assert Conflict.objects.filter(closed_at=None).count() == 0


def test_the_choice_holds_while_the_feeds_repeat_themselves(conflict: Conflict, omar: Any) -> None:
    choose(conflict, omar)
    litellm(LATER, llama=entry(1, 2))
    genai(LATER, llama=(1.1, 2))
    assert used(at=LATER).feed.name == "litellm"
    assert Conflict.objects.count() == 1


@pytest.mark.parametrize("changes", ["litellm", "genai-prices"])
def test_it_is_asked_again_as_soon_as_one_of_the_two_changes(
    changes: str, conflict: Conflict, omar: Any
) -> None:
    choose(conflict, omar)
    if changes == "litellm":
        litellm(LATER, llama=entry(1.2, 2))
    else:
        genai(LATER, llama=(1.3, 2))
    assert used(at=LATER).feed.name == "genai-prices"
    again = Conflict.objects.get(closed_at=None)
    assert (again.pk != conflict.pk, again.choice) == (True, None)


def test_a_choice_says_nothing_about_the_days_before_it(conflict: Conflict, omar: Any) -> None:
    services.choose_feed(conflict.pk, "litellm", reason=WHY, by=omar, as_of=LATER)
    assert (used(at=DAY).feed.name, used(at=LATER).feed.name) == ("genai-prices", "litellm")


def test_a_third_feed_that_disagrees_with_the_chosen_one_is_an_open_conflict(
    conflict: Conflict, omar: Any
) -> None:
    choose(conflict, omar)
    models = {"llama": {"cost": {"input": 0.9, "output": 2}}}
    pulled("models-dev", DAY, {"groq": {"models": models}})
    third = Conflict.objects.get(closed_at=None)
    assert (third.used.feed.name, third.other.feed.name) == ("litellm", "models-dev")
    assert used().feed.name == "litellm"
    services.choose_feed(third.pk, "models-dev", reason="Their page of today.", by=omar, as_of=DAY)
    assert used().feed.name == "models-dev"
    assert Conflict.objects.filter(closed_at=None).count() == 0  # it beats what beat genai-prices


def test_a_choice_needs_a_reason_a_feed_of_the_two_and_an_open_conflict(
    conflict: Conflict, omar: Any
) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        choose(conflict, omar, reason="  ")
    with pytest.raises(ValidationError, match="Choose one of the two feeds"):
        choose(conflict, omar, "reference-2026-01")
    choose(conflict, omar)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        choose(conflict, omar)
    assert Choice.objects.count() == 1


def again(conflict: Conflict, by: Any, feed: str, instead_of: Choice, at: datetime = DAY) -> Choice:
    return services.choose_feed(
        conflict.pk, feed, reason="The invoice says 1.1.", by=by, as_of=at, instead_of=instead_of.pk
    )


def test_one_may_choose_again_and_both_choices_are_kept(conflict: Conflict, omar: Any) -> None:
    first = choose(conflict, omar)
    olga = person("olga", "operator", None)
    second = again(conflict, olga, "genai-prices", first)
    conflict.refresh_from_db()
    assert (used().feed.name, conflict.choice) == ("genai-prices", second)
    assert list(Choice.objects.values_list("chosen_by__name", "reason")) == [
        ("Olga", "The invoice says 1.1."),
        ("Omar", WHY),
    ]
    assert Conflict.objects.filter(closed_at=None).count() == 0


def test_one_who_did_not_see_the_newest_choice_cannot_choose_again(conflict: Conflict, omar: Any) -> None:
    first = choose(conflict, omar)
    again(conflict, omar, "genai-prices", first)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        again(conflict, omar, "genai-prices", first)
    assert Choice.objects.count() == 2


def test_once_a_feed_says_something_else_the_old_conflict_is_over(conflict: Conflict, omar: Any) -> None:
    first = choose(conflict, omar)
    litellm(LATER, llama=entry(1.2, 2))
    with pytest.raises(ValidationError, match="changed meanwhile"):
        again(conflict, omar, "genai-prices", first, LATER)


def test_the_page_of_a_settled_conflict_chooses_again_with_a_reason(
    conflict: Conflict, omar: Any, ana: Any, client: Client
) -> None:
    now = datetime.now(UTC)
    first = services.choose_feed(conflict.pk, "litellm", reason=WHY, by=omar, as_of=now)
    client.force_login(omar)
    address = reverse("pricing:choose", args=[conflict.pk])
    page = client.get(address).content.decode()
    assert ("Choose again" in page, f'value="{first.pk}"' in page, WHY in page) == (True, True, True)
    answer = {"feed": "genai-prices", "instead_of": first.pk}
    assert client.post(address, answer | {"reason": ""}).status_code == 422
    assert client.post(address, answer | {"reason": "Their invoice."}).status_code == 302
    page = client.get(address).content.decode()
    assert (WHY in page, "Their invoice." in page) == (True, True)
    client.force_login(ana)
    assert client.post(address, answer | {"reason": "Mine."}).status_code == 403


def test_the_offer_marks_the_quotes_that_are_used(conflict: Conflict, omar: Any, client: Client) -> None:
    services.choose_feed(conflict.pk, "litellm", reason=WHY, by=omar, as_of=datetime.now(UTC))
    client.force_login(omar)
    answer = client.get(reverse("pricing:offer", args=[conflict.offer_id]))
    chosen = {quote.pk for quote in answer.context["quotes"] if quote.feed.name == "litellm"}
    assert answer.context["about"].in_use == chosen
    assert answer.content.decode().count("in use today") == len(chosen) == 2


def test_a_choice_is_kept_by_the_database(conflict: Conflict, omar: Any) -> None:
    choose(conflict, omar)
    for change in (lambda: Choice.objects.update(reason="No."), lambda: Choice.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_plan_is_asked_for_once_it_is_chosen(
    conflict: Conflict, omar: Any, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[object] = []

    def listen(run_id: object, **kwargs: object) -> None:
        heard.append(run_id)

    prices_changed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        choose(conflict, omar)
    prices_changed.disconnect(listen)
    assert heard == [None]


@pytest.mark.parametrize("models", [("llama",), ("llama", "gemma", "qwen")])
def test_prices_are_two_queries_however_many_were_chosen(
    models: tuple[str, ...], omar: Any, django_assert_num_queries: Any
) -> None:
    litellm(**{model: entry(1, 2) for model in models})
    genai(**dict.fromkeys(models, (1.1, 2)))
    for conflict in Conflict.objects.all():
        choose(conflict, omar)
    with django_assert_num_queries(2):
        said = prices_on(TODAY)
        assert [prices[0].source.count("chosen by Omar") for prices in said.values()] == [1] * len(models)


def test_the_page_shows_both_sides_and_takes_the_choice(
    conflict: Conflict, omar: Any, client: Client
) -> None:
    client.force_login(omar)
    address = reverse("pricing:choose", args=[conflict.pk])
    assert address in client.get(reverse("pricing:conflicts")).content.decode()
    page = client.get(address).content.decode()
    assert ("$1.1" in page, "differs" in page, "Use this price" in page) == (True, True, True)
    silent = client.post(address, {"feed": "litellm", "reason": ""})
    assert (silent.status_code, Choice.objects.count()) == (422, 0)
    assert client.post(address, {"feed": "litellm", "reason": WHY}).status_code == 302
    offer = client.get(reverse("pricing:offer", args=[conflict.offer_id])).content.decode()
    settled = client.get(reverse("pricing:conflicts")).content.decode()
    assert (WHY in offer, WHY in settled, "No two feeds disagree" in settled) == (True, True, True)


def test_others_see_the_conflict_and_cannot_choose(conflict: Conflict, ana: Any, client: Client) -> None:
    client.force_login(ana)
    address = reverse("pricing:choose", args=[conflict.pk])
    assert "Only an operator" in client.get(address).content.decode()
    assert client.post(address, {"feed": "litellm", "reason": WHY}).status_code == 403
    assert Choice.objects.count() == 0
