"""The document of `manage.py decide`: workloads with their facts, or golden cases, into what the engine reads."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression import suggestion
from planner.engine.facts import Fact, FactError, SegmentInput, WorkloadInput
from planner.engine.vocabulary import APPROVED, PROPOSED, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.policy import Policy

WHOLE: Final = 100.0
ROUNDING: Final = 0.5
BESIDE_FACTS: Final = ("team_share",)  # golden cases give it beside a segment's facts
# What is read; other names (a title, a note, what is expected) are the writer's own, unless they look like a slip.
READ: Final = ("organisation", "workloads", "segments", "facts", "share", "classification", "pending")
LIKENESS: Final = 0.75


def parse_workloads(document: object, policy: Policy) -> tuple[WorkloadInput, ...]:
    """The workloads of a document, in order: one organisation for all, or a list of cases with one each."""
    if isinstance(document, list):
        return tuple(_case(entry, position, policy) for position, entry in enumerate(document, start=1))
    if not isinstance(document, dict) or not isinstance(document.get("workloads"), list):
        raise FactError(
            "workloads", 'The document needs {"organisation": {...}, "workloads": [...]}, or a list of cases.'
        )
    _refuse_slips(document, "The document", policy)
    organisation = _facts(document.get("organisation", {}), "the organisation", policy)
    return tuple(
        _workload(entry, _name(entry, f"workload {position}"), organisation, policy)
        for position, entry in enumerate(document["workloads"], start=1)
    )


def _case(entry: object, position: int, policy: Policy) -> WorkloadInput:
    name = _name(entry, f"case {position}")
    cells = _mapping(entry, name)
    return _workload(
        cells, name, _facts(cells.get("organisation", {}), f"{name}, the organisation", policy), policy
    )


def _workload(entry: object, name: str, organisation: Mapping[str, Fact], policy: Policy) -> WorkloadInput:
    cells = _mapping(entry, name)
    _refuse_slips(cells, f"Workload {name}", policy)
    parts = cells.get("segments")
    if not isinstance(parts, list) or not parts:
        raise FactError("segments", f"Workload {name}: segments is missing; give a list with at least one.")
    segments = tuple(_segment(part, name, len(parts), policy) for part in parts)
    names = [segment.name for segment in segments]
    if twice := next((part for part in names if names.count(part) > 1), None):
        raise FactError("segments", f"Workload {name}: two segments are called {twice!r}; name them apart.")
    total = sum(segment.share for segment in segments)
    if abs(total - WHOLE) > ROUNDING:
        raise FactError("share", f"Workload {name}: the shares add up to {total:g} %, not to 100 %.")
    return WorkloadInput(
        name, organisation, _facts(cells.get("facts", {}), f"Workload {name}", policy), segments
    )


def _segment(entry: object, workload: str, of: int, policy: Policy) -> SegmentInput:
    cells = _mapping(entry, f"Workload {workload}, a segment")
    name = str(cells.get("name") or "all")
    where = f"Workload {workload}, segment {name}"
    _refuse_slips(cells, where, policy)
    classification = cells.get("classification", PROPOSED)
    if classification not in (APPROVED, PROPOSED):
        raise FactError(
            "classification", f"{where}: classification is {classification!r}; it is approved or proposed."
        )
    beside = {key: cells[key] for key in BESIDE_FACTS if key in cells}
    facts = _facts(
        {**beside, **_mapping(cells.get("facts", {}), f"{where}, facts")}, where, policy, classification
    )
    pending = cells.get("pending")
    return SegmentInput(
        name=name,
        share=_share(cells.get("share", WHOLE if of == 1 else None), where),
        classification=classification,
        facts=facts,
        pending=None if pending is None else _facts(pending, f"{where}, pending", policy),
    )


def _refuse_slips(cells: Mapping[str, Any], where: str, policy: Policy) -> None:
    """Raises FactError for a fact outside of `facts` and for a misspelt name: either would go unread."""
    for name in cells:
        if name in READ or name in BESIDE_FACTS:
            continue
        if name in policy.inputs:
            raise FactError(name, f'{where}: {name!r} stands outside of "facts"; put it inside.')
        if meant := get_close_matches(name, READ, n=1, cutoff=LIKENESS):
            raise FactError(name, f"{where}: {name!r} is not read; did you mean {meant[0]!r}?")


def _share(raw: object, where: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not 0 <= raw <= WHOLE:
        raise FactError(
            "share", f"{where}: share is {raw!r}; give its part of the tokens in percent, 0 to 100."
        )
    return float(raw)


def _facts(raw: object, where: str, policy: Policy, classification: str = PROPOSED) -> dict[str, Fact]:
    return {
        name: _fact(name, value, where, policy, classification)
        for name, value in _mapping(raw, f"{where}, facts").items()
        if value is not None  # null is how a document says: nobody knows
    }


def _fact(name: str, value: object, where: str, policy: Policy, classification: str) -> Fact:
    declared = policy.inputs.get(name)
    if declared is None:
        raise FactError(
            name, f"{where}: {name!r} is not a fact of this policy{suggestion(name, policy.inputs)}"
        )
    try:
        read = declared.parse(value)
    except FactError as error:
        raise FactError(name, f"{where}: {error.message}") from error
    reviewed = declared.supplied_by == "reviewer" and classification == APPROVED
    return Fact(read, Source.APPROVED if reviewed else Source.DECLARED)


def _name(entry: object, fallback: str) -> str:
    cells = entry if isinstance(entry, dict) else {}
    return str(cells.get("name") or cells.get("title") or fallback)


def _mapping(raw: object, where: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise FactError("facts", f"{where}: expected an object with names and values, found {raw!r}.")
    return raw
