"""Teams, roles, the organisation's facts, and the first password of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from planner.engine import load_policy
from workloads.forms.facts import FactsForm
from workloads.models import Role, Team, User
from workloads.selectors.declarations import organisation_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workloads.models import OrganisationProfile


class TeamForm(forms.Form):
    """A team's name, which no other team has."""

    name = forms.CharField(max_length=120, error_messages={"required": "Give the team a name."})

    def clean_name(self) -> str:
        return free_name(self.cleaned_data["name"])


def free_name(name: str, of: Team | None = None) -> str:
    """The name, refused where another team has it."""
    same = Team.objects.filter(name__iexact=name)
    if (same.exclude(pk=of.pk) if of else same).exists():
        raise ValidationError("There is a team of this name: choose another.")
    return name


class RoleForm(forms.Form):
    """A person and the role they are to hold."""

    email = forms.EmailField(
        label="E-mail address",
        help_text="An account is made where there is none; you then get a link to pass on.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(required=False, max_length=120, help_text="Needed for a new account.")
    role = forms.ChoiceField(choices=Role.choices)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        known = User.objects.filter(email__iexact=given.get("email", "")).exists()
        if not known and given.get("email") and not given.get("name"):
            self.add_error("name", "Nobody has this address yet: give the new person's name.")
        return given


class TeamFactsForm(FactsForm):
    """Where a team differs from the organisation."""

    name = forms.CharField(max_length=120, error_messages={"required": "Give the team a name."})

    def __init__(self, data: Mapping[str, Any] | None = None, *, team: Team) -> None:
        self.team = team
        inputs = organisation_inputs(load_policy())
        super().__init__(data, inputs=inputs, initial={**team.facts, "name": team.name})

    def clean_name(self) -> str:
        return free_name(self.cleaned_data["name"], self.team)


class OrganisationForm(FactsForm):
    """What the organisation says of itself and of what it has signed."""

    name = forms.CharField(
        label="Organisation", max_length=120, error_messages={"required": "Give the organisation's name."}
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, profile: OrganisationProfile) -> None:
        inputs = organisation_inputs(load_policy())
        super().__init__(data, inputs=inputs, initial={**profile.facts, "name": profile.name})


class PasswordForm(forms.Form):
    """A password, once: it may be pasted, and what is wrong with it is said."""

    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=" ".join(password_validators_help_texts()),
        error_messages={"required": "Choose a password."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: User | None = None) -> None:
        super().__init__(data)
        self.person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        given = self.cleaned_data
        validate_password(
            password, self.person or User(email=given.get("email", ""), name=given.get("name", ""))
        )
        return password


class SetupForm(PasswordForm):
    """The organisation and its first operator."""

    organisation = forms.CharField(
        max_length=120, error_messages={"required": "Give the organisation's name."}
    )
    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Give your name: it stands beside what you say and decide."},
    )
    email = forms.EmailField(
        label="Your e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    field_order = ("organisation", "name", "email", "password")
