"""A row of a draft cell by cell, a new value of a parameter, and what a draft says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms

from planner.engine.vocabulary import VARIANTS
from planner.selectors.editing import Control

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planner.models import PolicyDraft
    from planner.selectors.editing import Cell

PLACEMENTS: Final = [(variant, variant) for variant in VARIANTS]
NOT_SAID: Final = ("", "not said")
YES_NO: Final = [NOT_SAID, ("true", "yes"), ("false", "no")]


class RowForm(forms.Form):
    """The cells of one row as text. It asks for what may not be missing; the policy says what cannot be read."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, cells: Iterable[Cell], revision: int, data: Any = None) -> None:
        self.cells = list(cells)
        wrong = {cell.column: cell.error for cell in self.cells if cell.error}
        shown = {cell.column: cell.shown for cell in self.cells} | {"revision": revision}
        super().__init__(shown if data is None and wrong else data, initial=shown)
        for cell in self.cells:
            self.fields[cell.column] = _field(cell)
        if data is None and wrong:
            self.full_clean()
            for column, message in wrong.items():
                self.add_error(column, message)

    @property
    def used(self) -> list[forms.BoundField]:
        """The cells that say something, have to, or could not be read."""
        return [self[cell.column] for cell in self.cells if self._is_used(cell)]

    @property
    def unused(self) -> list[forms.BoundField]:
        return [self[cell.column] for cell in self.cells if not self._is_used(cell)]

    def _is_used(self, cell: Cell) -> bool:
        return bool(cell.text or cell.required or self.errors.get(cell.column))

    def typed(self) -> dict[str, str]:
        """The cells whose text is another than the one that was shown, as text."""
        texts = {cell.column: _text(self.cleaned_data[cell.column]) for cell in self.cells}
        return {cell.column: texts[cell.column] for cell in self.cells if texts[cell.column] != cell.text}


class ValueForm(forms.Form):
    """A value to add to a parameter: from when, how much, who says so. Text as typed; the policy reads it."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    since = forms.CharField(
        label="Holds from",
        error_messages={"required": "Say from which day it holds."},
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The values before it stay as they are.",
    )
    value = forms.CharField(label="Value", error_messages={"required": "Give the new value."})
    document = forms.CharField(
        label="Document",
        max_length=60,
        error_messages={"required": "Say where it comes from: every value names its source."},
        help_text="A guide's number, a ticket, or a decision of your own.",
    )
    line = forms.CharField(
        label="Line", max_length=12, error_messages={"required": "Say at which line; 1 where there are none."}
    )
    quote = forms.CharField(
        label="What it says there",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Quote what it says there."},
    )

    @classmethod
    def again(cls, draft: PolicyDraft, refused: Mapping[str, Any] | None) -> ValueForm:
        """An empty form, or the text that could not be read with what is wrong with it."""
        if refused is None:
            return cls(initial={"revision": draft.revision})
        typed = refused["text"]
        form = cls({**typed, "since": typed.get("from", ""), "revision": draft.revision})
        form.full_clean()
        column = "since" if refused["at_column"] == "from" else refused["at_column"]
        form.add_error(column if column in form.fields else "value", refused["message"])
        return form

    def typed(self) -> dict[str, str]:
        """The cells under the names the policy has for them."""
        names = ("value", "document", "line", "quote")
        return {"from": self.cleaned_data["since"], **{name: self.cleaned_data[name] for name in names}}


class DescribeForm(forms.Form):
    """What a draft is called, why it is wanted and from when it shall hold."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(max_length=120, error_messages={"required": "Name what changes, in a few words."})
    reason = forms.CharField(
        label="Your reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever approves decides on this. Needed to submit.",
    )
    effective_from = forms.DateField(
        label="Holds from",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Needed to submit; not a day that is over.",
    )


class ActionForm(forms.Form):
    """What is to be done with a draft or a waiver, bound to the revision that was on the screen."""

    action = forms.CharField(max_length=20)
    revision = forms.IntegerField(required=False)
    note = forms.CharField(
        label="Your note",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed to reject. Kept with the draft.",
    )


def _field(cell: Cell) -> forms.Field:
    """The control a cell is asked for with; nothing is required, for the policy itself says what is missing."""
    missing = f"{cell.table}.toml, column {cell.column}: is missing."
    asked: dict[str, Any] = {
        "label": cell.label,
        "required": cell.required,
        "help_text": cell.help,
        "error_messages": {"required": missing},
    }
    match cell.control:
        case Control.PLACEMENTS:
            return forms.MultipleChoiceField(choices=PLACEMENTS, widget=forms.CheckboxSelectMultiple, **asked)
        case Control.YES_NO:
            return forms.ChoiceField(choices=YES_NO, **asked)
        case Control.CHOICE:
            return forms.ChoiceField(choices=[NOT_SAID, *((each, each) for each in cell.choices)], **asked)
        case _:
            return forms.CharField(widget=_widget(cell.control), **asked)


def _widget(control: Control) -> forms.Widget:
    match control:
        case Control.CONDITION:
            return forms.Textarea(attrs={"rows": 3, "class": "mono", "spellcheck": "false"})
        case Control.LONG:
            return forms.Textarea(attrs={"rows": 2})
        case Control.DAY:
            return forms.DateInput(attrs={"type": "date"})
        case _:
            return forms.TextInput()


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
