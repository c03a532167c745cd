"""Teams, people and roles; the organisation's own facts; joining and the first set-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from workloads import access
from workloads.forms.people import (
    OrganisationForm,
    PasswordForm,
    RoleForm,
    SetupForm,
    TeamFactsForm,
    TeamForm,
)
from workloads.models import Membership, Role, Team
from workloads.selectors import facts as fact_selectors
from workloads.selectors import people as selectors
from workloads.selectors import registry
from workloads.services import people as services

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MANAGE = access.ROLE_PERMISSIONS["workloads.manage_teams"]


def _check_manages(request: HttpRequest) -> None:
    if not access.has_role(request.user, *MANAGE):
        raise PermissionDenied("Only an operator manages teams, people and the organisation's facts.")


@require_http_methods(["GET", "POST"])
def teams(request: HttpRequest) -> HttpResponse:
    """The teams this person may see; operators add to them and give roles of the whole organisation."""
    form, roles = TeamForm(request.POST or None), RoleForm(prefix="role")
    if request.method == "POST":
        _check_manages(request)
        if form.is_valid():
            team = services.create_team(form.cleaned_data["name"])
            return redirect("workloads:team", team.pk)
    return _teams_page(request, form, roles, 422 if form.is_bound else 200)


def _teams_page(request: HttpRequest, form: TeamForm, roles: RoleForm, status: int) -> HttpResponse:
    context = {
        "teams": selectors.teams_with_counts(access.visible(request.user, Team.objects.all())),
        "form": form,
        "role_form": roles,
        "members": selectors.members(None),
        "changes": selectors.role_changes(None),
        "sees_everybody": access.has_role(request.user, *access.READS_EVERYTHING),
        "manages": access.has_role(request.user, *MANAGE),
        "link": request.session.pop("invitation", None),
    }
    return render(request, "workloads/teams.html", context, status=status)


@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in the team, and where it differs from the organisation."""
    found = access.get_for(request.user, Team.objects.all(), pk)
    form = TeamFactsForm(request.POST or None, team=found)
    if request.method == "POST":
        _check_manages(request)
        if form.is_valid():
            by, now = access.person(request.user), timezone.now()
            services.save_team(found, name=form.cleaned_data["name"], facts=form.facts, by=by, as_of=now)
            messages.success(request, "Saved. The plan is made again with these facts.")
            return redirect("workloads:team", pk)
    return _team_page(request, found, form, RoleForm(prefix="role"), 422 if form.is_bound else 200)


def _team_page(
    request: HttpRequest, found: Team, form: TeamFactsForm, roles: RoleForm, status: int
) -> HttpResponse:
    context = {
        "team": found,
        "form": form,
        "role_form": roles,
        "members": selectors.members(found),
        "changes": selectors.role_changes(found),
        "facts": registry.fact_lines(fact_selectors.team_facts(found)),
        "manages": access.has_role(request.user, *MANAGE),
        "link": request.session.pop("invitation", None),
    }
    return render(request, "workloads/team.html", context, status=status)


@require_POST
def give_role(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A role in the team, or in the whole organisation; a new person's link is shown once."""
    _check_manages(request)
    found = access.get_for(request.user, Team.objects.all(), pk) if pk else None
    form = RoleForm(request.POST, prefix="role")
    if not form.is_valid():
        if found:
            return _team_page(request, found, TeamFactsForm(team=found), form, 422)
        return _teams_page(request, TeamForm(), form, 422)
    given = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
    person, link = services.give_role(team=found, by=access.person(request.user), **given)
    if link:
        request.session["invitation"] = {"person": str(person), "url": request.build_absolute_uri(link)}
    messages.success(
        request, f"{person} is now {given['role'].label.lower()} of {found or 'the whole organisation'}."
    )
    return redirect("workloads:team", pk) if pk else redirect("workloads:teams")


@require_POST
def take_role(request: HttpRequest, pk: int) -> HttpResponse:
    _check_manages(request)
    membership = Membership.objects.select_related("user", "team").filter(pk=pk).first()
    if membership is None:
        raise Http404
    services.take_role(membership, by=access.person(request.user))
    messages.success(request, f"{membership.user} is no longer {membership.get_role_display().lower()} here.")
    return (
        redirect("workloads:team", membership.team_id) if membership.team_id else redirect("workloads:teams")
    )


@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """What holds for every workload unless a team says otherwise."""
    if not access.has_role(request.user, *Role):
        raise Http404
    profile = fact_selectors.organisation_profile()
    form = OrganisationForm(request.POST or None, profile=profile)
    if request.method == "POST":
        _check_manages(request)
        if form.is_valid():
            by, now = access.person(request.user), timezone.now()
            services.save_organisation(name=form.cleaned_data["name"], facts=form.facts, by=by, as_of=now)
            messages.success(request, "Saved. The plan is made again with these facts.")
            return redirect("workloads:organisation")
    lines = registry.fact_lines(fact_selectors.organisation_facts())
    context = {
        "profile": profile,
        "form": form,
        "facts": lines,
        "manages": access.has_role(request.user, *MANAGE),
    }
    return render(request, "workloads/organisation.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """An invited person sets their password; the link works once."""
    person = services.invited(uid, token)
    if person is None:
        return render(request, "workloads/link_over.html", status=404)
    form = PasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        services.accept_invitation(person, form.cleaned_data["password"])
        messages.success(request, "Your password is set. Sign in with it.")
        return redirect("account_login")
    return render(
        request, "workloads/join.html", {"form": form, "person": person}, status=422 if form.is_bound else 200
    )


@login_not_required
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """The first operator makes their account; the link works once, while nobody has one."""
    now = timezone.now()
    if not services.setup_stands(token, now):
        return render(request, "workloads/link_over.html", status=404)
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.set_up(token, as_of=now, **form.cleaned_data)
        messages.success(request, "Everything is ready. Sign in with your address and password.")
        return redirect("account_login")
    return render(request, "workloads/setup.html", {"form": form}, status=422 if form.is_bound else 200)
