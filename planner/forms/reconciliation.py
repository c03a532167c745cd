"""Which month and team the reconciliation shows: the address is the state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from workloads import access
from workloads.models import Team

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.forms.boundfield import BoundField

    from workloads.access import Person

ALL = "all"


class ReconciliationFilters(forms.Form):
    """What may be chosen; a value that does not exist chooses nothing. Without a choice, the newest month shows."""

    month = forms.ChoiceField(required=False)
    team = forms.ModelChoiceField(queryset=Team.objects.none(), required=False, empty_label="Any team")

    def __init__(self, data: Mapping[str, Any], *, user: Person, months: Sequence[date]) -> None:
        super().__init__(data)
        self.months = months
        named = [(f"{month:%Y-%m}", f"{month:%B %Y}") for month in months]
        self.fields["month"].choices = [("", "Newest month"), (ALL, "All months"), *named]  # type: ignore[attr-defined]
        self.fields["team"].queryset = access.visible(user, Team.objects.all())  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def chosen_month(self) -> date | None:
        """The first day of the month; None for all of them, or where there is none."""
        said = self.cleaned_data.get("month", "")
        if said == ALL:
            return None
        newest = self.months[0] if self.months else None
        return next((month for month in self.months if f"{month:%Y-%m}" == said), newest)

    @property
    def chosen_team(self) -> Team | None:
        return self.cleaned_data.get("team")

    @property
    def is_on(self) -> bool:
        return bool(self.cleaned_data.get("month") or self.chosen_team)

    @property
    def selects(self) -> list[BoundField]:
        return [self["month"], self["team"]]
