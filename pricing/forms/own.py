"""A price of one's own, as somebody typed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from pricing.forms.rates import currency_code
from pricing.forms.settling import reason_field
from pricing.models.book import COMPONENTS

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from decimal import Decimal


class OwnPriceForm(forms.Form):
    """Amounts by component, from when to when, why, and where that can be looked up."""

    currency = forms.CharField(
        label="Currency", max_length=3, initial="USD", help_text="Three letters, for example EUR."
    )
    valid_from = forms.DateField(
        label="From", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    until = forms.DateField(
        label="Until",
        required=False,
        help_text="The last day; empty: until somebody ends it.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    source = forms.CharField(
        label="Where it can be looked up", max_length=200, help_text="For example: contract 4711, page 3."
    )
    reason = reason_field()
    is_free = forms.BooleanField(
        label="It is free of charge",
        required=False,
        help_text="Only where an amount above is 0: planning then counts on it costing nothing.",
    )

    def __init__(
        self, *args: Any, today: date, possible: Collection[str], needed: Collection[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.parts = tuple(possible)
        self.fields["valid_from"].initial = today
        amounts = {part: _amount_field(part, needed=part in needed) for part in self.parts}
        self.fields = {**amounts, "is_free": self.fields.pop("is_free"), **self.fields}

    def clean_currency(self) -> str:
        return currency_code(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("until")
        if first and last and last < first:
            self.add_error("until", ValidationError("The last day is before the first."))
        return cleaned

    def said(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        amounts: dict[str, Decimal] = {
            part: self.cleaned_data[part] for part in self.parts if self.cleaned_data[part] is not None
        }
        rest = {name: value for name, value in self.cleaned_data.items() if name not in self.parts}
        return {"amounts": amounts} | rest


def _amount_field(part: str, *, needed: bool) -> forms.DecimalField:
    per = "" if part in {"gpu_hour", "capex_low", "capex_high"} else " per million tokens"
    words = "Price of an hour" if part == "gpu_hour" else f"{capfirst(COMPONENTS[part])}{per}"
    return forms.DecimalField(
        label=words,
        required=needed,
        min_value=0,
        max_digits=22,
        decimal_places=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": "This is not a number: write it as 0.55.",
            "min_value": "A price is 0 or more.",
        },
    )
