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
    file = forms.FileField(label="Price file", required=False)
    whose = forms.CharField(
        label="Whose prices the file holds",
        required=False,
        max_length=60,
        help_text="The provider, for example lambda or nebius; not needed where the file is called after it.",
    )

    def __init__(self, data: Any = None, files: Any = None, *, name: str, address: str) -> None:
        super().__init__(data, files, prefix=name)
        feed = FEEDS[name]
        choices: list[tuple[str, str]] = []
        if feed.shipped:
            choices.append((FeedSource.SHIPPED, capfirst(feed.shipped_words)))
        if address:
            choices.append((FeedSource.ADDRESS, f"The newest from {urlsplit(address).hostname}"))
        if feed.takes_a_file:
            choices.append((FeedSource.FILE, "A file"))
            self.fields["file"].label = feed.file_words
        else:
            del self.fields["file"]
        if feed.parse_of is None:
            del self.fields["whose"]
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
