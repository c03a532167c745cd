"""Pages that only tests see: every part of the house, a form with and without htmx, a job, a chart, errors."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from planner.htmx import POLL_DONE, is_fragment
from planner.jobs import RunState

PAGES = Path(__file__).parent / "pages"
SAVED: list[dict[str, str]] = []

FIGURE = {
    "data": [
        {"type": "bar", "orientation": "h", "y": ["3r", "2e"], "x": [210, 680], "name": "expected"},
        {"type": "scatter", "mode": "markers", "y": ["3r", "2e"], "x": [240, 700], "name": "P90"},
    ],
    "layout": {"xaxis": {"title": {"text": "USD a month"}}, "height": 340},
}


class Volume(forms.Form):
    name = forms.CharField(label="Name", help_text="As people call it.")
    tokens = forms.IntegerField(label="Tokens a month", min_value=0, help_text="Input and output together.")
    stance = forms.ChoiceField(
        label="Stance",
        widget=forms.RadioSelect,
        choices=[("c", "A contract is enough"), ("u", "Not known yet")],
    )
    stage = forms.ChoiceField(label="Stage", choices=[("pilot", "Pilot"), ("live", "In production")])
    internal = forms.BooleanField(
        label="Staff only", required=False, help_text="Nobody outside sees answers."
    )


def page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    source = (PAGES / name).read_text(encoding="utf-8")
    source = source.replace("[form]", (PAGES / "volume_form.html").read_text(encoding="utf-8"))
    return HttpResponse(engines["django"].from_string(source).render(context, request), status=status)


@login_not_required
def parts(request: HttpRequest) -> HttpResponse:
    run = SimpleNamespace(
        pk=1, state="running", is_open=True, percent=42, progress_done=420, progress_total=1000, message=""
    )
    run.get_state_display = "Running"
    broken = Volume({"name": "", "tokens": "-1", "stage": "live"})
    return page(request, "parts.html", {"form": Volume(), "broken": broken, "run": run, "figure": FIGURE})


def volume(request: HttpRequest, *, plain: bool = False) -> HttpResponse:
    form = Volume(request.POST or None)
    if request.method == "POST" and form.is_valid():
        SAVED.append({key: str(value) for key, value in form.cleaned_data.items()})
        return page(request, "saved.html", {})
    name = "volume_form.html" if is_fragment(request) else "volume.html"
    return page(request, name, {"form": form, "plain": plain}, status=422 if form.is_bound else 200)


@login_not_required
def poll(request: HttpRequest) -> HttpResponse:
    """Done when asked, as a job's view answers."""
    run = {"pk": 1, "state": RunState.DONE, "is_open": False, "percent": 100, "message": "All rows read."}
    run |= {"progress_done": 1000, "progress_total": 1000, "get_state_display": "Done"}
    source = '{% include "components/_progress.html" with label="Reading the file" %}'
    return HttpResponse(engines["django"].from_string(source).render({"run": run}, request), status=POLL_DONE)


@login_not_required
def chart(request: HttpRequest) -> HttpResponse:
    """A chart as htmx swaps it in."""
    source = '{% include "components/_figure.html" with name="late" words="Costs again." fragment=True %}'
    return HttpResponse(engines["django"].from_string(source).render({"figure": FIGURE}, request))


def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [
    path("parts/", parts),
    path("volume/", volume),
    path("plain/", volume, {"plain": True}),
    path("poll/", poll),
    path("chart/", chart),
    path("refused/", refused),
    path("broken/", broken),
]
