"""Saying something about a trigger."""

from __future__ import annotations

from django import forms

from planner.models import AnswerKind


class AnswerForm(forms.Form):
    """What to do with it, for how long, and why."""

    kind = forms.ChoiceField(
        label="What now?",
        choices=[
            (AnswerKind.ACKNOWLEDGED, "Acknowledge: we are on it"),
            (AnswerKind.SNOOZED, "Snooze: it can wait"),
            (AnswerKind.RESOLVED, "Resolve: nothing more to do"),
        ],
        initial=AnswerKind.ACKNOWLEDGED,
        widget=forms.RadioSelect,
    )
    until = forms.DateField(
        label="Snooze until",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="The day on which it asks again; needed to snooze it.",
    )
    reason = forms.CharField(
        label="Your reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed to snooze or resolve it. Everybody who may see the workload may read it.",
    )
