"""Error pages: what failed, what is still true, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The reason is ours (PermissionDenied carries a sentence for people)."""
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What was typed is on the page, to be sent again."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: its frame would ask the database, which may be what failed."""
    return HttpResponseServerError(get_template("500.html").render())
