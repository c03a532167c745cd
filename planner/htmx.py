"""Page or fragment: the only place that reads htmx's request headers.

A view answers one URL; htmx asks for a part of the same page and gets just that part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_htmx.middleware import HtmxDetails

POLL_DONE = 286  # htmx swaps this answer and stops polling


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


def htmx_of(request: HttpRequest) -> HtmxDetails:
    """What the htmx middleware found in the request's headers."""
    return cast("HtmxRequest", request).htmx


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx wants a part of the page: boosted links and restored history want the whole."""
    htmx = htmx_of(request)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def fragment_or_page(
    request: HttpRequest,
    template: str,
    partial: str,
    context: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The template's partial for htmx, else the whole page; caches keep the two apart."""
    name = f"{template}#{partial}" if is_fragment(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
