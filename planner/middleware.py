"""What every answer carries, and what happens to a form whose sign-in ended while it was typed."""

from __future__ import annotations

import logging
import time
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from planner.htmx import htmx_of
from planner.logs import request_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    GetResponse = Callable[[HttpRequest], HttpResponseBase]

log = logging.getLogger("planner.request")

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HEADERS = {
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cache-Control": "no-store",  # what a signed-in person saw stays out of every cache
}


class RequestId:
    """Each request gets an id of our own: in its log lines, in its answer, on its error page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = request_id.set(uuid.uuid4().hex[:12])
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id.get()
            took_ms = round((time.perf_counter() - started) * 1000)
            # The path without its query string: what was searched for is nobody's business here.
            log.info("%s %s %s in %s ms", request.method, request.path, response.status_code, took_ms)
            return response
        finally:
            request_id.reset(token)


class SecurityHeaders:
    """The headers of HEADERS on every answer, unless the view chose its own. Static files come from outside."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class SignInRequired(LoginRequiredMiddleware):
    """Every page needs a sign-in unless it says otherwise, and nobody loses what they typed over it."""

    def handle_no_permission(  # type: ignore[override]  # the stubs promise a redirect, Django takes any answer
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        htmx = htmx_of(request)
        if request.method in UNSAFE:
            return signed_out_dialog(request) if htmx else signed_out_page(request)
        if htmx:
            # A plain redirect would put the sign-in page inside whatever htmx meant to replace.
            page = htmx.current_url_abs_path or request.get_full_path()
            return HttpResponseClientRedirect(redirect_to_login(page).url)
        return super().handle_no_permission(request, view_func)


def signed_out_page(request: HttpRequest) -> HttpResponse:
    """The form comes back as hidden fields: sign in in another tab, then send it again."""
    return render(request, "account/signed_out.html", status=403)


def signed_out_dialog(request: HttpRequest) -> HttpResponse:
    """Over the page, which keeps its fields. 422 is the one refusal that htmx swaps (base.html)."""
    answer = render(request, "account/signed_out.html#dialog", status=422)
    return reswap(retarget(answer, "#dialogs"), "innerHTML")


def kept_form(request: HttpRequest) -> dict[str, Any]:
    """The posted form as it can be sent again: never passwords, never files (browsers forbid it)."""
    dropped = {"csrfmiddlewaretoken"}
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in dropped and "password" not in name.lower()
    ]
    return {"action": request.get_full_path(), "fields": fields, "files": sorted(request.FILES)}


def comes_from_us(request: HttpRequest) -> bool:
    """Whether the browser says one of our own pages sent this; only then may a form be offered again."""
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") in {own, *settings.CSRF_TRUSTED_ORIGINS}
