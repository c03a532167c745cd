"""A snapshot: the prices and rates decisions were made with, and who said that each counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pricing import access
from pricing.models import Snapshot
from pricing.selectors import frozen

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

A_PAGE = 50


@require_safe
def snapshot(request: HttpRequest, name: str) -> HttpResponse:
    access.check_may_see(request.user)
    found = Snapshot.objects.filter(name=name).first()
    if found is None:
        raise Http404
    words = request.GET.get("q", "")
    offers = frozen.offers_of(found, words)
    context = {
        "snapshot": found,
        "rates": frozen.rates_of(found),
        "settled": frozen.settled_by_people(found),
        "page": Paginator(offers, A_PAGE).get_page(request.GET.get("page")),
        "q": words,
    }
    return render(request, "pricing/snapshot.html", context)
