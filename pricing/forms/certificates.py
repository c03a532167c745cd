"""A certificate as somebody read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from datetime import date


class CertificateForm(forms.Form):
    """What a provider is certified for, where that was read and until when it holds."""

    name = forms.CharField(
        label="Certificate", max_length=80, help_text="For example: ISO 27001, SecNumCloud, SOC 2 Type II."
    )
    source = forms.CharField(
        label="Read where", max_length=300, help_text="The page or the document, with its number."
    )
    read_on = forms.DateField(
        label="Read on", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    until = forms.DateField(
        label="Holds until",
        required=False,
        help_text="The last day; empty where it is not said.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["read_on"].initial = today

    def clean_read_on(self) -> date:
        day: date = self.cleaned_data["read_on"]
        if day > self.today:
            raise forms.ValidationError("This day has not come yet.")
        return day
