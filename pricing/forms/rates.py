"""An exchange rate as somebody read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from pricing.feeds.names import NO_CURRENCY

if TYPE_CHECKING:
    from datetime import date


class RateForm(forms.Form):
    """An exchange rate as somebody read it."""

    currency = forms.CharField(label="Currency", max_length=3, help_text="Three letters, for example EUR.")
    usd_per_unit = forms.DecimalField(
        label="US dollars for one unit",
        max_digits=16,
        decimal_places=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "This is not a number: write it as 1.08."},
    )
    day = forms.DateField(label="From", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    source = forms.CharField(label="Read where", max_length=200, help_text="For example: ECB reference rate.")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["day"].initial = today

    def clean_currency(self) -> str:
        currency = currency_code(self.cleaned_data["currency"])
        if currency == NO_CURRENCY:
            raise forms.ValidationError("XXX means that nobody says in which currency: it has no rate.")
        if currency == "USD":
            raise forms.ValidationError("The US dollar needs no rate: every cost is in US dollars.")
        return currency

    def clean_usd_per_unit(self) -> Any:
        rate = self.cleaned_data["usd_per_unit"]
        if rate <= 0:
            raise forms.ValidationError("A rate is more than 0, for example 1.08.")
        return rate

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError("This day has not come yet: enter a rate that holds already.")
        return day


def currency_code(typed: str) -> str:
    """Three letters, upper case; raises ValidationError for anything else."""
    currency = typed.upper()
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):  # noqa: PLR2004  ISO 4217
        raise forms.ValidationError("A currency has three letters, for example EUR.")
    return currency
