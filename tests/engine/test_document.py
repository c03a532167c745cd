"""The document of `manage.py decide`: both shapes, and errors that name workload, segment and fact."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from planner.engine import FactError, parse_workloads
from tests.engine.samples import CASES, POLICY, case

DOCUMENT: Any = {
    "organisation": {"ml_engineers": 2},
    "workloads": [
        {
            "name": "desk",
            "facts": {"stage": "production", "tokens_month": "60M"},
            "segments": [
                {"name": "a", "share": 70, "classification": "approved", "facts": {"data_tags": ["public"]}},
                {"name": "b", "share": 30, "classification": "proposed", "facts": {"data_tags": ["pii"]}},
            ],
        }
    ],
}


def changed(path: Any, value: Any) -> Any:
    document = copy.deepcopy(DOCUMENT)
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


def test_a_document_with_one_organisation_is_read() -> None:
    (desk,) = parse_workloads(DOCUMENT, POLICY)
    assert desk.name == "desk"
    assert desk.organisation["ml_engineers"].value == 2
    assert desk.facts["tokens_month"].value == 60_000_000
    assert [(part.name, part.share, part.classification) for part in desk.segments] == [
        ("a", 70, "approved"),
        ("b", 30, "proposed"),
    ]


def test_what_a_reviewer_approved_is_told_from_what_was_declared() -> None:
    (desk,) = parse_workloads(DOCUMENT, POLICY)
    assert [part.facts["data_tags"].source for part in desk.segments] == ["approved", "declared"]


def test_a_list_of_golden_cases_is_read_each_with_its_organisation() -> None:
    workloads = parse_workloads(CASES, POLICY)
    assert [each.name for each in workloads] == [entry["title"] for entry in CASES]
    staffed = parse_workloads([case(17)], POLICY)[0]
    assert staffed.organisation["ml_engineers"].value == 2
    assert [part.facts["team_share"].value for part in staffed.segments] == [0.1, 0.1, 0.1]


def test_null_is_how_a_document_says_nobody_knows() -> None:
    document = changed(("workloads", 0, "facts"), {"stage": None})
    assert parse_workloads(document, POLICY)[0].facts == {}


def test_what_a_writer_notes_for_himself_is_left_alone() -> None:
    noted = changed(("workloads", 0, "comment"), "asked on Monday")
    assert parse_workloads(noted, POLICY) == parse_workloads(DOCUMENT, POLICY)


SEGMENT = ("workloads", 0, "segments", 0)


@pytest.mark.parametrize(
    ("path", "value", "name", "message"),
    [
        (("workloads",), None, "workloads", 'The document needs {"organisation": {...}, "workloads": [...]}, or a list of cases.'),
        (("organisation",), [], "facts", "the organisation, facts: expected an object with names and values, found []."),
        (("organisation", "ml_engineer"), 2, "ml_engineer", "the organisation: 'ml_engineer' is not a fact of this policy; did you mean 'ml_engineers'?"),
        (("organisation", "ml_engineers"), -2, "ml_engineers", "the organisation: {label} (ml_engineers): -2 is below the smallest allowed value, 0."),
        (("workloads", 0), 5, "facts", "workload 1: expected an object with names and values, found 5."),
        (("workloads", 0, "segments"), [], "segments", "Workload desk: segments is missing; give a list with at least one."),
        (("workloads", 0, "facts", "stage"), "beta", "stage", "Workload desk: {label} (stage): 'beta' is not one of its values. It takes: exploration, poc, mvp, production."),
        ((*SEGMENT, "share"), 90, "share", "Workload desk: the shares add up to 120 %, not to 100 %."),
        ((*SEGMENT, "share"), "70", "share", "Workload desk, segment a: share is '70'; give its part of the tokens in percent, 0 to 100."),
        ((*SEGMENT, "share"), None, "share", "Workload desk, segment a: share is None; give its part of the tokens in percent, 0 to 100."),
        ((*SEGMENT, "classification"), "done", "classification", "Workload desk, segment a: classification is 'done'; it is approved or proposed."),
        ((*SEGMENT, "facts", "data_tags"), ["secret"], "data_tags", None),
        ((*SEGMENT, "name"), "b", "segments", "Workload desk: two segments are called 'b'; name them apart."),
        (("organization",), {}, "organization", "The document: 'organization' is not read; did you mean 'organisation'?"),
        (("workloads", 0, "tokens_month"), 5, "tokens_month", "Workload desk: 'tokens_month' stands outside of \"facts\"; put it inside."),
        ((*SEGMENT, "fatcs"), {}, "fatcs", "Workload desk, segment a: 'fatcs' is not read; did you mean 'facts'?"),
        ((*SEGMENT, "pending"), {"stanse": "technical"}, "stanse", "Workload desk, segment a, pending: 'stanse' is not a fact of this policy; did you mean 'stance'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(path: Any, value: Any, name: Any, message: Any) -> None:
    with pytest.raises(FactError) as refused:
        parse_workloads(changed(path, value), POLICY)
    assert refused.value.name == name
    label = POLICY.inputs[name].label if name in POLICY.inputs else ""
    assert message is None or refused.value.message == message.replace("{label}", label)


@pytest.mark.parametrize("document", [None, 5, "text", [5], {}, {"workloads": {}}])
def test_any_other_document_is_refused(document: Any) -> None:
    with pytest.raises(FactError):
        parse_workloads(document, POLICY)
