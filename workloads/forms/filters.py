"""The filters of the list of workloads: the address is their state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms

from planner.engine import load_policy
from workloads import access
from workloads.models import Team
from workloads.selectors.registry import CLASSIFIED, SORTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms.boundfield import BoundField

    from workloads.access import Person


class ListFilters(forms.Form):
    """What may be chosen; a value that does not exist chooses nothing."""

    q = forms.CharField(required=False, max_length=120)
    team = forms.ModelChoiceField(queryset=Team.objects.none(), required=False, empty_label="Any team")
    stage = forms.ChoiceField(required=False)
    archetype = forms.ChoiceField(required=False)
    classification = forms.ChoiceField(
        required=False, choices=[("", "Any classification"), *CLASSIFIED.items()]
    )
    archived = forms.BooleanField(required=False)
    sort = forms.ChoiceField(required=False, choices=[("", "name"), *((name, name) for name in SORTS)])

    def __init__(self, data: Mapping[str, Any], *, user: Person) -> None:
        super().__init__(data)
        policy = load_policy()
        stages = policy.inputs["stage"]
        archetypes = [(each.id, each.label) for each in policy.archetypes.values()]
        self.fields["team"].queryset = access.visible(user, Team.objects.all())  # type: ignore[attr-defined]
        named = [(value, stages.labels.get(value, value)) for value in stages.values]
        self.fields["stage"].choices = [("", "Any stage"), *named]  # type: ignore[attr-defined]
        self.fields["archetype"].choices = [("", "Any archetype"), *archetypes]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """The valid choices."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def pills(self) -> list[dict[str, str]]:
        """Each filter that is on, in words, by the name of its parameter."""
        names = ("team", "stage", "archetype", "classification")
        found = [{"name": name, "words": self._words(name)} for name in names if name in self.chosen]
        found += [{"name": "archived", "words": "Archived"}] if self.chosen.get("archived") else []
        return [pill | {"without": self._without(pill["name"])} for pill in found]

    def _without(self, name: str) -> str:
        """The address of the list without one filter."""
        left = {key: getattr(value, "pk", value) for key, value in self.chosen.items() if key != name}
        return f"?{urlencode(left)}" if left else ""

    @property
    def is_on(self) -> bool:
        """Whether anything but the order is chosen."""
        return bool(self.chosen.keys() - {"sort"})

    @property
    def selects(self) -> list[BoundField]:
        return [self[name] for name in ("team", "stage", "archetype", "classification")]

    def _words(self, name: str) -> str:
        value = self.chosen[name]
        choices = dict(self.fields[name].choices) if name != "team" else {}  # type: ignore[attr-defined]
        return f"{name.capitalize()}: {choices.get(value, value)}"
