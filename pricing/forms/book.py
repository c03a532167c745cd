"""What the address of the price book asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from pricing.feeds import FEEDS
from pricing.models.catalogue import OfferKind

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS = [("", "All"), ("open", "Open"), ("closed", "Closed"), ("unknown", "Unknown")]
MARKS = [
    ("", "All"),
    ("conflict", "Feeds disagree"),
    ("held", "Held"),
    ("unknown", "Unknown"),
    ("own", "Own prices"),
]


class BookFilter(forms.Form):
    """What the address of the price book says; anything it does not understand is ignored."""

    kind = forms.ChoiceField(choices=OfferKind, required=False, widget=forms.HiddenInput)
    q = forms.CharField(label="Provider or model", required=False, widget=forms.SearchInput)
    provider = forms.ChoiceField(label="Provider", required=False)
    weights = forms.ChoiceField(label="Weights", choices=WEIGHTS, required=False)
    jurisdiction = forms.ChoiceField(label="Jurisdiction", required=False)
    currency = forms.ChoiceField(label="Currency", required=False)
    feed = forms.ChoiceField(label="Feed", required=False)
    mark = forms.ChoiceField(label="Show", choices=MARKS, required=False)

    def __init__(self, *args: Any, choices: Mapping[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        feeds = [(feed.name, feed.title) for feed in FEEDS.values()]
        for name, found in {**choices, "feed": feeds}.items():
            label = self.fields[name].label
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=[("", "All"), *found])

    def filters(self) -> dict[str, str]:
        self.is_valid()
        return self.cleaned_data | {"kind": self.cleaned_data.get("kind") or OfferKind.TOKEN.value}

    @property
    def narrows(self) -> bool:
        """Whether anything is filtered away."""
        return any(value for name, value in self.filters().items() if name != "kind")
