"""An address that takes a form leads whoever reloads it to the page with the form, and does nothing."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from planner.posting import posted_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from django.test import RequestFactory

LEFT = {
    "planner:preview"  # a part of the registration page, which only its script asks for
}


@posted_from("planner:draft_row", "pk", "name", table="parameters")
def kept(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    return HttpResponse(f"{pk} {name}")


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_leads_to_the_page_with_the_form(rf: RequestFactory, method: str) -> None:
    answer = kept(getattr(rf, method)("/"), pk=4, name="fx")
    assert (answer.status_code, answer["Location"]) == (302, "/policy/drafts/4/rows/parameters/fx/")


def test_posting_is_the_view_and_anything_else_is_not_allowed(rf: RequestFactory) -> None:
    assert kept(rf.post("/"), pk=4, name="fx").content == b"4 fx"
    refused = kept(rf.put("/"), pk=4, name="fx")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, POST")


def only_posted() -> Iterator[str]:
    """Every address of planning and prices whose view still answers GET with nothing."""
    for space in ("planner", "pricing"):
        _, resolver = get_resolver().namespace_dict[space]
        for pattern in resolver.url_patterns:
            listed = inspect.getclosurevars(pattern.callback).nonlocals.get("request_method_list")
            if listed == ["POST"]:
                yield f"{space}:{pattern.name}"


def test_no_page_of_planning_and_prices_ends_in_nothing() -> None:
    assert set(only_posted()) == LEFT


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("taken", "page"),
    [
        ("planner:benchmark", "planner:capacity"),
        ("planner:reckon_again", "planner:reconciliation"),
        ("pricing:rates", "pricing:feeds"),
    ],
)
def test_reloading_a_refused_answer_shows_the_form_again(lena: object, taken: str, page: str) -> None:
    client = Client()
    client.force_login(lena)
    assert client.post(reverse(taken), {}).status_code in {403, 422}
    answer = client.get(reverse(taken), follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [(reverse(page), 302)])
