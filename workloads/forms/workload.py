"""Registering a workload and editing one: the same form, made from the policy's declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms

from planner.engine import Fact, SegmentInput, WorkloadInput, load_policy
from workloads import access
from workloads.forms.facts import FactsForm
from workloads.forms.segments import PREFIX, SegmentForm, SegmentFormSet
from workloads.models import Role, Team, Workload
from workloads.selectors import declarations
from workloads.selectors.classifications import effective
from workloads.selectors.facts import as_fact, read_facts, team_facts
from workloads.services.registry import Entry, SegmentEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from planner.engine import Archetype, Policy
    from workloads.access import Person
    from workloads.forms.segments import BaseSegments
    from workloads.selectors.classifications import Effective

Facts = dict[str, Fact]


class RegistrationForm(FactsForm):
    """Name, team, workload-scope facts, and the segments as a formset of their own."""

    archetype = forms.CharField(required=False, widget=forms.HiddenInput)
    revision = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        max_length=120,
        help_text="What your colleagues call it.",
        error_messages={"required": "Give the workload the name your colleagues use."},
    )
    team = forms.ModelChoiceField(
        queryset=Team.objects.none(),
        empty_label=None,
        help_text="Its architects may change the workload; everybody in the team sees it.",
        error_messages={
            "required": "Choose the team that owns it.",
            "invalid_choice": "Choose a team in which you are an architect.",
        },
    )
    description = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One or two sentences for somebody who does not know it.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        user: Person,
        policy: Policy | None = None,
        archetype: str = "",
        workload: Workload | None = None,
    ) -> None:
        self.policy = policy or load_policy()
        self.workload = workload
        chosen = data.get("archetype", "") if data is not None else archetype
        self.preset: Archetype | None = self.policy.archetypes.get(workload.archetype if workload else chosen)
        initial, segments = _stored(workload) if workload else _filled_in(self.preset, self.policy)
        super().__init__(data, inputs=declarations.workload_inputs(self.policy), initial=initial)
        self.fields["team"].queryset = own_teams(user)  # type: ignore[attr-defined]
        parts = SegmentFormSet(data, initial=segments if data is None else None, prefix=PREFIX)
        self.segments = cast("BaseSegments", parts)

    def is_valid(self) -> bool:
        """Also the segments; what is wrong with all of them together stands with the form's own errors."""
        right = super().is_valid() & self.segments.is_valid()
        for words in self.segments.non_form_errors():
            if words not in self.non_field_errors():
                self.add_error(None, words)
        return bool(right)

    @property
    def has_errors(self) -> bool:
        return self.is_bound and bool(self.errors or any(part.errors for part in self.parts))

    def forget_errors(self) -> None:
        super().forget_errors()
        self.segments.forget_errors()

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        same = Workload.objects.filter(
            name__iexact=given.get("name", ""), archived_at=None, team=given.get("team")
        )
        others = same.exclude(pk=self.workload.pk) if self.workload else same
        if given.get("team") and others.exists():
            self.add_error(
                "name",
                f"{given['team']} already has a workload of this name: choose another, or edit that one.",
            )
        return given

    @property
    def parts(self) -> list[SegmentForm]:
        """The forms of the segments, also of a form that came without any."""
        return list(self.segments.forms)

    def entry(self) -> Entry:
        """What a valid form says."""
        return Entry(
            name=self.cleaned_data["name"],
            team=self.cleaned_data["team"],
            description=self.cleaned_data["description"],
            archetype=self.preset.id if self.preset else "",
            facts=self.facts,
            segments=tuple(
                SegmentEntry(
                    part.cleaned_data["pk"], part.cleaned_data["name"], part.cleaned_data["share"], part.facts
                )
                for part in self.parts
            ),
            revision=self.cleaned_data["revision"],
        )

    def workload_input(self, organisation_facts: Facts, as_of: datetime | None = None) -> WorkloadInput:
        """What the engine would read if this were saved now; what cannot be read yet counts as unknown."""
        self.is_valid()
        team = self._team()
        return WorkloadInput(
            name=read(self, "name") or "",
            organisation=organisation_facts | (team_facts(team) if team else {}),
            facts=_declared(self.facts),
            segments=tuple(self._segment_inputs(as_of)),
        )

    def _team(self) -> Team | None:
        if self.is_bound:
            return self.cleaned_data.get("team")
        return self.workload.team if self.workload else self.fields["team"].queryset.first()  # type: ignore[attr-defined]

    def _segment_inputs(self, as_of: datetime | None) -> Iterator[SegmentInput]:
        stored = list(self.workload.segments.all()) if self.workload else []
        holds = effective(stored, as_of) if as_of else {}
        for part in self.parts:
            part.is_valid()
            name, share = read(part, "name") or "", read(part, "share")
            if share:
                known = holds.get(read(part, "pk") or 0)
                facts = _declared(part.facts) | self._classified(name, known)
                pending = read_facts(known.pending) if known and known.pending is not None else None
                status = known.status if known else "proposed"
                yield SegmentInput(name, float(share), status, facts, pending)

    def _classified(self, segment: str, known: Effective | None) -> Facts:
        if known and known.classification:
            return read_facts(known.facts)
        return declarations.reviewer_facts(
            declarations.preset_of(self.preset.id if self.preset else "", segment)
        )


def read(form: forms.BaseForm, name: str) -> Any:
    """What the form holds under the name so far: posted and readable, or filled in beforehand."""
    return form.cleaned_data.get(name) if form.is_bound else form.initial.get(name)


def edited_workload(data: Mapping[str, Any], user: Person) -> Workload | None:
    """The workload that a form under way is about, where it is one the person may change."""
    pk = str(data.get("workload", ""))
    return access.editable(user, Workload.objects.filter(pk=pk)).first() if pk.isdecimal() else None


def own_teams(user: Person) -> QuerySet[Team]:
    """The teams for which the person may register."""
    ids = access.team_ids(user, Role.ARCHITECT)
    return Team.objects.all() if None in ids else Team.objects.filter(pk__in=[pk for pk in ids if pk])


def _declared(facts: Mapping[str, Any]) -> Facts:
    return {name: as_fact(name, value, None) for name, value in facts.items()}


def _filled_in(preset: Archetype | None, policy: Policy) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    segments = declarations.preset_segments(preset, policy)
    if preset is None:
        return {}, segments
    facts = declarations.only(preset.facts, declarations.workload_inputs(policy))
    return {**facts, "archetype": preset.id}, segments


def _stored(workload: Workload) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    head = {
        "name": workload.name,
        "team": workload.team_id,
        "description": workload.description,
        "archetype": workload.archetype,
        "revision": workload.changed_at.isoformat(),
    }
    segments = [
        {**each.facts, "pk": each.pk, "name": each.name, "share": f"{each.share.normalize():f}"}
        for each in workload.segments.all()
    ]
    return {**workload.facts, **head}, segments
