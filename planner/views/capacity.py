"""What some GPUs serving one model can do, and the benchmarks people ran themselves, which the answer follows."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from planner import access
from planner.engine.capacity import CapacityError
from planner.forms.capacity import BenchmarkForm, CapacityForm
from planner.htmx import fragment_or_page
from planner.models import OwnBenchmark
from planner.posting import posted_from
from planner.selectors import capacity as selectors
from planner.services import capacity as services
from planner.views.drafts import add_errors

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
def capacity(request: HttpRequest) -> HttpResponse:
    form = CapacityForm(request.GET, target_ms=selectors.target_ms(timezone.now()))
    return _page(request, form)


@posted_from("planner:capacity")
def benchmark(request: HttpRequest) -> HttpResponse:
    """A pasted run: what it would change, or kept. Refusals come back with everything typed."""
    form = CapacityForm(request.POST, target_ms=selectors.target_ms(timezone.now()))
    pasted = BenchmarkForm(request.POST)
    if not (form.is_valid() and pasted.is_valid()) or form.row is None:
        return _page(request, form, pasted)
    text, now = pasted.cleaned_data["text"], timezone.now()
    if pasted.cleaned_data["action"] == "preview":
        try:
            shown = selectors.preview(form.row, text, now)
        except CapacityError as error:
            pasted.add_error("text", error.message)
            return _page(request, form, pasted)
        return _page(request, form, pasted, preview=shown)
    try:
        services.add_benchmark(
            form.row, text, note=pasted.cleaned_data["note"], by=access.person(request.user), as_of=now
        )
    except ValidationError as error:
        add_errors(pasted, error)
        return _page(request, form, pasted)
    messages.success(request, "Kept. Estimates of this configuration follow it.")
    return redirect(_address(form))


@posted_from("planner:capacity")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(OwnBenchmark, pk=pk)
    services.withdraw_benchmark(found.pk, by=access.person(request.user), as_of=timezone.now())
    messages.success(request, "Withdrawn. Estimates no longer follow it.")
    return redirect("planner:capacity")


def _page(
    request: HttpRequest, form: CapacityForm, pasted: BenchmarkForm | None = None, **more: Any
) -> HttpResponse:
    wrong = bool(form.errors or (pasted and pasted.errors))
    pasted = pasted or BenchmarkForm()
    ready = form.is_valid() and form.row is not None
    target = form.cleaned_data["itl_ms"] if ready else None
    benchmarks = list(selectors.benchmarks(form.row))
    context = {
        "form": form,
        "pasted": pasted,
        "others": [pasted],
        "answer": selectors.answer(form.row, target, timezone.now()) if form.row and target else None,
        "benchmarks": benchmarks,
        "withdrawable": access.withdrawable(request.user, benchmarks),
        **more,
    }
    status = REFUSED if wrong else HTTPStatus.OK
    return fragment_or_page(request, "planner/capacity.html", "answer", context, status=status)


def _address(form: CapacityForm) -> str:
    asked = {name: form.data[name] for name in form.fields if name in form.data}
    return f"{reverse('planner:capacity')}?{urlencode(asked)}"
