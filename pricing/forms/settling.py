"""What an operator settles about prices, each with a reason."""

from __future__ import annotations

from typing import Any

from django import forms


def reason_field(help_text: str = "Shown wherever this price is.", *, longest: int = 300) -> forms.CharField:
    return forms.CharField(
        label="Reason",
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=longest,
        error_messages={"required": "Say why: the reason is shown wherever this price is."},
    )


class DecideForm(forms.Form):
    """Whether a quote goes into the book."""

    action = forms.ChoiceField(choices=[("accept", "Accept"), ("refuse", "Refuse")], widget=forms.HiddenInput)
    reason = reason_field(longest=1_000)


class ChooseForm(forms.Form):
    """Which of two feeds is right about an offer."""

    feed = forms.ChoiceField(
        label="Use the price of",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the feed whose price is right."},
    )
    reason = reason_field()
    instead_of = forms.IntegerField(required=False, widget=forms.HiddenInput)  # the choice the page showed

    def __init__(self, *args: Any, feeds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["feed"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101  declared above
        chosen.choices = feeds


class TakeForm(forms.Form):
    """Why a reading that was refused as a whole is right."""

    reason = reason_field("Kept with the pull. For example: the provider announced it.", longest=1_000)


class EndForm(forms.Form):
    """Why something no longer holds."""

    reason = reason_field("Kept with it.", longest=1_000)
