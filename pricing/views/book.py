"""The price book and one offer of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner.htmx import fragment_or_page
from pricing import access
from pricing.forms import BookFilter
from pricing.models import Offer
from pricing.selectors import book as selectors
from pricing.selectors.offers import offer_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def book(request: HttpRequest) -> HttpResponse:
    access.check_may_see(request.user)
    form = BookFilter(request.GET, choices=selectors.choices())
    filters = form.filters()
    page = selectors.book(filters, request.GET.get("page"), timezone.now().date())
    context = {
        "form": form,
        "kind": filters["kind"],
        "page": page,
        "may_decide": access.may_pull(request.user),
    }
    return fragment_or_page(request, "pricing/book.html", "offers", context)


@require_safe
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    offers = Offer.objects.select_related("provider", "model")
    found = access.get_for(request.user, offers, pk)
    now = timezone.now()
    context = {
        "offer": found,
        "about": offer_page(found, now),
        "quotes": selectors.quotes_of(found),
        "own_prices": selectors.own_prices_of(found, now.date()),
        "may_decide": access.may_pull(request.user),
    }
    return render(request, "pricing/offer.html", context)
