"""A feed that turns to nonsense is refused as a whole: the old prices stay, and the page says so in one sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from pricing import services
from pricing.feeds import reference
from pricing.models import Feed, FeedRun, Quote
from pricing.services import pulling
from pricing.services.judging import Rules, verdict_on
from tests.pricing.said import DAY, entry, litellm, pulled, used

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=1)
MODELS = {"llama": (1, 2), "gemma": (0.5, 1), "qwen": (0.25, 3), "phi-4": (0.11, 0.7)}
KEPT = "The prices we have stay as they are."


def file(
    factor: float = 1, *, only: int = 4, hosts: tuple[str, ...] = ("groq", "together_ai")
) -> dict[str, Any]:
    """Four models at every other host, with each amount times FACTOR; of the first ONLY models."""
    return {
        f"{hosts[at % len(hosts)]}/{name}": entry(low * factor, high * factor)
        | {"litellm_provider": hosts[at % len(hosts)]}
        for at, (name, (low, high)) in enumerate(list(MODELS.items())[:only])
    }


def read(document: Any, *, days: int = 0) -> FeedRun:
    return pulled("litellm", DAY + timedelta(days=days), document)


@pytest.fixture
def known(db: None) -> list[dict[str, Any]]:
    """Eight prices of four models are in the book."""
    assert read(file()).state == "done"
    return list(Quote.objects.order_by("pk").values())


def rate(by: Any, value: str = "1.08") -> None:
    services.enter_rate(
        currency="EUR", usd_per_unit=Decimal(value), day=DAY.date(), source="ECB", by=by, as_of=DAY
    )


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1000, "8 of 8 known prices went up by a factor of more than 5 at once, for example "),
        (0.001, "8 of 8 known prices went down by a factor of more than 5 at once, for example "),
        (0, "8 of 8 known prices went down by a factor of more than 5"),
        (1.08, "8 of 8 known prices moved by the same factor of 1.080, for example "),
    ],
)
def test_prices_that_move_together_are_refused_as_a_whole(
    factor: float, words: str, known: list[dict[str, Any]]
) -> None:
    run = read(file(factor), days=1)
    assert (run.state, run.was_refused_whole) == ("failed", True)
    assert run.message.startswith(f"Refused as a whole: {words}")
    assert run.message.endswith(KEPT)
    assert list(Quote.objects.order_by("pk").values()) == known


@pytest.mark.parametrize("factor", [1.08, 1 / 1.08])
def test_euros_under_the_label_of_dollars_are_named(factor: float, known: Any, omar: Any) -> None:
    rate(omar)
    run = read(file(factor), days=1)
    assert f"the same factor of {factor:.3f}, as if EUR stood for US dollars or the reverse" in run.message
    assert Quote.objects.count() == len(known)


def test_one_seller_may_move_all_its_prices_unless_the_factor_is_an_exchange_rate(omar: Any) -> None:
    read(file(hosts=("groq",)))
    assert read(file(1.1, hosts=("groq",)), days=1).state == "done"
    rate(omar)
    assert read(file(1.1 * 1.08, hosts=("groq",)), days=2).was_refused_whole


def test_most_offers_gone_at_once_is_refused_and_half_of_them_is_not(known: Any) -> None:
    run = read(file(only=1), days=1)
    assert run.message == f"Refused as a whole: 3 of 4 known entries are gone at once. {KEPT}"
    assert Quote.objects.exclude(missing_since=None).count() == 0
    assert read(file(only=2), days=1).counts["gone"] == 4


def test_half_of_the_prices_far_off_are_held_one_by_one(known: Any) -> None:
    document = file() | dict(list(file(1000).items())[:2])
    run = read(document, days=1)
    assert (run.state, run.counts["held"]) == ("done", 4)


def test_what_went_missing_before_does_not_count_again(known: Any) -> None:
    read(file(only=2), days=1)
    assert read(file(only=1), days=2).state == "done"


def test_a_few_prices_show_no_pattern_and_are_held_one_by_one() -> None:
    litellm(llama=entry(1, 2), gemma=entry(3, 4))
    assert litellm(LATER, llama=entry(1000, 2000), gemma=entry(3000, 4000)).counts["held"] == 4


@pytest.mark.parametrize(
    ("document", "words"),
    [(b"[]", "LiteLLM"), (b"{}", "holds no price"), (b"<html>Sign in</html>", "This is a web page (HTML)")],
)
def test_an_empty_list_and_a_web_page_are_refused_and_cannot_be_taken(
    document: bytes, words: str, known: list[dict[str, Any]], omar: Any
) -> None:
    run = services.pull_here(
        "litellm", as_of=LATER, source="file", upload=services.Upload("prices.json", document)
    )
    assert (run.state, words in run.message, run.message.endswith(KEPT)) == ("failed", True, True)
    assert list(Quote.objects.order_by("pk").values()) == known
    with pytest.raises(ValidationError, match="not refused as a whole"):
        services.take_reading(run.pk, reason="It is right.", by=omar, as_of=LATER, send=lambda _: None)


def test_a_change_of_currency_of_most_prices_is_refused() -> None:
    services.pull_here("reference-2026-01", as_of=DAY, source="shipped")
    said = reference.shipped()
    euros = replace(said, rows=tuple(replace(row, currency="EUR") for row in said.rows))
    feed, day = Feed.objects.get(name="reference-2026-01"), DAY.date()
    verdict = verdict_on(euros, feed, {}, day, Rules.on(day))
    assert verdict is not None
    assert (verdict.rule, "are in another currency at once" in verdict.sentence) == ("currency", True)
    assert verdict_on(said, feed, {}, day, Rules.on(day)) is None


def test_an_operator_takes_the_reading_with_a_reason_and_nothing_is_held(known: Any, omar: Any) -> None:
    refused = read(file(1000), days=1)
    taken = services.take_reading(
        refused.pk, reason="They bill per thousand.", by=omar, as_of=LATER, send=lambda _: None
    )
    services.run_pull(taken.pk)
    taken.refresh_from_db()
    assert (taken.state, taken.counts["changed"], taken.counts.get("held", 0)) == ("done", 8, 0)
    assert (taken.takes, taken.takes_reason, taken.asked_by) == (refused, "They bill per thousand.", omar)
    assert used("groq:llama", LATER).quotes["input"].amount == 1000


def test_what_was_read_from_an_address_is_taken_as_it_was_read(
    known: Any, omar: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(pulling, "fetch", lambda _: json.dumps(file(1000)).encode())
    monkeypatch.setattr(pulling, "address_of", lambda _: "https://prices.example/litellm.json")
    refused = services.pull_here("litellm", as_of=LATER, source="address")
    monkeypatch.setattr(pulling, "fetch", lambda _: json.dumps(file(7)).encode())
    taken = services.take_reading(refused.pk, reason="Right.", by=omar, as_of=LATER, send=lambda _: None)
    services.run_pull(taken.pk)
    assert used("groq:llama", LATER).quotes["input"].amount == 1000


def test_a_reading_is_taken_once_and_not_behind_a_newer_one(known: Any, omar: Any) -> None:
    refused = read(file(1000), days=1)
    asked = [
        services.take_reading(refused.pk, reason="Right.", by=omar, as_of=LATER, send=lambda _: None)
        for _ in range(2)
    ]
    assert asked[0] == asked[1]
    read(file(1.01), days=2)
    with pytest.raises(ValidationError, match="newer reading"):
        services.take_reading(refused.pk, reason="Right.", by=omar, as_of=LATER, send=lambda _: None)


def test_the_feed_page_says_what_was_seen_and_the_run_can_be_taken(
    known: Any, omar: Any, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    refused = read(file(1000), days=1)
    client.force_login(omar)
    page = client.get(reverse("pricing:feeds")).content.decode()
    assert ("The last reading was refused as a whole" in page, "8 of 8 known prices" in page) == (True, True)
    address = reverse("pricing:take", args=[refused.pk])
    silent = client.post(address, {"reason": ""})
    assert (silent.status_code, "Say why" in silent.content.decode()) == (422, True)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"reason": "They bill per thousand."})
    page = client.get(reverse("pricing:feed_run", args=[refused.pk])).content.decode()
    assert ("took this reading after all" in page, "They bill per thousand." in page) == (True, True)


def test_others_cannot_take_a_reading(known: Any, ana: Any, client: Client) -> None:
    refused = read(file(1000), days=1)
    client.force_login(ana)
    assert client.post(reverse("pricing:take", args=[refused.pk]), {"reason": "Yes."}).status_code == 403
    assert FeedRun.objects.filter(takes=refused).count() == 0
