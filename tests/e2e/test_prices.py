"""An operator's way through prices: pull feeds, settle where they disagree, refuse nonsense, enter an own price."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from planner.models import PlanRun
from pricing.models import Quote
from tests.e2e.conftest import NARROW, axe, no_sideways_scroll, sign_in
from tests.factories import SegmentFactory, WorkloadFactory
from tests.pricing.said import entry, genai, litellm

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
BOT = {
    "stage": "production",
    "tokens_month": 50_000_000,
    "current_class": "2",
    "needs_programmatic_access": True,
}
WHY = "Their invoice of October says so."
FILE = Path(__file__).parents[1] / "pricing" / "recordings" / "genai_prices_v2_data_excerpt.json"


def pull(page: Page, feed: str, *, file: Path | None = None) -> None:
    """Press the feed's button and wait until the run says that it is done."""
    page.goto("/prices/feeds/")
    section = page.get_by_role("region", name=feed)
    if file:
        section.get_by_label("A file", exact=True).check()
        section.locator("input[type=file]").set_input_files(file)
    section.get_by_role("button", name="Pull now").click()
    page.get_by_text("prices read:").wait_for()


def look(page: Page, name: str) -> None:
    """The page keeps the promises every page makes; PRICE_SHOTS=folder keeps a picture."""
    axe(page)
    no_sideways_scroll(page)
    if folder := os.environ.get("PRICE_SHOTS"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)


def test_an_operator_pulls_both_feeds_and_settles_a_conflict(journey: Page, omar: Any) -> None:
    sign_in(journey, omar.email)
    pull(journey, "genai-prices", file=FILE)
    pull(journey, "LiteLLM price file")
    pull(journey, "Reference, January 2026")
    look(journey, "run")
    journey.get_by_role("link", name="Conflicts").click()
    journey.get_by_role("heading", name="Feeds disagree on").wait_for()
    look(journey, "conflicts")
    journey.get_by_role("table").get_by_role("link", name="genai-prices").first.click()
    journey.get_by_label("Reason").fill("Their page says what the other feed says.")
    look(journey, "quote")
    journey.get_by_role("button", name="Refuse this price").click()
    journey.get_by_text("this price is now “Refused”").wait_for()
    look(journey, "offer")


@pytest.mark.parametrize("viewport", [None, NARROW])
def test_the_price_pages_read_well(open_page: Callable[..., Page], omar: Any, viewport: Any) -> None:
    page = open_page(viewport=viewport)
    sign_in(page, omar.email)
    pull(page, "Reference, January 2026")
    page.goto("/prices/feeds/")
    look(page, "feeds")
    page.goto("/prices/")
    look(page, "book")
    page.get_by_role("link", name="GPUs").click()
    look(page, "gpus")


def test_the_book_filters_while_typing(journey: Page, omar: Any) -> None:
    sign_in(journey, omar.email)
    pull(journey, "Reference, January 2026")
    journey.goto("/prices/")
    journey.get_by_label("Provider, model or GPU").fill("cerebras llama")
    journey.get_by_text("2 offers").wait_for()
    assert "q=cerebras%20llama" in journey.url


def genai_file(folder: Path, low: float, high: float) -> Path:
    prices = {"input_mtok": low, "output_mtok": high}
    document = [{"id": "groq", "models": [{"id": "llama-3.1-8b-instant", "prices": prices}]}]
    return written(folder / "genai.json", document)


def litellm_file(folder: Path, factor: float = 1, name: str = "litellm.json") -> Path:
    """Three models at Groq, the first the one a simple bot runs on."""
    prices = {"llama-3.1-8b-instant": (0.04, 0.07), "gemma2-9b": (0.2, 0.2), "qwen3-32b": (0.29, 0.59)}
    document = {
        f"groq/{model}": {
            "litellm_provider": "groq",
            "mode": "chat",
            "input_cost_per_token": low * factor / 1e6,
            "output_cost_per_token": high * factor / 1e6,
        }
        for model, (low, high) in prices.items()
    }
    return written(folder / name, document)


def written(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document))
    return path


def test_a_choice_between_two_feeds_reaches_snapshot_and_decision(
    journey: Page, omar: Any, adam: Any, team: Any, tmp_path: Path
) -> None:
    bot = WorkloadFactory(name="Bot", team=team, facts=BOT)
    SegmentFactory(workload=bot, name="all", facts={"task_type": "faq"})
    sign_in(journey, omar.email)
    pull(journey, "LiteLLM price file", file=litellm_file(tmp_path))
    pull(journey, "genai-prices", file=genai_file(tmp_path, 0.05, 0.08))
    runs = PlanRun.objects.count()
    journey.goto("/prices/conflicts/")
    expect(journey.get_by_role("heading", level=1)).to_contain_text("Feeds disagree on 2 prices.")
    journey.get_by_role("link", name="Choose").first.press("Enter")
    journey.get_by_role("heading", name="Which price of").wait_for()
    journey.get_by_label("LiteLLM price file").press("Space")
    journey.get_by_label("Reason").fill(WHY)
    look(journey, "choose")
    journey.get_by_role("button", name="Use this price").press("Enter")
    journey.get_by_text("LiteLLM price file is used. The plan runs again with it.").wait_for()
    assert PlanRun.objects.count() == runs + 1
    expect(journey.locator("main")).to_contain_text(f"chosen by Omar on {today()}: {WHY}")
    journey.goto("/prices/conflicts/")
    expect(journey.get_by_role("region", name="Settled")).to_contain_text(WHY)
    look(journey, "settled")
    sign_out(journey)
    sign_in(journey, adam.email)
    journey.goto(f"/workloads/{bot.pk}/decision/")
    journey.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    costs = journey.get_by_role("region", name="What each would cost a month")
    expect(costs).to_contain_text(f"LiteLLM price file, chosen by Omar on {today()}: {WHY}")
    journey.locator("a[href*='/prices/snapshots/']").first.click()
    expect(journey.get_by_role("region", name="Settled by people")).to_contain_text(WHY)
    look(journey, "snapshot")


def today() -> str:
    return f"{timezone.now():%-d %b %Y}"


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def test_a_nonsense_file_is_refused_as_a_whole_and_the_page_says_so(
    journey: Page, omar: Any, tmp_path: Path
) -> None:
    sign_in(journey, omar.email)
    pull(journey, "LiteLLM price file", file=litellm_file(tmp_path))
    before = list(Quote.objects.order_by("pk").values())
    journey.goto("/prices/feeds/")
    section = journey.get_by_role("region", name="LiteLLM price file")
    section.get_by_label("A file", exact=True).check()
    section.locator("input[type=file]").set_input_files(litellm_file(tmp_path, 1000, "wrong.json"))
    section.get_by_role("button", name="Pull now").click()
    journey.get_by_role("heading", name="Take it or leave it").wait_for()
    expect(journey.locator("main")).to_contain_text("6 of 6 known prices went up by a factor of more than 5")
    look(journey, "refused")
    assert list(Quote.objects.order_by("pk").values()) == before
    journey.goto("/prices/feeds/")
    section = journey.get_by_role("region", name="LiteLLM price file")
    expect(section).to_contain_text("The last reading was refused as a whole")
    expect(section).to_contain_text("The prices we have stay as they are.")
    look(journey, "feeds-refused")
    section.get_by_role("link", name="Look at it").click()
    journey.get_by_label("Reason").fill("They bill for a thousand now.")
    journey.get_by_role("button", name="It is right: take it").click()
    journey.get_by_text("6 changed").wait_for()


@pytest.mark.parametrize("viewport", [None, NARROW])
def test_an_own_price_is_entered_and_ended(
    open_page: Callable[..., Page], omar: Any, viewport: Any, tmp_path: Path
) -> None:
    page = open_page(viewport=viewport)
    sign_in(page, omar.email)
    pull(page, "LiteLLM price file", file=litellm_file(tmp_path))
    page.goto("/prices/?q=llama")
    look(page, "filtered")
    page.get_by_role("link", name="Llama 3.1 8B").click()
    look(page, "offer-plain")
    page.get_by_role("link", name="Enter your own price").click()
    page.get_by_label("Input per million tokens", exact=True).fill("0.02")
    page.get_by_label("Output per million tokens", exact=True).fill("0.03")
    page.get_by_label("Where it can be looked up").fill("contract 4711")
    page.get_by_label("Reason", exact=True).fill("Framework contract.")
    look(page, "own-price")
    page.get_by_role("button", name="Use this price").click()
    page.get_by_text("your price is in the book").wait_for()
    look(page, "offer-own")
    page.get_by_role("link", name="End your own price").click()
    page.get_by_label("Reason").fill("The contract ended.")
    look(page, "own-end")
    page.get_by_role("button", name="End it").click()
    page.get_by_text("feeds say the price again").wait_for()
    page.get_by_role("link", name="Groq", exact=True).click()
    page.get_by_text("Enter a certificate").click()
    look(page, "provider")


def test_a_conflict_reads_well_on_a_phone_and_is_settled_twice(
    open_page: Callable[..., Page], omar: Any
) -> None:
    litellm(timezone.now(), llama=entry(1, 2))
    genai(timezone.now(), llama=(1.1, 2))
    page = open_page(viewport=NARROW)
    sign_in(page, omar.email)
    for feed, reason, button in (
        ("LiteLLM price file", WHY, "Use this price"),
        ("genai-prices", "Their invoice of November.", "Choose again"),
    ):
        page.goto("/prices/conflicts/")
        page.locator("main a[href^='/prices/conflicts/']").last.click()
        look(page, "choose-phone")
        page.get_by_label(feed).check()
        page.get_by_label("Reason", exact=True).fill(reason)
        page.get_by_role("button", name=button).click()
        page.get_by_text(f"{feed} is used.").wait_for()
    expect(page.locator("main")).to_contain_text("in use today")
