"""Prices that need a person: feeds that disagree, held moves, prices of nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from pricing import access, services
from pricing.forms import ChooseForm, DecideForm
from pricing.selectors import book, feeds

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from pricing.models import Conflict, Quote

A_PAGE = 50


@require_safe
def conflicts(request: HttpRequest) -> HttpResponse:
    access.check_may_see(request.user)
    context = {
        "page": Paginator(feeds.open_conflicts(), A_PAGE).get_page(request.GET.get("page")),
        "held": feeds.held(),
        "unknown": feeds.unknown_count(),
        "settled": feeds.settled_conflicts()[:A_PAGE],
        "may_decide": access.may_pull(request.user),
        "why_not": access.WHY_NOT,
    }
    return render(request, "pricing/conflicts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def quote(request: HttpRequest, pk: int) -> HttpResponse:
    """One quote with what speaks against it; an operator takes it into the book or refuses it."""
    found = access.get_for(request.user, feeds.quotes(), pk)
    form = DecideForm(request.POST or None)
    if request.method == "POST":
        access.check_may_pull(request.user)
        if form.is_valid() and _decided(request, found, form):
            return redirect("pricing:offer", found.offer_id)
    context = {
        "quote": found,
        "rivals": book.rivals(found, timezone.now().date()),
        "form": form,
        "may_decide": access.may_pull(request.user),
        "why_not": access.WHY_NOT,
    }
    return render(request, "pricing/quote.html", context, status=422 if form.is_bound else 200)


def _decided(request: HttpRequest, quote: Quote, form: DecideForm) -> bool:
    try:
        after = services.decide_quote(
            quote.pk,
            form.cleaned_data["action"],
            reason=form.cleaned_data["reason"],
            by=access.person(request.user),
            as_of=timezone.now(),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, f"{after.offer}: this price is now “{after.get_state_display()}”.")
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """What two feeds say about one offer, side by side; an operator picks one with a reason."""
    conflict = access.get_for(request.user, feeds.conflicts(), pk)
    named = [(quote.feed.name, quote.feed.title) for quote in (conflict.used, conflict.other)]
    form = ChooseForm(request.POST or None, feeds=named, initial={"instead_of": conflict.choice_id})
    if request.method == "POST":
        access.check_may_pull(request.user)
        if form.is_valid() and _chosen(request, conflict, form):
            return redirect("pricing:offer", conflict.offer_id)
    context = {
        "conflict": conflict,
        "both": feeds.both_of(conflict, timezone.now().date()),
        "form": form,
        "may_decide": access.may_pull(request.user),
        "why_not": access.WHY_NOT,
    }
    return render(request, "pricing/choose.html", context, status=422 if form.is_bound else 200)


def _chosen(request: HttpRequest, conflict: Conflict, form: ChooseForm) -> bool:
    try:
        choice = services.choose_feed(
            conflict.pk, **form.cleaned_data, by=access.person(request.user), as_of=timezone.now()
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, f"{choice.offer}: {choice.feed} is used. The plan runs again with it.")
    return True
