"""Where a pull reads from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.text import capfirst

from pricing.feeds import FEEDS
from pricing.feeds.fetch import MAX_BYTES
from pricing.models import FeedSource


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
