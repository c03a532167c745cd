"""What is about to change, and what people say about it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner import access
from planner.forms.triggers import AnswerForm
from planner.posting import posted_from
from planner.selectors import headlines, standing, trigger_history, watch
from planner.services import triggers as services

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from workloads.models import Segment


@require_safe
def triggers(request: HttpRequest) -> HttpResponse:
    standings = standing.standings(access.visible_workloads(request.user))
    teams = access.answering_teams(request.user)
    asked, page = request.GET.get("state", ""), request.GET.get("page", 1)
    watched = watch.watch(standings, asked, as_of=timezone.now(), teams=teams, page=page)
    context = {"watch": watched, "headline": headlines.watch_headline(watched)}
    return render(request, "planner/triggers.html", context)


@require_safe
def trigger(request: HttpRequest, segment: int, pk: str) -> HttpResponse:
    """One trigger in full: published and computed side by side, its history, and room for an answer."""
    return _page(request, access.get_seen_segment(request.user, segment), pk)


@posted_from("planner:trigger", "segment", "pk")
def answer(request: HttpRequest, segment: int, pk: str) -> HttpResponse:
    """One service call; refusals come back on the same page with everything typed."""
    found, by = access.get_watched_for(request.user, segment), access.person(request.user)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, found, pk, form)
    try:
        said = services.answer(found, pk, by=by, as_of=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, found, pk, form)
    messages.success(request, f"{found.workload}, {pk}: {said.get_kind_display().lower()}.")
    return redirect("planner:triggers")


@posted_from("planner:trigger", "segment", "pk")
def take_back(request: HttpRequest, segment: int, pk: str) -> HttpResponse:
    found = access.get_watched_for(request.user, segment)
    services.take_back(found, pk)
    messages.success(request, f"{found.workload}, {pk}: asks again.")
    return redirect("planner:trigger", segment, pk)


def _page(request: HttpRequest, segment: Segment, pk: str, form: AnswerForm | None = None) -> HttpResponse:
    teams, now = access.answering_teams(request.user), timezone.now()
    watched = watch.watch(standing.standings([segment.workload]), as_of=now, teams=teams).find(segment.pk, pk)
    if watched is None:
        raise Http404
    context = {
        "watched": watched,
        "trigger": watched.trigger,
        "readings": trigger_history.readings_of(segment, pk),
        "form": form or AnswerForm(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form else HTTPStatus.OK
    return render(request, "planner/trigger.html", context, status=status)
