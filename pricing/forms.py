"""Forms of prices. Labels and errors say what is meant and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.utils.text import capfirst

from pricing.feeds import FEEDS
from pricing.feeds.fetch import MAX_BYTES
from pricing.models import FeedSource
from pricing.models.catalogue import OfferKind

if TYPE_CHECKING:
    from datetime import date

MARKS = [("", "All"), ("conflict", "Feeds disagree"), ("held", "Held"), ("unknown", "Unknown")]


class BookFilter(forms.Form):
    """What the address of the price book says; anything it does not understand is ignored."""

    kind = forms.ChoiceField(choices=OfferKind, required=False, widget=forms.HiddenInput)
    q = forms.CharField(label="Provider or model", required=False, widget=forms.SearchInput)
    currency = forms.ChoiceField(label="Currency", required=False)
    feed = forms.ChoiceField(label="Feed", required=False)
    mark = forms.ChoiceField(label="Show", choices=MARKS, required=False)

    def __init__(self, *args: Any, currencies: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        feeds = [(feed.name, feed.title) for feed in FEEDS.values()]
        self.fields["feed"] = forms.ChoiceField(label="Feed", required=False, choices=[("", "All"), *feeds])
        money = [(currency, currency) for currency in currencies]
        self.fields["currency"] = forms.ChoiceField(
            label="Currency", required=False, choices=[("", "All"), *money]
        )

    def filters(self) -> dict[str, str]:
        self.is_valid()
        return self.cleaned_data | {"kind": self.cleaned_data.get("kind") or OfferKind.TOKEN.value}

    @property
    def narrows(self) -> bool:
        """Whether anything is filtered away."""
        return any(value for name, value in self.filters().items() if name != "kind")


class PullForm(forms.Form):
    """Where a pull reads from."""

    source = forms.ChoiceField(label="Read", widget=forms.RadioSelect)
    file = forms.FileField(label="Price file (JSON)", required=False)

    def __init__(self, data: Any = None, files: Any = None, *, name: str, address: str) -> None:
        super().__init__(data, files, prefix=name)
        feed = FEEDS[name]
        choices: list[tuple[str, str]] = [(FeedSource.SHIPPED, capfirst(feed.shipped_words))]
        if address:
            choices.append((FeedSource.ADDRESS, f"The newest from {urlsplit(address).hostname}"))
        if feed.parse:
            choices.append((FeedSource.FILE, "A file"))
        else:
            del self.fields["file"]
        self.fields["source"] = forms.ChoiceField(
            label="Read",
            choices=choices,
            widget=forms.RadioSelect if len(choices) > 1 else forms.HiddenInput,
            initial=choices[0][0],
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if cleaned.get("source") == FeedSource.FILE and not file and "file" not in self.errors:
            self.add_error("file", "Choose the price file, or read from somewhere else.")
        if file and file.size > MAX_BYTES:
            self.add_error(
                "file", f"The file is larger than {MAX_BYTES // 1_000_000} MB: this is not a price file."
            )
        return cleaned


class DecideForm(forms.Form):
    """Whether a quote goes into the book."""

    action = forms.ChoiceField(choices=[("accept", "Accept"), ("refuse", "Refuse")], widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Reason",
        help_text="Shown wherever this price is.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1_000,
        error_messages={"required": "Say why: the reason is shown wherever this price is."},
    )


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
        currency = str(self.cleaned_data["currency"]).upper()
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):  # noqa: PLR2004  ISO 4217
            raise forms.ValidationError("A currency has three letters, for example EUR.")
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
