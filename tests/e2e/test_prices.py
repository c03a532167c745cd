"""An operator's way through prices: pull both feeds, see where they disagree, settle one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import NARROW, axe, no_sideways_scroll, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
FILE = Path(__file__).parents[1] / "pricing" / "recordings" / "genai_prices_v2_data_excerpt.json"


def pull(page: Page, feed: str, *, file: Path | None = None) -> None:
    """Press the feed's button and wait until the run says that it is done."""
    page.goto("/prices/feeds/")
    section = page.get_by_role("region", name=feed)
    if file:
        section.get_by_label("A file", exact=True).check()
        section.get_by_label("Price file (JSON)").set_input_files(file)
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
