"""A price of one's own, as somebody typed it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from pricing.feeds import names
from pricing.feeds.base import OfferKey
from pricing.forms.rates import currency_code
from pricing.forms.settling import reason_field
from pricing.models.book import COMPONENTS
from pricing.services import Price, own_prices

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

SLUG = re.compile(r"[\w.-]+", re.ASCII)


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
        typed = self.cleaned_data
        amounts = {part: typed[part] for part in self.parts if typed[part] is not None}
        price = Price(amounts, typed["currency"], typed["valid_from"], typed["until"], typed["is_free"])
        return {"price": price, "reason": typed["reason"], "source": typed["source"]}


class NewOfferForm(OwnPriceForm):
    """The same for a model at a provider that no feed lists."""

    provider = forms.CharField(
        label="Provider", max_length=60, help_text="As the usage source names it, for example azure."
    )
    model = forms.CharField(
        label="Model", max_length=150, help_text="As the usage source names it, for example gemini-2.5-flash."
    )
    region = forms.CharField(
        label="Region", max_length=40, required=False, help_text="Only where the price holds in one region."
    )
    field_order = ("provider", "model", "region")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args,
            possible=own_prices.TOKENS_POSSIBLE,
            needed=own_prices.TOKENS_NEEDED,
            **kwargs,
        )
        self.order_fields(self.field_order)

    def clean_provider(self) -> str:
        provider: str = self.cleaned_data["provider"]
        if not SLUG.fullmatch(provider):
            raise ValidationError("A provider is one name of letters, digits, dots and hyphens.")
        return names.provider_slug(provider)

    def clean_model(self) -> str:
        model = names.model_slug(self.cleaned_data["model"])
        if not model:
            raise ValidationError("Name the model, not only a folder.")
        return model

    def clean_region(self) -> str:
        region: str = self.cleaned_data["region"].lower() or names.region_in(self.data["model"])
        if region and not SLUG.fullmatch(region):
            raise ValidationError("A region is one name of letters, digits, dots and hyphens.")
        return region

    @property
    def key(self) -> OfferKey:
        """What the price is for, by the names of the book."""
        return OfferKey(*(self.cleaned_data[name] for name in ("provider", "model", "region")))


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
