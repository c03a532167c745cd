"""Workloads: the list, registering, the page of one, editing, archiving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from planner.engine import load_policy
from planner.htmx import fragment_or_page
from workloads import access
from workloads.forms import amounts
from workloads.forms.filters import ListFilters
from workloads.forms.segments import with_one_more, without
from workloads.forms.workload import RegistrationForm
from workloads.models import Workload
from workloads.selectors import registry as selectors
from workloads.selectors.declarations import preset_segments
from workloads.services import registry as services

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

PER_PAGE = 50
FROM_SCRATCH = "none"


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The workloads this person may see, filtered by the address."""
    now = timezone.now()
    filters = ListFilters(request.GET, user=request.user)
    mine = access.visible(request.user, Workload.objects.all())
    page = Paginator(selectors.listed(mine, filters.chosen, now), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "rows": selectors.rows(list(page), now),
        "total": mine.filter(archived_at=None).count(),
        "may_register": access.has_role(request.user, *access.ROLE_PERMISSIONS["workloads.register"]),
    }
    return fragment_or_page(request, "workloads/list.html", "table-content", context)


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """First the archetype, then the form it fills in."""
    if not access.has_role(request.user, *access.ROLE_PERMISSIONS["workloads.register"]):
        raise PermissionDenied("Only an architect may register a workload, for their own teams.")
    if request.method == "GET" and "archetype" not in request.GET:
        return render(request, "workloads/archetypes.html", {"archetypes": _cards()})
    if request.method == "POST":
        return _posted(request, None)
    chosen = request.GET["archetype"]
    if chosen not in {FROM_SCRATCH, *load_policy().archetypes}:
        raise Http404
    form = RegistrationForm(user=request.user, archetype=chosen)
    return render(request, "workloads/form.html", {"form": form, "workload": None})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    workload = access.get_rw_for(request.user, Workload.objects.select_related("team"), pk)
    if request.method == "POST":
        return _posted(request, workload)
    form = RegistrationForm(user=request.user, workload=workload)
    return render(request, "workloads/form.html", {"form": form, "workload": workload})


def _posted(request: HttpRequest, workload: Workload | None) -> HttpResponse:
    """One more segment, one less, the effect, or saved; what is wrong comes back with everything typed."""
    pressed = request.POST.get("rows", "")
    form = RegistrationForm(_with_rows(request.POST, pressed), user=request.user, workload=workload)
    context = {"form": form, "workload": workload}
    if pressed and pressed != "show":
        form.forget_errors()
        return fragment_or_page(request, "workloads/form.html", "segments", context)
    if not pressed and form.is_valid() and (saved := _saved(request, form, workload)):
        return redirect("workloads:detail", saved.pk)
    return render(request, "workloads/form.html", context, status=422 if form.has_errors else 200)


def _with_rows(data: QueryDict, pressed: str) -> QueryDict:
    """The posted form with a segment more or less, as the button said."""
    if pressed == "add":
        return with_one_more(data)
    number = pressed.removeprefix("remove-")
    return without(data, int(number)) if number.isdecimal() else data


def _saved(request: HttpRequest, form: RegistrationForm, workload: Workload | None) -> Workload | None:
    by, now = access.person(request.user), timezone.now()
    if workload is None:
        saved = services.register_workload(form.entry(), by=by, as_of=now)
        messages.success(request, f"{saved} is registered. Next: propose what its data is.")
        return saved
    try:
        saved = services.edit_workload(workload, form.entry(), by=by, as_of=now)
    except services.ChangedMeanwhileError:
        form.add_error(
            None,
            "Somebody saved this workload after you opened it. Open it again in another tab and compare; what you typed is kept here.",
        )
        return None
    messages.success(request, "Saved.")
    return saved


def _cards() -> list[dict[str, object]]:
    """Each archetype with what it fills in."""
    policy = load_policy()
    return [
        {"archetype": each, "lines": selectors.preset_lines(each), "segments": preset_segments(each, policy)}
        for each in policy.archetypes.values()
    ]


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is known of one workload, and what it waits for."""
    workload = access.get_for(request.user, Workload.objects.select_related("team", "owner"), pk)
    context = {
        "workload": workload,
        "known": selectors.known(workload, timezone.now()),
        "archetype": load_policy().archetypes.get(workload.archetype),
        "history": selectors.history(workload),
        "may_edit": access.editable(request.user, Workload.objects.filter(pk=pk)).exists(),
    }
    return render(request, "workloads/detail.html", context)


@require_http_methods(["GET", "POST"])
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """GET says what archiving does; POST does it."""
    workload = access.get_rw_for(request.user, Workload.objects.select_related("team"), pk)
    if request.method == "GET":
        return render(request, "workloads/archive.html", {"workload": workload})
    services.archive_workload(workload, as_of=timezone.now())
    messages.success(
        request, f"{workload} is archived. Its history stays, and it can be taken back into use."
    )
    return redirect("workloads:list")


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    workload = access.get_rw_for(request.user, Workload.objects.all(), pk)
    try:
        services.restore_workload(workload, as_of=timezone.now())
        messages.success(request, f"{workload} is in use again.")
    except services.NameTakenError:
        messages.error(request, "Another workload of this team has the name now. Rename that one first.")
    return redirect("workloads:detail", pk)


@require_GET
def understood(request: HttpRequest) -> HttpResponse:
    """What a typed amount was read as, or why it could not be: the words beside its field."""
    name = next(iter(request.GET), "")
    text = request.GET.get(name, "")
    given = load_policy().inputs.get(name.rsplit("-", 1)[-1])
    if given is None or given.type not in {"int", "number"}:
        raise Http404
    if not text.strip():
        return HttpResponse("", content_type="text/plain")
    try:
        words = amounts.understood(given, amounts.read_amount(given, text))
    except ValidationError as error:
        words = str(error.messages[0])
    return render(request, "workloads/_understood.html", {"words": words})
