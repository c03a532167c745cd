"""An auditor proves a decision of last week and reads why today's differs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from planner.selectors import current_decision
from tests.e2e.conftest import NARROW, axe, no_sideways_scroll, sign_in
from tests.planner.test_plans import AS_OF, finished, workload
from workloads.models import User, Workload

if TYPE_CHECKING:
    from planner.models import PlanRun

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def two_weeks() -> tuple[Workload, PlanRun]:
    """A bot decided twice, with a hundred times the volume in the second week."""
    bot = workload("Bot")
    finished()
    Workload.objects.filter(pk=bot.pk).update(facts=bot.facts | {"tokens_month": 5_000_000_000})
    return bot, finished(AS_OF + timedelta(weeks=1))


def test_an_auditor_replays_last_week_and_reads_what_changed(journey: Page, adam: User) -> None:
    bot, run = two_weeks()
    sign_in(journey, adam.email)
    journey.goto(f"/workloads/{bot.pk}/decision/")
    journey.get_by_role("button", name="Replay").click()
    verdict = journey.locator("#replayed")
    expect(verdict).to_contain_text("Equal")
    expect(verdict).to_contain_text(current_decision(bot).record_id)
    journey.get_by_role("link", name="What changed since the one before").click()
    expect(journey.get_by_role("heading", level=1)).to_contain_text(re.compile("answer"))
    expect(journey.locator("del").first).to_have_text("50M tokens a month")
    expect(journey.locator("ins").first).to_have_text("5B tokens a month")
    expect(journey.get_by_text("are equal to the byte")).to_be_visible()
    for path in (
        f"/workloads/{bot.pk}/decision/compare/",
        f"/workloads/{bot.pk}/decisions/",
        f"/plans/{run.pk}/",
        f"/plans/{run.pk}/replay/",
    ):
        for size in (None, NARROW):
            if size:
                journey.set_viewport_size(size)
            journey.goto(path)
            axe(journey)
            no_sideways_scroll(journey)
    journey.goto(f"/workloads/{bot.pk}/decisions/")
    journey.get_by_role("button", name="Replay plan").last.click()  # last week's, without JavaScript's help
    expect(journey.get_by_role("heading", level=1)).to_have_text("The same bytes")
    axe(journey)
