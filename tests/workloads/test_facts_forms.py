"""Form fields made from the policy's declarations."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from planner.engine import load_policy
from workloads.forms.facts import FactsForm
from workloads.forms.segments import check_sum

INPUTS = load_policy().inputs


def form(names: tuple[str, ...], posted: str | None = None) -> FactsForm:
    data = None if posted is None else QueryDict(posted)
    return FactsForm(data, inputs=[INPUTS[name] for name in names])


def test_unknown_is_an_answer_and_absent() -> None:
    given = form(("stage", "customer_facing", "tokens_month", "data_tags"), "stage=&tokens_month=")
    assert given.is_valid()
    assert given.facts == {}


def test_each_type_is_read_as_it_is_stored() -> None:
    names = ("stage", "customer_facing", "internal_tool", "tokens_month", "data_tags")
    posted = "stage=poc&customer_facing=true&internal_tool=false&tokens_month=2M&data_tags=pii&data_tags=phi"
    assert form(names, posted).facts == {
        "stage": "poc",
        "customer_facing": True,
        "internal_tool": False,
        "tokens_month": 2_000_000,
        "data_tags": ["phi", "pii"],
    }


def test_what_cannot_be_read_is_left_out_and_the_rest_is_kept() -> None:
    given = form(("stage", "tokens_month"), "stage=poc&tokens_month=-1")
    assert given.facts == {"stage": "poc"}
    assert list(given.errors) == ["tokens_month"]


def test_an_answer_that_is_no_choice_is_refused() -> None:
    assert list(form(("stage",), "stage=tomorrow").errors) == ["stage"]


def test_each_field_says_what_is_assumed_while_nobody_knows() -> None:
    given = form(("customer_facing", "stage", "lockin_tolerance"))
    assert given.fields["customer_facing"].more.endswith("Not known is read as: No.")
    assert given.fields["lockin_tolerance"].more.endswith("Not known is read as: Medium.")
    assert given.fields["stage"].more.endswith("Without it no answer is firm.")


def test_what_matters_most_stands_first_in_each_theme() -> None:
    given = form(("access_mode", "stage", "tokens_month", "gateway_in_place"))
    found = [
        (
            theme.label,
            [line.field.name for line in theme.essential],
            [line.field.name for line in theme.further],
        )
        for theme in given.themes
    ]
    assert found == [
        ("Basics", ["stage"], ["access_mode"]),
        ("Volume", ["tokens_month"], []),
        ("Operations", [], ["gateway_in_place"]),
    ]


def test_every_declared_input_makes_a_field_with_label_and_help() -> None:
    given = FactsForm(inputs=INPUTS.values())
    assert [name for name, field in given.fields.items() if not field.label or not field.help_text] == []


def test_shares_below_the_whole_say_what_is_missing() -> None:
    with pytest.raises(ValidationError) as refused:
        check_sum(Decimal("80.50"))
    assert refused.value.messages == ["Shares add up to 80.5 %; they must add up to 100 %: 19.5 are missing."]
