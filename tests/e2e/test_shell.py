"""The house of every page, in a browser: parts, charts, forms, sign-in, and what happens when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import shell_pages
from tests.e2e.conftest import NARROW, Watch, axe, no_sideways_scroll, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import ViewportSize

    from workloads.models import User

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.e2e.shell_urls"),
]


@pytest.mark.parametrize("viewport", [None, NARROW])
def test_every_part_is_accessible_and_draws_under_the_policy(
    open_page: Callable[..., Page], ana: User, viewport: ViewportSize | None
) -> None:
    page = open_page(viewport=viewport)
    sign_in(page, ana.email)
    page.goto("/test/parts/")
    expect(page.locator("figure[data-drawn]")).to_have_count(1)
    page.get_by_role("button", name="Draw another").click()
    expect(page.locator("#late figure[data-drawn]")).to_have_count(1)
    expect(page.get_by_text("All rows read.", exact=True)).to_be_visible()
    expect(page.locator("#live")).to_have_text("Reading the file: Done. All rows read.")
    no_sideways_scroll(page)
    axe(page)


def test_the_watch_sees_what_it_watches_for(journey: Page, watch: Watch) -> None:
    """The guard of the other journeys: each of the three faults, made on purpose, is noticed."""
    journey.goto("/accounts/login/")
    journey.evaluate("document.body.insertAdjacentHTML('beforeend', '<i style=\"color:red\">x</i>')")
    journey.evaluate("fetch('http://elsewhere.invalid/').catch(() => 0)")
    journey.evaluate("setTimeout(() => { throw new Error('on purpose'); })")
    journey.wait_for_timeout(200)
    assert [bool(fault) for fault in (watch.violations, watch.errors)] == [True, True]
    assert any("style-src" in violation for violation in watch.violations)
    assert any("connect-src" in violation for violation in watch.violations)
    watch.violations.clear()
    watch.strangers.clear()
    watch.errors.clear()


def test_a_chart_offers_the_picture_and_no_cloud(journey: Page) -> None:
    journey.goto("/test/parts/")
    expect(journey.locator("figure[data-drawn]")).to_have_count(1)
    buttons = journey.locator(".modebar-btn").evaluate_all("all => all.map(one => one.dataset.title)")
    assert buttons == ["Download plot as a PNG"]


def test_the_sign_in_page_is_accessible_and_says_what_is_wrong(
    open_page: Callable[..., Page], ana: User
) -> None:
    page = open_page(viewport=NARROW)
    page.goto("/accounts/login/")
    axe(page)
    page.get_by_label("E-mail").fill(ana.email)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page).to_have_title("Error: Sign in · Sovereignty Planner")
    expect(page.get_by_label("E-mail")).to_have_value(ana.email)
    axe(page)


def test_the_theme_is_kept_and_rendered_by_the_server(journey: Page, ana: User) -> None:
    sign_in(journey, ana.email)
    journey.goto("/test/volume/")
    journey.get_by_role("button", name="Switch between light and dark").click()
    html = journey.request.get("/test/volume/").text()
    assert '<html lang="en" data-bs-theme="dark">' in html


def test_a_refused_form_keeps_its_text_and_takes_the_focus_to_the_summary(journey: Page, ana: User) -> None:
    sign_in(journey, ana.email)
    journey.goto("/test/volume/")
    journey.get_by_label("Name").fill("Support chat")
    journey.get_by_label("Tokens a month").fill("-1")
    journey.get_by_role("button", name="Save").click()
    expect(journey.locator("[data-error-summary]")).to_be_focused()
    expect(journey.get_by_label("Name")).to_have_value("Support chat")
    journey.get_by_role("link", name="Tokens a month: Ensure").click()
    expect(journey.get_by_label("Tokens a month")).to_be_focused()
    axe(journey)


def fill(page: Page) -> None:
    page.get_by_label("Name").fill("Support chat")
    page.get_by_label("Tokens a month").fill("60")
    page.get_by_text("A contract is enough").click()


def test_a_sign_in_that_ends_in_the_middle_of_a_form_loses_nothing(journey: Page, ana: User) -> None:
    """With htmx: a dialog over the page; sign in in a tab of its own, come back, press again."""
    shell_pages.SAVED.clear()
    sign_in(journey, ana.email)
    journey.goto("/test/volume/")
    fill(journey)
    journey.context.clear_cookies(name="session")
    journey.get_by_role("button", name="Save").click()
    expect(journey.get_by_role("dialog", name="You were signed out")).to_be_visible()
    axe(journey)
    sign_in(journey.context.new_page(), ana.email)
    journey.get_by_role("button", name="Back to the page").click()
    journey.get_by_role("button", name="Save").click()
    expect(journey.locator("#saved")).to_be_visible()
    assert [saved["name"] for saved in shell_pages.SAVED] == ["Support chat"]


@pytest.mark.parametrize(("javascript", "presses"), [(True, 1), (False, 2)])
def test_a_plain_form_is_kept_by_the_server(
    open_page: Callable[..., Page], ana: User, javascript: bool, presses: int
) -> None:
    """Without JavaScript the second press carries the protection token of the new sign-in."""
    shell_pages.SAVED.clear()
    page = open_page(javascript=javascript)
    sign_in(page, ana.email)
    page.goto("/test/plain/")
    fill(page)
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="You were signed out; your text is kept")).to_be_visible()
    sign_in(page.context.new_page(), ana.email)
    for _ in range(presses):
        page.get_by_role("button", name="Send again").click()
    expect(page.locator("#saved")).to_be_visible()
    assert [saved["name"] for saved in shell_pages.SAVED] == ["Support chat"]


def test_trouble_under_htmx_is_said_in_words(journey: Page, ana: User) -> None:
    sign_in(journey, ana.email)
    journey.goto("/test/volume/")
    journey.evaluate("document.getElementById('volume').setAttribute('hx-post', '/test/refused/')")
    journey.evaluate("htmx.process(document.getElementById('volume'))")
    fill(journey)
    journey.get_by_role("button", name="Save").click()
    expect(journey.locator("#trouble")).to_contain_text("You may not do this. Nothing was changed.")
    expect(journey.get_by_label("Name")).to_have_value("Support chat")


def test_the_menu_holds_every_place_on_a_narrow_screen(open_page: Callable[..., Page], omar: User) -> None:
    page = open_page(viewport=NARROW)
    sign_in(page, omar.email)
    page.goto("/test/parts/")
    page.get_by_label("Menu").click()
    places = page.get_by_role("navigation", name="Main, narrow screens").get_by_role("link")
    expect(places.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(places.first).to_be_hidden()
