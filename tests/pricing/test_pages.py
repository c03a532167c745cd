"""Pages of prices: who may see them, who may pull and decide, what they say when something is wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pricing import services
from pricing.models import FeedRun, FxRate, Offer, Quote
from pricing.selectors import book
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def seen_by(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def prices(
    *models: str, amount: float = 1, output: float = 2, days_ago: int = 0, feed: str = "litellm"
) -> FeedRun:
    """A LiteLLM file with these models at Groq."""
    entries: Any = {
        f"groq/{model}": {
            "litellm_provider": "groq",
            "mode": "chat",
            "input_cost_per_token": amount / 1e6,
            "output_cost_per_token": output / 1e6,
        }
        for model in models
    }
    if feed == "genai-prices":
        priced = [{"id": model, "prices": {"input_mtok": amount, "output_mtok": output}} for model in models]
        entries = [{"id": "groq", "models": priced}]
    upload = services.Upload("prices.json", json.dumps(entries).encode())
    at = timezone.now() - timedelta(days=days_ago)
    return services.pull_here(feed, as_of=at, source="file", upload=upload)


PAGES = ["pricing:book", "pricing:feeds", "pricing:conflicts"]


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_sees_no_prices(page: str) -> None:
    prices("llama")
    stranger = seen_by(UserFactory())
    assert stranger.get(reverse(page)).status_code == 404
    assert stranger.get(reverse("pricing:offer", args=[Offer.objects.get().pk])).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_empty_pages_say_what_belongs_there(page: str, ana: Any) -> None:
    words = {
        "pricing:book": "No prices yet",
        "pricing:feeds": "Nothing was pulled yet.",
        "pricing:conflicts": "Nothing to settle",
    }
    assert words[page] in seen_by(ana).get(reverse(page)).content.decode()


def test_the_book_finds_offers_and_shows_the_price_in_use(ana: Any) -> None:
    prices("llama", "gemma")
    page = seen_by(ana).get(reverse("pricing:book"), {"q": "lla groq"}).content.decode()
    assert ("llama" in page, "gemma" in page, "$1" in page) == (True, False, True)
    nothing = seen_by(ana).get(reverse("pricing:book"), {"q": "claude"}).content.decode()
    assert "No offer matches" in nothing


def test_the_book_shows_machines_in_their_currency(ana: Any) -> None:
    services.pull_here("reference-2026-01", as_of=timezone.now(), source="shipped")
    page = seen_by(ana).get(reverse("pricing:book"), {"kind": "gpu", "currency": "EUR"})
    assert "€3.4" in page.content.decode()
    assert {row.offer.provider.slug for row in page.context["page"]} == {"netcup", "scaleway"}


@pytest.mark.parametrize(("mark", "found"), [("conflict", "llama"), ("held", "gemma"), ("unknown", "phi-4")])
def test_the_book_marks_what_needs_somebody(mark: str, found: str, ana: Any) -> None:
    prices("llama", "gemma", days_ago=2)
    prices("llama", amount=1.1, days_ago=2, feed="genai-prices")
    prices("gemma", amount=9, days_ago=1)
    prices("phi-4", amount=0, output=0)
    page = seen_by(ana).get(reverse("pricing:book"), {"mark": mark}).context["page"]
    assert [row.offer.slug for row in page] == [f"groq:{found}"]


def test_htmx_gets_the_list_alone(ana: Any) -> None:
    prices("llama")
    response = seen_by(ana).get(reverse("pricing:book"), headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("models", [("llama",), ("llama", "gemma", "qwen")])
def test_a_page_of_the_book_is_four_queries_whatever_is_on_it(
    models: tuple[str, ...], django_assert_num_queries: Any
) -> None:
    prices(*models)
    with django_assert_num_queries(4):
        page = book.book({"kind": "token"}, None, timezone.now().date())
        assert [row.price.currency for row in page] == ["USD"] * len(models)


def test_an_offer_shows_all_that_was_ever_said(ana: Any) -> None:
    prices("llama", days_ago=5)
    prices("llama", amount=1.2)
    page = seen_by(ana).get(reverse("pricing:offer", args=[Offer.objects.get().pk])).content.decode()
    assert ("$1.2" in page, "Ended" in page, "In the book" in page) == (True, True, True)


def test_an_operator_pulls_a_feed_by_button(omar: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = seen_by(omar).post(
            reverse("pricing:pull", args=["reference-2026-01"]), {"reference-2026-01-source": "shipped"}
        )
    run = FeedRun.objects.get()
    assert (response["Location"], run.state, run.asked_by) == (f"/prices/runs/{run.pk}/", "done", omar)


def test_an_operator_uploads_a_price_file(omar: Any, django_capture_on_commit_callbacks: Any) -> None:
    file = SimpleUploadedFile("prices.json", b"<html>sign in</html>")
    with django_capture_on_commit_callbacks(execute=True):
        seen_by(omar).post(
            reverse("pricing:pull", args=["litellm"]), {"litellm-source": "file", "litellm-file": file}
        )
    run = FeedRun.objects.get()
    page = seen_by(omar).get(reverse("pricing:feed_run", args=[run.pk])).content.decode()
    assert (run.state, "This is a web page (HTML), not a price file." in page) == ("failed", True)


def test_a_pull_without_its_file_is_asked_for_it(omar: Any) -> None:
    response = seen_by(omar).post(reverse("pricing:pull", args=["litellm"]), {"litellm-source": "file"})
    assert (response.status_code, FeedRun.objects.count()) == (422, 0)
    assert "Choose the price file, or read from somewhere else." in response.content.decode()


def test_others_are_told_why_they_cannot_pull(ana: Any) -> None:
    client = seen_by(ana)
    refused = client.post(
        reverse("pricing:pull", args=["reference-2026-01"]), {"reference-2026-01-source": "shipped"}
    )
    assert (refused.status_code, FeedRun.objects.count()) == (403, 0)
    assert "Only an operator pulls feeds" in client.get(reverse("pricing:feeds")).content.decode()


def test_a_feed_nobody_knows_is_not_found(omar: Any) -> None:
    assert seen_by(omar).post(reverse("pricing:pull", args=["nope"])).status_code == 404


@pytest.mark.parametrize(
    ("state", "status", "polls"),
    [("queued", 200, True), ("running", 200, True), ("done", 286, False), ("failed", 286, False)],
)
def test_a_run_is_polled_until_it_is_finished(state: str, status: int, polls: bool, ana: Any) -> None:
    run = prices("llama")
    FeedRun.objects.update(state=state)
    address = reverse("pricing:feed_run", args=[run.pk])
    fragment = seen_by(ana).get(address, headers={"HX-Request": "true"})
    assert (fragment.status_code, "every 1s" in fragment.content.decode()) == (status, polls)
    assert seen_by(ana).get(address).status_code == 200


def test_a_run_lists_what_moved_and_what_waits(ana: Any) -> None:
    prices("llama", "gemma", days_ago=1)
    prices("llama", amount=1.2)
    run = prices("llama", amount=9)
    page = seen_by(ana).get(reverse("pricing:feed_run", args=[run.pk])).content.decode()
    assert ("It moved by +650 % at once" in page, "Waits for an operator" in page) == (True, True)


def test_conflicts_stand_side_by_side(ana: Any) -> None:
    prices("llama", amount=1)
    prices("llama", amount=1.1, feed="genai-prices")
    page = seen_by(ana).get(reverse("pricing:conflicts")).content.decode()
    assert "Feeds disagree on 1 price." in page
    assert page.index("$1.1") < page.index("genai-prices") < page.index("LiteLLM price file")


def test_an_operator_decides_on_a_held_price_with_a_reason(omar: Any) -> None:
    prices("llama", days_ago=1)
    prices("llama", amount=9)
    held = Quote.objects.get(state="held")
    address = reverse("pricing:quote", args=[held.pk])
    silent = seen_by(omar).post(address, {"action": "accept", "reason": ""})
    assert (silent.status_code, "Say why" in silent.content.decode()) == (422, True)
    assert seen_by(omar).post(address, {"action": "accept", "reason": "Announced."}).status_code == 302
    held.refresh_from_db()
    assert (held.state, held.decided_by, held.decision_reason) == ("used", omar, "Announced.")


def test_others_cannot_decide_on_a_price(ana: Any) -> None:
    prices("llama")
    quote = Quote.objects.first()
    assert quote is not None
    refused = seen_by(ana).post(
        reverse("pricing:quote", args=[quote.pk]), {"action": "refuse", "reason": "No."}
    )
    quote.refresh_from_db()
    assert (refused.status_code, quote.state) == (403, "used")


def test_an_operator_enters_a_rate(omar: Any) -> None:
    answers = {"currency": "eur", "usd_per_unit": "1.08", "day": "2026-11-20", "source": "ECB reference rate"}
    seen_by(omar).post(reverse("pricing:rates"), answers)
    rate = FxRate.objects.get()
    assert (rate.currency, rate.usd_per_unit, rate.entered_by) == ("EUR", Decimal("1.08"), omar)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("currency", "USD", "The US dollar needs no rate"),
        ("currency", "€", "three letters"),
        ("usd_per_unit", "-1", "A rate is more than 0"),
        ("usd_per_unit", "a lot", "write it as 1.08"),
        ("day", "2999-01-01", "This day has not come yet"),
    ],
)
def test_a_wrong_rate_is_refused_and_kept_as_typed(name: str, value: str, words: str, omar: Any) -> None:
    answers = {"currency": "EUR", "usd_per_unit": "1.08", "day": "2026-11-20", "source": "ECB"} | {
        name: value
    }
    response = seen_by(omar).post(reverse("pricing:rates"), answers)
    page = response.content.decode()
    assert (response.status_code, words in page, FxRate.objects.count()) == (422, True, 0)
    assert f'value="{value}"' in page


def test_only_an_operator_enters_a_rate(ana: Any) -> None:
    assert seen_by(ana).post(reverse("pricing:rates"), {}).status_code == 403


def test_pages_change_nothing_when_they_are_only_looked_at(ana: Any) -> None:
    for address in (reverse("pricing:rates"), reverse("pricing:pull", args=["litellm"])):
        assert seen_by(ana).get(address).url == reverse("pricing:feeds")
    assert (FeedRun.objects.count(), FxRate.objects.count()) == (0, 0)
