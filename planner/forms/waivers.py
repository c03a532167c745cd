"""Asking for an exception to one rule for one workload, and deciding on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workloads.models import Segment


class WaiverForm(forms.Form):
    """For which part, why, and until when."""

    segment = forms.ChoiceField(label="Part", required=False, help_text="A part alone, or all of them.")
    reason = forms.CharField(
        label="Your reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why the rule may be broken here, and what keeps the risk small meanwhile.",
        error_messages={"required": "Say why: whoever grants it decides on your reason."},
    )
    until = forms.DateField(
        label="Until",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="The rule holds again from the day after.",
        error_messages={"required": "An exception has an end date."},
    )

    def __init__(self, data: object = None, *, segments: Iterable[Segment] = (), part: str = "") -> None:
        super().__init__(data, initial={"segment": part})  # type: ignore[arg-type]
        choices = [(str(each.pk), each.name) for each in segments]
        self.fields["segment"].choices = [("", "All parts"), *choices]  # type: ignore[attr-defined]


class WaiverDecisionForm(forms.Form):
    """Grant, refuse, revoke or withdraw, with a note."""

    action = forms.CharField(max_length=20)
    note = forms.CharField(
        label="Your note",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed to refuse or revoke. Kept with the exception.",
    )
