"""Prices of one's own: entered for an offer, ended with a reason."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from pricing import access, services
from pricing.feeds import names
from pricing.feeds.base import OfferKey
from pricing.forms import EndForm, NewOfferForm, OwnPriceForm
from pricing.models import Offer, OwnPrice
from pricing.selectors.book import offer_named
from pricing.selectors.current import prices_on
from pricing.services import own_prices

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NAMED = ("provider", "model", "region")


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """What the organisation really pays for an offer."""
    offer = access.get_for(request.user, Offer.objects.select_related("provider", "model"), pk)
    access.check_may_pull(request.user)
    today = timezone.now().date()
    form = OwnPriceForm(
        request.POST or None,
        today=_from(request, today),
        possible=own_prices.possible(offer),
        needed=own_prices.needed(offer),
    )
    if form.is_valid() and _entered(request, offer, form):
        return redirect("pricing:offer", offer.pk)
    prices = prices_on(today, [offer.pk]).get(offer.pk, [])
    context = {"offer": offer, "form": form, "price": prices[0] if prices else None}
    return render(request, "pricing/own_price.html", context, status=422 if form.is_bound else 200)


def _entered(request: HttpRequest, offer: Offer, form: OwnPriceForm) -> bool:
    try:
        services.enter_own_price(
            offer.pk, **form.said(), by=access.person(request.user), as_of=timezone.now()
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, f"{offer}: your price is in the book. The plan runs again with it.")
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A price for a model at a provider that no feed lists; ?provider, model, region and from fill the form.

    What the book knows already leads to the page of its own price.
    """
    access.check_may_pull(request.user)
    known = _known(request) if request.method != "POST" else None
    if known:
        return redirect(f"{reverse('pricing:own_price', args=[known.pk])}?{request.GET.urlencode()}")
    asked = {name: request.GET.get(name, "") for name in NAMED}
    today = timezone.now().date()
    form = NewOfferForm(request.POST or None, initial=asked, today=_from(request, today))
    if form.is_valid() and (offer := _added(request, form)):
        return redirect("pricing:offer", offer.pk)
    return render(request, "pricing/add.html", {"form": form}, status=422 if form.is_bound else 200)


def _from(request: HttpRequest, today: date) -> date:
    """The day asked for in the address; today without one."""
    try:
        return date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return today


def _known(request: HttpRequest) -> Offer | None:
    provider, model, region = (request.GET.get(name, "") for name in NAMED)
    key = OfferKey(names.provider_slug(provider), names.model_slug(model), region or names.region_in(model))
    return offer_named(key)


def _added(request: HttpRequest, form: NewOfferForm) -> Offer | None:
    try:
        own = services.price_new_offer(
            form.key, **form.said(), by=access.person(request.user), as_of=timezone.now()
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None
    messages.success(request, f"{own.offer}: your price is in the book. The plan runs again with it.")
    return own.offer


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """An own price no longer holds; any operator may say so."""
    rows = OwnPrice.objects.select_related("offer__provider", "offer__model", "entered_by")
    own = access.get_for(request.user, rows, pk)
    access.check_may_pull(request.user)
    form = EndForm(request.POST or None)
    if form.is_valid() and _ended(request, own, form):
        return redirect("pricing:offer", own.offer_id)
    context = {"own": own, "form": form, "quotes": own.quotes.all()}
    return render(request, "pricing/own_end.html", context, status=422 if form.is_bound else 200)


def _ended(request: HttpRequest, own: OwnPrice, form: EndForm) -> bool:
    try:
        services.end_own_price(
            own.pk, **form.cleaned_data, by=access.person(request.user), as_of=timezone.now()
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, f"{own.offer}: feeds say the price again. The plan runs again with it.")
    return True
