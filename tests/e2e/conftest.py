"""A real browser for journeys, and the promises every page keeps in it.

`journey` is a page that remembers what no page may do: break the content policy, ask another host for
anything, or throw in a script. When the test ends, all three lists must be empty.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, ViewportSize, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

PASSWORD = "correct horse battery"  # what tests.factories.person gives everybody
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LISTEN = """
document.addEventListener("securitypolicyviolation", function (event) {
  console.error("Content Security Policy: " + event.effectiveDirective + " " + event.blockedURI);
});
"""

# Playwright runs an event loop in this thread; Django's guard would refuse the database because of it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@dataclass
class Watch:
    """What a page did that no page may do."""

    origin: str
    violations: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.add_init_script(LISTEN)
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.violations.append(message.text)

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in {"data", "blob", "about"} and f"{url.scheme}://{url.netloc}" != self.origin:
            self.strangers.append(request.url)

    def check(self) -> None:
        assert self.violations == []
        assert self.strangers == []
        assert self.errors == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; nothing is downloaded."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine, and CI skips nothing")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def watch(live_server: LiveServer) -> Watch:
    return Watch(origin=live_server.url)


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer, watch: Watch) -> Iterator[Callable[..., Page]]:
    """`open_page(viewport=NARROW, theme="dark")`: a fresh visitor's page, watched; checked when the test ends."""
    contexts: list[BrowserContext] = []

    def make(*, viewport: ViewportSize | None = None, theme: Any = "light", javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=viewport or WIDE,
            color_scheme=theme,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        context.on("page", watch.follow)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    watch.check()


@pytest.fixture
def journey(open_page: Callable[..., Page]) -> Page:
    return open_page()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Through the sign-in page, as a person does; ends on the start page of their role."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()


@contextmanager
def in_theme(page: Page, theme: str) -> Iterator[None]:
    """The page as it looks in THEME; afterwards as before."""
    before = page.evaluate("document.documentElement.getAttribute('data-bs-theme')")
    wear = "theme => { document.documentElement.setAttribute('data-bs-theme', theme);"
    wear += " document.dispatchEvent(new CustomEvent('planner:theme')); }"
    page.evaluate(wear, theme)
    yield
    page.evaluate(wear, before)


def axe(page: Page) -> None:
    """No serious or critical finding, in light and in dark."""
    page.evaluate(AXE)
    for theme in ("light", "dark"):
        with in_theme(page, theme):
            options = {"runOnly": RULES, "resultTypes": ["violations"]}
            found = page.evaluate("options => axe.run(document, options)", options)["violations"]
            grave = [
                f"{theme}: {finding['id']}: {node['target']} {node['html'][:160]}"
                for finding in found
                if finding["impact"] in {"serious", "critical"}
                for node in finding["nodes"]
            ]
            assert not grave, grave


def no_sideways_scroll(page: Page) -> None:
    """Nothing is wider than the window."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
