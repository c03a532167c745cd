"""Addresses that take a form: looking at one, as reloading a refused answer does, leads to the page with the form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPMethod
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
LOOKING = (HTTPMethod.GET, HTTPMethod.HEAD)


def posted_from(page: str, *names: str, **given: str) -> Callable[[View[P]], View[P]]:
    """The view takes POST alone. GET changes nothing and leads to PAGE, whose address takes GIVEN and, of the
    arguments of the view's own address, those called NAMES; the page itself decides who may see it.
    """

    def of_view(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == HTTPMethod.POST:
                return view(request, *args, **kwargs)
            if request.method in LOOKING:
                return redirect(reverse(page, kwargs=given | {name: kwargs[name] for name in names}))
            return HttpResponseNotAllowed([*LOOKING, HTTPMethod.POST])

        return answer

    return of_view
