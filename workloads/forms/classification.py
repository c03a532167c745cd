"""Proposing a classification and deciding on one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from workloads.forms.facts import FactsForm
from workloads.selectors.classifications import reviewer_inputs
from workloads.services.classification import STATE_AFTER

if TYPE_CHECKING:
    from collections.abc import Mapping


class ProposalForm(FactsForm):
    """Every reviewer-owned fact, made from the policy's declaration, with the proposer's reason."""

    reason = forms.CharField(
        label="Your reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The reviewer decides on this. Everybody who may see the workload may read it.",
        error_messages={"required": "Say why: the reviewer decides on your reason."},
    )
    evidence = forms.CharField(
        required=False,
        max_length=300,
        help_text="Where the reviewer finds the proof: a document number, a ticket, an address.",
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, inputs=reviewer_inputs(), initial=initial)


class DecisionForm(forms.Form):
    """A decision, bound to the revision that was on the screen."""

    seen_hash = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="Your reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed to ask for changes or reject. Kept for ever with the decision.",
    )
    ends_on = forms.DateField(
        label="Approve until",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Suggested by how sensitive the data is.",
    )
    action = forms.ChoiceField(choices=[(name, name) for name in STATE_AFTER], widget=forms.HiddenInput)
