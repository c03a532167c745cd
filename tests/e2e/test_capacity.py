"""An architect's way through capacity: choose, watch the answer follow, paste a run, see it move, keep it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import NARROW, axe, no_sideways_scroll, sign_in
from tests.engine.test_benchmark_output import VLLM

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SLOWER = VLLM.replace("2088.55", "1500.00").replace("239.40", "333.33")


def look(page: Page, name: str) -> None:
    """The page keeps the promises every page makes; CAPACITY_SHOTS=folder keeps a picture."""
    axe(page)
    no_sideways_scroll(page)
    if folder := os.environ.get("CAPACITY_SHOTS"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)


def test_an_architect_sees_the_estimate_move_to_a_benchmark(journey: Page, ana: Any) -> None:
    sign_in(journey, ana.email)
    journey.get_by_role("navigation", name="Main").get_by_role("link", name="Capacity").click()
    answer = journey.locator("#answer")
    answer.get_by_text("output tokens a second", exact=True).wait_for()
    look(journey, "start")
    journey.get_by_label("GPUs per replica").fill("4")
    journey.get_by_label("Requests at a time").fill("64")
    journey.get_by_label("Requests at a time").blur()
    journey.wait_for_url("**gpus=4*concurrency=64*")
    journey.get_by_label("Output of your benchmark").fill(SLOWER)
    journey.get_by_role("button", name="See what it changes").click()
    journey.get_by_text("At that load: The estimate of").wait_for()
    assert journey.get_by_label("GPUs per replica").input_value() == "4"
    look(journey, "preview")
    journey.get_by_role("button", name="Keep it").click()
    journey.get_by_text("Kept. Estimates of this configuration follow it.").wait_for()
    journey.get_by_text("It rests on your own benchmark").wait_for()
    look(journey, "kept")
    journey.get_by_role("button", name="Withdraw").click()
    journey.get_by_text("Withdrawn. Estimates no longer follow it.").wait_for()


def test_it_reads_on_a_narrow_screen_and_without_javascript(open_page: Callable[..., Page], ana: Any) -> None:
    page = open_page(viewport=NARROW)
    sign_in(page, ana.email)
    page.goto("/capacity/")
    look(page, "narrow")
    plain = open_page(javascript=False)
    sign_in(plain, ana.email)
    plain.goto("/capacity/")
    plain.get_by_label("GPUs per replica").fill("1")
    plain.get_by_role("button", name="Estimate").click()
    plain.get_by_text("Do not plan with this one").wait_for()
