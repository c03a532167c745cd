from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from planner.htmx import fragment_or_page, is_fragment

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

HTMX = {"HX-Request": "true"}


def asked(headers: dict[str, str]) -> HttpRequest:
    request = RequestFactory().get("/", headers=headers)
    request.htmx = HtmxDetails(request)
    return request


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        (HTMX, True),
        (HTMX | {"HX-Boosted": "true"}, False),
        (HTMX | {"HX-History-Restore-Request": "true"}, False),
    ],
)
def test_boosted_links_and_restored_history_want_the_whole_page(
    headers: dict[str, str], fragment: bool
) -> None:
    assert is_fragment(asked(headers)) is fragment


def answer(headers: dict[str, str], status: int = 200) -> HttpResponse:
    return fragment_or_page(asked(headers), "account/signed_out.html", "dialog", {}, status=status)


@pytest.mark.django_db
def test_one_address_gives_page_and_fragment() -> None:
    page, fragment = answer({}).content.decode(), answer(HTMX).content.decode()
    assert (page.count("<html"), fragment.count("<html")) == (1, 0)
    assert fragment.strip().startswith("<dialog")


@pytest.mark.django_db
def test_caches_keep_page_and_fragment_apart() -> None:
    assert [answer(headers)["Vary"].split(", ")[0] for headers in ({}, HTMX)] == ["HX-Request", "HX-Request"]


@pytest.mark.django_db
def test_the_status_is_the_views() -> None:
    assert answer(HTMX, status=422).status_code == 422
