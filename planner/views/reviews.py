"""The reviewer's queue: what waits, what the waiting costs, and the decision itself."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from planner.posting import posted_from
from planner.selectors.standing import standings
from workloads import access
from workloads.forms.classification import DecisionForm
from workloads.models import Classification
from workloads.models.classification import ClassificationState
from workloads.selectors import classifications as selectors
from workloads.services import classification as services

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from planner.selectors.standing import Standing

LISTS = {
    "waiting": "Needs a decision",
    "changes": "Waiting for changes",
    "ending": "Ending in 30 days",
    "decided": "Decided",
}


@dataclass(frozen=True)
class Item:
    """A proposal with what its waiting means: the workload's standing, where it has been decided on."""

    proposal: Classification
    standing: Standing | None
    why_not: str

    @property
    def order(self) -> tuple[bool, float, Any]:
        """Risk first, then money held up, then age."""
        money = (self.standing.held_up if self.standing else None) or 0.0
        return (not (self.standing and self.standing.exposed), -money, self.proposal.proposed_at)


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The first waiting proposal beside the list; or what an empty queue means."""
    shown = request.GET.get("list", "waiting")
    if shown not in LISTS:
        raise Http404
    items = _items(request, shown)
    return _page(request, items, items[0] if items else None, shown=shown)


@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = access.get_for(request.user, Classification.objects.all(), pk)
    items = _items(request, "waiting")
    chosen = next((item for item in items if item.proposal.pk == pk), None) or _item(request, proposal)
    return _page(request, items, chosen)


@posted_from("planner:review", "pk")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One service call; refusals come back on the same page with everything typed."""
    proposal = access.get_for(request.user, Classification.objects.all(), pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _again(request, proposal, form)
    try:
        decided = services.decide(pk, by=request.user, as_of=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
    except ValidationError as error:
        form.add_error(None, error)
        return _again(request, proposal, form)
    except services.ChangedMeanwhileError:
        return _again(request, proposal, form, status=HTTPStatus.CONFLICT)
    messages.success(request, f"{decided.segment}: {decided.get_state_display().lower()}.")
    return redirect("planner:queue")


def _again(
    request: HttpRequest, proposal: Classification, form: DecisionForm, status: int = 422
) -> HttpResponse:
    proposal.refresh_from_db()
    return _page(request, _items(request, "waiting"), _item(request, proposal), form=form, status=status)


def _rows(request: HttpRequest, shown: str) -> list[Classification]:
    visible = access.visible(request.user, Classification.objects.all())
    rows = visible.select_related("segment__workload__team", "proposed_by", "decided_by")
    match shown:
        case "changes":
            return list(rows.filter(state=ClassificationState.CHANGES_REQUESTED))
        case "ending":
            return list(selectors.ending_soon(rows, timezone.now()))
        case "decided":
            return list(rows.exclude(decided_at=None).order_by("-decided_at")[:50])
        case _:
            return list(selectors.waiting_for(visible))


def _items(request: HttpRequest, shown: str) -> list[Item]:
    rows = _rows(request, shown)
    known = {row.workload.pk: row for row in standings([row.segment.workload for row in rows])}
    teams = access.reviewer_teams(request.user)
    items = [
        Item(row, known.get(row.segment.workload_id), access.why_not_decide(request.user, row, teams))
        for row in rows
    ]
    return sorted(items, key=lambda item: item.order) if shown == "waiting" else items


def _item(request: HttpRequest, proposal: Classification) -> Item:
    found = standings([proposal.segment.workload])
    return Item(proposal, found[0] if found else None, access.why_not_decide(request.user, proposal))


def _page(
    request: HttpRequest,
    items: list[Item],
    chosen: Item | None,
    *,
    form: DecisionForm | None = None,
    shown: str = "waiting",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "items": items,
        "chosen": chosen,
        "headline": _headline(len(items), shown),
        "lists": LISTS,
        "shown": shown,
        "conflict": status == HTTPStatus.CONFLICT,
    }
    if chosen:
        approved = selectors.last_approval(chosen.proposal)
        today = timezone.now().date()
        context |= {
            "approved": approved,
            "differences": selectors.differences(chosen.proposal, approved),
            "form": form or DecisionForm(initial=_initial(chosen.proposal, today)),
        }
    return render(request, "planner/reviews/queue.html", context, status=status)


def _headline(count: int, shown: str) -> str:
    if shown != "waiting":
        return LISTS[shown]
    if not count:
        return "Nothing waits for a decision"
    return (
        "One classification waits for a decision"
        if count == 1
        else f"{count} classifications wait for a decision"
    )


def _initial(proposal: Classification, today: date) -> dict[str, Any]:
    return {"ends_on": selectors.suggested_end(proposal.facts, today), "seen_hash": proposal.revision_hash}
