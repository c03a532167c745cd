"""A leader holds the bill against the prices; an operator has it all computed again."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from tests.e2e.conftest import NARROW, axe, no_sideways_scroll, sign_in
from tests.factories import WorkloadFactory
from tests.planner.counted import bucket, prices, reckoned
from tests.planner.records import decided, plan, segment
from tests.planner.test_reconciliation import costs, fill, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
ADDRESS = "/economics/reconciliation/"


@pytest.fixture
def counted(team: Any) -> None:
    """One workload that agrees, one whose source forgets the discount of cached tokens, one that moved."""
    prices(datetime(2026, 5, 1, tzinfo=UTC), cache_read_input_token_cost=0.1e-6)
    assistant, cached, mover = (
        WorkloadFactory.create(name=name, team=team) for name in ("Assistant", "Cached answers", "Mover")
    )
    bucket(assistant)
    bucket(cached, cached_input_tokens=1_000_000, cost_reported=Decimal(4))
    bucket(cached, date(2026, 10, 6), model="unheard-of", cost_reported=Decimal(9))
    bucket(day=date(2026, 10, 7))
    said(mover, {1: "2"}, month=1)
    said(mover, {15: "3"}, month=8)
    fill(mover, {6: 100, 7: 100, 8: 60, 9: 30, 10: 30})
    decided(mover, segment("2", "3r", costs=costs()), run=plan(as_of=datetime(2026, 6, 1, tzinfo=UTC)))
    reckoned(as_of=timezone.now() - timedelta(hours=1))


def look(page: Page, name: str) -> None:
    """The page keeps the promises every page makes; RECONCILIATION_SHOTS=folder keeps a picture."""
    axe(page)
    no_sideways_scroll(page)
    if folder := os.environ.get("RECONCILIATION_SHOTS"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)


def test_a_leader_finds_out_why_the_bill_differs_and_what_a_move_saved(
    journey: Page, counted: None, lena: Any
) -> None:
    sign_in(journey, lena.email)
    journey.goto(f"{ADDRESS}?month=2026-10")
    line = journey.get_by_role("row", name="Cached answers")
    line.get_by_text("1 more").click()
    line.get_by_text("cached tokens are reported without their discount").wait_for()
    journey.get_by_role("row", name="Traffic nobody registered").wait_for()
    journey.get_by_text("it saves $70 a month").wait_for()
    look(journey, "reconciliation")
    journey.get_by_label("Month").select_option("2026-07")
    journey.get_by_role("row", name="Cached answers").wait_for(state="detached")
    assert "month=2026-07" in journey.url
    with journey.expect_download() as download:
        journey.get_by_role("link", name="Download as CSV").click()
    assert download.value.suggested_filename == "reconciliation-2026-07.csv"


@pytest.mark.parametrize("javascript", [True, False])
def test_it_reads_well_on_a_phone_and_without_javascript(
    open_page: Callable[..., Page], counted: None, omar: Any, *, javascript: bool
) -> None:
    page = open_page(viewport=NARROW, javascript=javascript)
    sign_in(page, omar.email)
    page.goto(ADDRESS)
    page.get_by_label("Month").select_option("2026-10")
    if not javascript:
        page.get_by_role("button", name="Filter").click()
    page.get_by_role("rowheader", name="Assistant").wait_for()
    if javascript:
        look(page, "phone")
    page.get_by_role("button", name="Compute all again").click()
    page.get_by_text("computed again with the prices as they are known now").wait_for()
