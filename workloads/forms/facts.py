"""Form fields made from the policy's declarations. Unknown is an answer: such a fact is absent from `facts`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import ErrorDict

from workloads.forms.amounts import AmountField, understood
from workloads.selectors.declarations import (
    THEMES,
    as_stored,
    assumption_words,
    unit_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.forms.boundfield import BoundField

    from planner.engine import Input

UNKNOWN = "Don't know"


class AnswerField(forms.ChoiceField):
    """Yes, no or one of the values; or not known."""

    def __init__(self, given: Input) -> None:
        self.given = given
        values = {"true": "Yes", "false": "No"} if given.type == "bool" else {}
        values |= {value: given.labels.get(value, value.replace("_", " ")) for value in given.values}
        super().__init__(required=False, choices=[("", UNKNOWN), *values.items()])

    def prepare_value(self, value: Any) -> Any:
        return str(value).lower() if isinstance(value, bool) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return self.given.parse(text) if text else None


class TagsField(forms.MultipleChoiceField):
    """Any of the values; none ticked is not known."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, given: Input) -> None:
        self.given = given
        super().__init__(
            required=False,
            choices=[(value, given.labels.get(value, value.replace("_", " "))) for value in given.values],
        )

    def clean(self, value: Any) -> Any:
        ticked = super().clean(value)
        return self.given.parse(ticked) if ticked else None


def fact_field(given: Input) -> forms.Field:
    """The field that asks for the fact; `more` is its help and what is assumed while nobody knows."""
    makers = {"bool": AnswerField, "enum": AnswerField, "set": TagsField}
    field: forms.Field = makers.get(given.type, AmountField)(given)
    field.label = given.label
    question, *more = [text for text in (given.question, given.help, assumption_words(given)) if text]
    field.help_text, field.more = question, " ".join(more)  # type: ignore[attr-defined]
    return field


@dataclass(frozen=True)
class FactLine:
    """One question of a form, with its unit and what a typed amount was read as."""

    field: BoundField
    unit: str
    understood: str | None


@dataclass(frozen=True)
class Theme:
    """The questions of one theme: those that matter most, and the others."""

    name: str
    label: str
    essential: list[FactLine]
    further: list[FactLine]
    answered: int

    @property
    def lines(self) -> list[FactLine]:
        return self.essential + self.further

    @property
    def has_errors(self) -> bool:
        return any(line.field.errors for line in self.lines)

    @property
    def further_has_errors(self) -> bool:
        return any(line.field.errors for line in self.further)


class FactsForm(forms.Form):
    """A form with a field for each input; fields a subclass declares come after them."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        inputs: Iterable[Input],
        initial: Mapping[str, Any] | None = None,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), prefix=prefix)
        self.inputs = {given.name: given for given in inputs}
        self.fields = {name: fact_field(given) for name, given in self.inputs.items()} | self.fields

    @property
    def facts(self) -> dict[str, Any]:
        """The facts that are known and could be read, as they are stored; before anything is posted, the initial ones."""
        if not self.is_bound:
            return {name: self.initial[name] for name in self.inputs if self.initial.get(name) is not None}
        self.is_valid()  # reads every field once; those that cannot be read are left out
        read = {name: self.cleaned_data.get(name) for name in self.inputs}
        return {name: as_stored(value) for name, value in read.items() if value is not None}

    def forget_errors(self) -> None:
        """What was typed stays as it is; nothing is called wrong before it is sent."""
        self.is_valid()
        self._errors = ErrorDict()

    @property
    def essential_fields(self) -> list[BoundField]:
        return [self[name] for name, given in self.inputs.items() if given.essential]

    @property
    def other_fields(self) -> list[BoundField]:
        return [self[name] for name, given in self.inputs.items() if not given.essential]

    @property
    def other_errors(self) -> bool:
        return any(field.errors for field in self.other_fields)

    @property
    def themes(self) -> list[Theme]:
        """Every theme that has a question here, in the order in which the form asks."""
        found = [self._theme(name, label) for name, label in THEMES.items()]
        return [theme for theme in found if theme.lines]

    def _theme(self, name: str, label: str) -> Theme:
        of_theme = [given for given in self.inputs.values() if given.theme == name]
        essential = [self.line(given) for given in of_theme if given.essential]
        further = [self.line(given) for given in of_theme if not given.essential]
        answered = sum(line.field.value() not in (None, "", []) for line in essential + further)
        return Theme(name, label, essential, further, answered)

    def line(self, given: Input) -> FactLine:
        """The question with the words around its control."""
        if given.type not in {"int", "number"}:
            return FactLine(self[given.name], "", None)
        value = self.facts.get(given.name) if self.is_bound else self.initial.get(given.name)
        return FactLine(
            self[given.name], unit_words(given), "" if value is None else understood(given, value)
        )
