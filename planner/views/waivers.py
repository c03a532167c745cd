"""Exceptions to one rule for one workload: asked for, granted or refused by somebody else, ended by their date."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from planner import access
from planner.forms.waivers import WaiverDecisionForm, WaiverForm
from planner.posting import posted_from
from planner.selectors import basis, exceptions, waiver_list
from planner.services import waivers as services
from planner.tasks import send_plan
from planner.views.drafts import add_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from planner.models import Waiver

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
DONE = {
    "grant": "Granted. The workload is planned again.",
    "refuse": "Refused. The rule holds.",
    "revoke": "Revoked. The rule holds again, and the workload is planned again.",
    "withdraw": "Withdrawn.",
}


@require_safe
def waivers(request: HttpRequest) -> HttpResponse:
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int, row: str) -> HttpResponse:
    """For a workload and the row that stands against it."""
    workload = access.get_workload_for(request.user, pk)
    policy = basis.policy()
    found = next((each for each in policy.rows("constraints") if each.id == row), None)
    if found is None:
        raise Http404
    segments = list(workload.segments.all())
    why_not = access.why_not_ask(request.user, workload) or exceptions.why_not_waivable(policy, row)
    form = WaiverForm(request.POST or None, segments=segments, part=request.GET.get("part", ""))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        segment = next((each for each in segments if str(each.pk) == typed["segment"]), None)
        try:
            services.ask(
                workload,
                row,
                segment=segment,
                reason=typed["reason"],
                until=typed["until"],
                by=access.person(request.user),
                as_of=timezone.now(),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(
                request, f"Asked for. {found.owner.capitalize()}s decide on it; until then the rule holds."
            )
            return redirect("planner:waivers")
    context = {"workload": workload, "row": found, "form": form, "why_not": why_not}
    return render(
        request, "planner/waivers/ask.html", context, status=REFUSED if form.errors else HTTPStatus.OK
    )


@posted_from("planner:waivers")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One service call; a refusal comes back beside the exception with the note kept."""
    waiver = access.get_waiver_for(request.user, pk)
    form = WaiverDecisionForm(request.POST)
    if not form.is_valid() or form.cleaned_data["action"] not in DONE:
        raise Http404
    action, note = form.cleaned_data["action"], form.cleaned_data["note"]
    try:
        _acts(request, waiver, note)[action]()
    except ValidationError as error:
        add_errors(form, error)
        return _list(request, wrong=(waiver.pk, form))
    messages.success(request, DONE[action])
    return redirect("planner:waivers")


def _acts(request: HttpRequest, waiver: Waiver, note: str) -> dict[str, Callable[[], object]]:
    by: dict[str, Any] = {"by": access.person(request.user), "as_of": timezone.now()}
    return {
        "grant": lambda: services.grant(waiver.pk, note=note, send=send_plan, **by),
        "refuse": lambda: services.refuse(waiver.pk, note=note, **by),
        "revoke": lambda: services.revoke(waiver.pk, note=note, send=send_plan, **by),
        "withdraw": lambda: services.withdraw(waiver.pk, **by),
    }


def _list(request: HttpRequest, wrong: tuple[int, WaiverDecisionForm] | None = None) -> HttpResponse:
    asked = request.GET.get("list", "")
    shown = asked if asked in waiver_list.LISTS else "open"
    visible = access.visible_workloads(request.user)
    items = waiver_list.items(request.user, visible, shown, timezone.now().date())
    context = {"items": items, "lists": waiver_list.LISTS, "shown": shown, "wrong": wrong}
    return render(request, "planner/waivers/list.html", context, status=REFUSED if wrong else HTTPStatus.OK)
