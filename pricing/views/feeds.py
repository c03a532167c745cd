"""Feeds: how they are doing, pulling one, what a run brought, exchange rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner.htmx import POLL_DONE, fragment_or_page, is_fragment
from planner.posting import posted_from
from pricing import access, services
from pricing.feeds import FEEDS
from pricing.forms import PullForm, RateForm, TakeForm
from pricing.models import FxRate
from pricing.selectors import feeds as selectors
from pricing.selectors.snapshots import stale_rates
from pricing.services import pulling, scheduling
from pricing.tasks import pull_feed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from pricing.models import FeedRun

A_PAGE = 50


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    access.check_may_see(request.user)
    return _feeds(request)


def _feeds(
    request: HttpRequest, pulls: dict[str, PullForm] | None = None, rate: RateForm | None = None
) -> HttpResponse:
    """The page, with the form that was wrong kept as it was typed."""
    now = timezone.now()
    addresses = {name: pulling.address_of(name) for name in FEEDS}
    scheduled = {name for name in FEEDS if scheduling.scheduled_source(name)}
    forms = {name: PullForm(name=name, address=addresses[name]) for name in FEEDS} | (pulls or {})
    states = selectors.feed_states(now, scheduled, addresses)
    context: dict[str, Any] = {
        "feeds": [(state, forms[state.feed.name]) for state in states],
        "next_slot": scheduling.next_slot(now),
        "runs": Paginator(selectors.runs(), A_PAGE).get_page(request.GET.get("page")),
        "rates": FxRate.objects.select_related("entered_by"),
        "stale_rates": stale_rates(now.date()),
        "rate_form": rate or RateForm(today=now.date()),
        "bad_form": next(iter((pulls or {}).values()), None) or rate,
        "may_pull": access.may_pull(request.user),
        "why_not": access.WHY_NOT,
    }
    return render(request, "pricing/feeds.html", context, status=422 if pulls or rate else 200)


@posted_from("pricing:feeds")
def pull(request: HttpRequest, name: str) -> HttpResponse:
    access.check_may_pull(request.user)
    if name not in FEEDS:
        raise Http404
    form = PullForm(request.POST, request.FILES, name=name, address=pulling.address_of(name))
    if not form.is_valid():
        return _feeds(request, pulls={name: form})
    file = form.cleaned_data.get("file") if form.cleaned_data["source"] == "file" else None
    run = services.ask_pull(
        name,
        as_of=timezone.now(),
        send=_send,
        source=form.cleaned_data["source"],
        upload=services.Upload(file.name, file.read()) if file else None,
        whose=form.cleaned_data.get("whose", "").strip(),
        asked_by=access.person(request.user),
    )
    return redirect("pricing:feed_run", run.pk)


def _send(pk: int) -> None:
    pull_feed.delay(run_id=pk)


@require_safe
def feed_run(request: HttpRequest, pk: int) -> HttpResponse:
    """The run's page; htmx asks for its progress until it is finished."""
    run = access.get_for(request.user, selectors.runs(), pk)
    response = _run_page(request, run, TakeForm())
    if is_fragment(request) and not run.is_open:
        response.status_code = POLL_DONE
    return response


def _run_page(request: HttpRequest, run: FeedRun, take: TakeForm) -> HttpResponse:
    changes = Paginator(selectors.changes_of(run), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "changes": changes,
        "waiting": selectors.waiting_of(run),
        "counts": selectors.counts_of(run),
        "take_form": take,
        "taken_by": selectors.taken_by(run),
        "may_pull": access.may_pull(request.user),
        "why_not": access.WHY_NOT,
    }
    return fragment_or_page(request, "pricing/run.html", "outcome", context)


@posted_from("pricing:feed_run", "pk")
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """A reading refused as a whole is written after all."""
    access.check_may_pull(request.user)
    run = access.get_for(request.user, selectors.runs(), pk)
    form = TakeForm(request.POST)
    if form.is_valid():
        try:
            taken = services.take_reading(
                run.pk, **form.cleaned_data, by=access.person(request.user), as_of=timezone.now(), send=_send
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("pricing:feed_run", taken.pk)
    response = _run_page(request, run, form)
    response.status_code = 422
    return response


@posted_from("pricing:feeds")
def rates(request: HttpRequest) -> HttpResponse:
    access.check_may_pull(request.user)
    now = timezone.now()
    form = RateForm(request.POST, today=now.date())
    if not form.is_valid():
        return _feeds(request, rate=form)
    rate = services.enter_rate(**form.cleaned_data, by=access.person(request.user), as_of=now)
    messages.success(request, f"From {rate.day:%-d %b %Y} on, {rate}.")
    return redirect("pricing:feeds")
