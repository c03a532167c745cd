"""The main job in a browser, as each person does it; every page visited keeps the house's promises."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Page, expect

from planner import services
from planner.management.sample.cases import cases
from planner.management.sample.load import register_case
from tests import factories
from tests.e2e.conftest import NARROW, axe, no_sideways_scroll, sign_in
from workloads.models import Classification, OrganisationProfile, UsageBucket, User, Workload
from workloads.services.facts import replace_facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TOKENS = re.compile(r"^Tokens a month( optional)?$")
AS_OF = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def portfolio(ana: User, rita: User, team: Any) -> dict[int, Workload]:
    """Four golden cases, planned at the reference prices: one stays, one moves, one is blocked, one waits."""
    known = cases()
    replace_facts(OrganisationProfile(pk=1), known[1].organisation, by=ana, as_of=AS_OF)
    found = {}
    for number in (2, 6, 13, 27):
        case = known[number]
        found[number] = register_case(
            case, name=case.title[:60], team=team, by=ana, reviewer=rita, current_class="2", as_of=AS_OF
        )
    services.plan_here(as_of=timezone.now(), snapshot=services.snapshot_named("reference-2026-01"))
    return found


def visit(page: Page, path: str) -> None:
    """The page answers, is accessible in both themes and fits the window."""
    answer = page.goto(path)
    assert answer is not None
    assert (path, answer.status) == (path, 200)
    axe(page)
    no_sideways_scroll(page)


def test_an_architect_registers_from_an_archetype_and_proposes_a_classification(
    journey: Page, ana: User
) -> None:
    sign_in(journey, ana.email)
    visit(journey, "/workloads/new/")
    journey.get_by_role("link", name=re.compile("Questions on documents")).first.click()
    axe(journey)
    effect = journey.locator("aside")
    before = effect.inner_text()
    journey.get_by_label("Name").fill("Staff answers")
    journey.get_by_role("textbox", name=TOKENS).fill("900M")
    journey.keyboard.press("Tab")
    expect(effect).not_to_have_text(before)
    expect(journey.get_by_text("900,000,000 tokens a month").first).to_be_visible()
    journey.get_by_role("button", name="Register").click()
    expect(journey.get_by_role("heading", level=1)).to_contain_text("Staff answers")
    axe(journey)
    journey.get_by_role("link", name=re.compile("propose", re.IGNORECASE)).first.click()
    axe(journey)
    journey.get_by_label("Personal data (PII)").check()
    journey.get_by_label("Your reason").fill("Names of staff appear in the questions.")
    journey.get_by_role("button", name="Propose").click()
    proposal = Classification.objects.get()
    assert (proposal.state, proposal.facts["data_tags"], proposal.proposed_by) == ("proposed", ["pii"], ana)


def test_a_form_with_unsent_text_asks_before_it_is_left(journey: Page, ana: User) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    journey.on("dialog", leave)
    sign_in(journey, ana.email)
    journey.goto("/workloads/new/?archetype=rag_qa")
    with journey.expect_response("**/preview/"):  # a preview is no saving
        journey.get_by_role("textbox", name=TOKENS).press_sequentially("9")
    journey.goto("/workloads/")
    assert asked == ["beforeunload"]


def test_what_is_said_of_a_typed_amount_never_moves_the_button_under_the_pointer(
    journey: Page, ana: User
) -> None:
    sign_in(journey, ana.email)
    journey.goto("/workloads/new/?archetype=rag_qa")
    tokens = journey.get_by_role("textbox", name=TOKENS)
    tokens.fill("-5")
    journey.get_by_role("button", name="Register").hover()
    journey.mouse.down()
    expect(journey.locator(f"#{tokens.get_attribute('id')}_understood")).to_contain_text("negative")
    journey.mouse.up()
    expect(journey.locator("[data-error-summary]")).to_be_focused()


def test_a_negative_volume_is_refused_and_everything_typed_is_kept(journey: Page, ana: User) -> None:
    sign_in(journey, ana.email)
    journey.goto("/workloads/new/?archetype=rag_qa")
    journey.get_by_label("Name").fill("Kept in every case")
    journey.get_by_role("textbox", name=TOKENS).fill("-5")
    journey.get_by_role("button", name="Register").click()
    expect(journey.locator("[data-error-summary]")).to_be_focused()
    expect(journey.get_by_label("Name")).to_have_value("Kept in every case")
    expect(journey.get_by_role("textbox", name=TOKENS)).to_have_value("-5")
    axe(journey)
    assert Workload.objects.count() == 0


def test_a_reviewer_asks_for_changes_and_then_approves(
    open_page: Callable[..., Page], portfolio: dict[int, Workload], ana: User, rita: User
) -> None:
    reviewer = open_page()
    sign_in(reviewer, rita.email)
    visit(reviewer, "/reviews/")
    reviewer.get_by_label("Your reason").fill("Which texts are these?")
    reviewer.get_by_role("button", name="Ask for changes").click()
    expect(reviewer.get_by_role("heading", level=1)).to_have_text("Nothing waits for a decision")
    architect = open_page()
    sign_in(architect, ana.email)
    segment = portfolio[27].segments.get()
    visit(architect, f"/segments/{segment.pk}/classification/")
    expect(architect.get_by_text("Which texts are these?")).to_be_visible()
    architect.get_by_label("Your reason").fill("Press releases, published on our site.")
    architect.get_by_role("button", name="Propose").click()
    visit(architect, f"/reviews/{segment.classifications.get().pk}/")
    expect(architect.get_by_role("button", name="Approve")).to_be_disabled()
    reviewer.goto("/reviews/")
    reviewer.get_by_role("button", name="Approve").click()
    expect(reviewer.get_by_role("heading", level=1)).to_have_text("Nothing waits for a decision")
    assert segment.classifications.get().state == "approved"


@pytest.mark.parametrize("viewport", [None, NARROW], ids=["1280", "390"])
def test_a_leader_reads_portfolio_roadmap_and_a_decision(
    open_page: Callable[..., Page], portfolio: dict[int, Workload], lena: User, viewport: Any
) -> None:
    page = open_page(viewport=viewport)
    sign_in(page, lena.email)
    for path in (
        "/portfolio/",
        "/roadmap/",
        "/triggers/",
        "/policy/",
        "/plans/",
        "/prices/",
        "/prices/feeds/",
    ):
        visit(page, path)
    visit(page, f"/workloads/{portfolio[2].pk}/decision/")
    expect(page.locator("figure[data-drawn]")).to_have_count(1)
    visit(page, f"/workloads/{portfolio[6].pk}/decision/")
    expect(page.get_by_text("DAT-245").first).to_be_visible()


def test_an_operator_uploads_usage_and_gives_an_unregistered_key_to_a_workload(
    journey: Page, portfolio: dict[int, Workload], omar: User, tmp_path: Path
) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(
        "timestamp,provider,model,input_tokens,output_tokens,key_alias\n"
        "2026-01-30T10:00:00Z,openai,gpt-5.2-mini,900,100,skunkworks\n"
        "2026-01-30T11:00:00Z,openai,gpt-5.2-mini,-900,100,skunkworks\n"
    )
    sign_in(journey, omar.email)
    visit(journey, "/usage/upload/")
    journey.get_by_label("CSV file").set_input_files(str(path))
    journey.get_by_role("button", name="Upload", exact=True).click()
    expect(journey.get_by_text(re.compile("1 new row")).first).to_be_visible()
    axe(journey)
    visit(journey, "/usage/")
    visit(journey, "/usage/attribution/")
    assert UsageBucket.objects.get().workload is None


def test_an_operator_keeps_teams_and_feeds(journey: Page, omar: User, team: Any) -> None:
    factories.TeamFactory(name="Zephyr")
    sign_in(journey, omar.email)
    for path in ("/teams/", f"/teams/{team.pk}/", "/organisation/", "/prices/feeds/", "/prices/conflicts/"):
        visit(journey, path)


def test_a_stranger_gets_404_and_a_way_back(
    journey: Page, portfolio: dict[int, Workload], cleo: User
) -> None:
    sign_in(journey, cleo.email)
    for path in (f"/workloads/{portfolio[2].pk}/", f"/workloads/{portfolio[2].pk}/decision/"):
        answer = journey.goto(path)
        assert answer is not None
        assert answer.status == 404
    axe(journey)


def test_workloads_are_listed_filtered_and_shown(
    journey: Page, portfolio: dict[int, Workload], ana: User
) -> None:
    sign_in(journey, ana.email)
    visit(journey, "/workloads/")
    visit(journey, f"/workloads/{portfolio[13].pk}/")
    visit(journey, f"/workloads/{portfolio[13].pk}/edit/")
