"""The segments of a registration: rows that can be added and removed, whose shares must sum to 100."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory

from planner.engine import load_policy
from workloads.forms.amounts import LEAVE_OPEN
from workloads.forms.facts import FactsForm
from workloads.selectors.declarations import segment_inputs, value_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

WHOLE = Decimal(100)
MOST = 20
READ, WRITTEN = "cached_input_share", "cache_write_share"


class SegmentForm(FactsForm):
    """One segment: its name, its share of the tokens and its own facts."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label="Segment",
        max_length=80,
        help_text="One kind of task and of data.",
        error_messages={"required": "Give this segment a name, such as “chat”."},
    )
    share = forms.DecimalField(
        label="Share of tokens",
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=WHOLE,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="All segments together have 100 %.",
        error_messages={
            "required": "Say which share of the tokens this segment has, in percent.",
            "invalid": "Write the share as a number of percent, such as 25.",
            "min_value": "A segment needs a share above 0 %. Remove the segment if it has none.",
            "max_value": "No segment has more than 100 % of the tokens.",
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, files: object = None, **kwargs: Any) -> None:
        initial, prefix = kwargs.get("initial"), kwargs.get("prefix")
        super().__init__(data, inputs=segment_inputs(load_policy()), initial=initial, prefix=prefix)
        self.empty_permitted = False

    def clean(self) -> dict[str, Any]:
        """What is read from a cache is not written to it: both are parts of the same input."""
        cleaned: dict[str, Any] = super().clean() or {}
        read, written = (cleaned.get(name) for name in (READ, WRITTEN))
        if read is not None and written is not None and read + written > WHOLE:
            labels = " and ".join(self.inputs[name].label for name in (READ, WRITTEN))
            rest = value_words(None, float(WHOLE) - read)
            self.add_error(
                WRITTEN,
                f"{labels} are parts of the same input and cannot be {value_words(None, read + written)} % of it "
                f"together. Write {rest} or less, {LEAVE_OPEN}",
            )
        return cleaned


if TYPE_CHECKING:
    Formset = BaseFormSet[SegmentForm]
else:
    Formset = BaseFormSet  # takes no type parameter when it runs


class BaseSegments(Formset):
    """All segments together."""

    def forget_errors(self) -> None:
        self.is_valid()
        self._non_form_errors = self.error_class()
        for form in self.forms:
            form.forget_errors()

    @property
    def several(self) -> bool:
        return self.total_form_count() > 1

    def clean(self) -> None:
        if any(form.errors for form in self.forms):
            return
        names = [form.cleaned_data["name"].strip().lower() for form in self.forms]
        if len(set(names)) < len(names):
            raise ValidationError("Two segments have the same name. Give each its own, or make them one.")
        check_sum(sum((form.cleaned_data["share"] for form in self.forms), Decimal(0)))


def check_sum(total: Decimal) -> None:
    """Refuses shares that are not the whole, with the sum and the way out."""
    if total == WHOLE:
        return
    rest = abs(total - WHOLE).normalize()
    way_out = f"take {rest:f} off" if total > WHOLE else f"{rest:f} are missing"
    raise ValidationError(f"Shares add up to {total.normalize():f} %; they must add up to 100 %: {way_out}.")


SegmentFormSet = formset_factory(
    SegmentForm, formset=BaseSegments, extra=0, min_num=1, max_num=MOST, absolute_max=MOST, validate_min=True
)
PREFIX = "segments"


def with_one_more(data: QueryDict) -> QueryDict:
    """The posted form with an empty segment at the end that takes the share still missing."""
    changed = data.copy()
    count = _count(changed)
    if count < MOST:
        changed[f"{PREFIX}-TOTAL_FORMS"] = str(count + 1)
        changed[f"{PREFIX}-{count}-share"] = _rest(changed, count)
    return changed


def without(data: QueryDict, removed: int) -> QueryDict:
    """The posted form without one segment; those behind it move up. The last one stays."""
    changed = data.copy()
    count = _count(changed)
    if count <= 1 or not 0 <= removed < count:
        return changed
    for key in [key for key in changed if key.startswith(f"{PREFIX}-{removed}-")]:
        del changed[key]
    for index in range(removed + 1, count):
        start = f"{PREFIX}-{index}-"
        for key in [key for key in changed if key.startswith(start)]:
            changed.setlist(f"{PREFIX}-{index - 1}-{key.removeprefix(start)}", changed.pop(key))
    changed[f"{PREFIX}-TOTAL_FORMS"] = str(count - 1)
    return changed


def _count(data: QueryDict) -> int:
    text = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    return int(text) if text.isdecimal() else 0


def _rest(data: QueryDict, count: int) -> str:
    field = forms.DecimalField(required=False)
    total = Decimal(0)
    for index in range(count):
        try:
            total += field.clean(data.get(f"{PREFIX}-{index}-share", "")) or 0
        except ValidationError:
            return ""
    rest = WHOLE - total
    return f"{rest.normalize():f}" if rest > 0 else ""
