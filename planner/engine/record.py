"""The decision as a document: complete, deterministic, and identified by its digest. Pages show it as it is."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from planner.engine import explain, given, stages, triggers
from planner.engine.explain.reasons import plain
from planner.engine.flips import flips_of
from planner.engine.measures import Outcome, measure
from planner.engine.policy import Policy, Reference, Row
from planner.engine.vocabulary import LAYER_LABELS, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.engine.decision import LadderStep, SegmentDecision, WorkloadDecision
    from planner.engine.economics import VariantCost
    from planner.engine.triggers import TriggerState

# Another number for another shape or another meaning of records: those of other engines are not replayed.
ENGINE: Final = "4"
CENTS: Final = 2


def record(decision: WorkloadDecision) -> dict[str, Any]:
    """Everything a page, an export or an auditor shows of a decision; the same decision gives the same bytes."""
    return {
        "engine": ENGINE,
        "policy": decision.policy.sha,
        "policy_version": decision.policy.version,
        "snapshot": decision.prices.name,
        "snapshot_sha": decision.prices.sha,
        "as_of": decision.as_of.isoformat(),
        "usage_window": given.usage_window(decision.given),
        "name": decision.name,
        "headline": explain.headline(decision),
        "sentence": explain.workload_sentence(decision),
        "cost_now_usd_month": _total(segment.amounts.get(segment.now or "") for segment in decision.segments),
        "cost_target_usd_month": _total(
            segment.amounts.get(segment.target or "") for segment in decision.segments
        ),
        "segments": [_segment(decision, segment) for segment in decision.segments],
        "inputs": given.block_of(decision.given),
    }


def summary(decision: WorkloadDecision) -> dict[str, Any]:
    """The answers, what they cost and what is watched, as the record has them: enough to compare many workloads."""
    return {
        "cost_target_usd_month": _total(
            segment.amounts.get(segment.target or "") for segment in decision.segments
        ),
        "segments": [
            {
                **{name: getattr(segment, name) for name in ("name", "status", "now", "target")},
                "triggers": [
                    explain.trigger_entry(decision.policy, state) for state in _triggers(decision, segment)
                ],
            }
            for segment in decision.segments
        ],
    }


def _total(amounts: Iterable[float | None]) -> float | None:
    """The sum, unknown as soon as one part is."""
    known = list(amounts)
    return (
        None
        if any(amount is None for amount in known)
        else round(sum(amount or 0 for amount in known), CENTS)
    )


def _segment(decision: WorkloadDecision, segment: SegmentDecision) -> dict[str, Any]:
    policy, told = decision.policy, explain.Told.of(decision, segment)
    ways = explain.class_ways(told)
    lifted = {row for entry in ways for way in entry["ways"] for row in way["gates"]}
    return {
        "name": segment.name,
        "share": segment.share,
        "status": segment.status,
        "classification": segment.classification,
        "sentence": explain.segment_sentence(segment),
        "lede": explain.lede(segment),
        "now": segment.now,
        "target": segment.target,
        "allowed": list(segment.allowed),
        "feasible": list(segment.feasible),
        "excluded": _excluded(segment),
        "classes": explain.class_entries(segment),
        "ladder": [_ladder_entry(step) for step in segment.ladder],
        "rows": {row.id: explain.row_entry(told, row) for row in _shown_rows(segment)},
        "gates": [
            explain.gate_entry(told, gate)
            for gate in segment.gates
            if set(gate.variants) & set(segment.allowed) or gate.row.id in lifted
        ],
        "relaxations": [explain.relaxation_entry(way) for way in segment.relaxations],
        "ways": ways,
        "cheapest_way": explain.cheapest_way(told, ways),
        "flips": explain.flip_groups(policy, flips_of(decision, segment)),
        "preferences": [explain.preference_entry(told, state) for state in segment.choice.preferences],
        "costs": segment.amounts,
        "cost_parts": {variant: _cost(cost) for variant, cost in segment.costs.items()},
        **_watch_and_work(decision, told),
        **_questions(policy, segment),
        "waived": [explain.waived_entry(told, each) for each in segment.waived],
        "confidence": _confidence(policy, segment),
        "facts": [explain.fact_entry(policy, segment.reading, name) for name in _read_names(policy, segment)],
    }


def _excluded(segment: SegmentDecision) -> dict[str, list[str]]:
    return {
        variant: [row.id for row in segment.rows_against(variant)]
        for variant in VARIANTS
        if variant not in segment.allowed
    }


def _ladder_entry(step: LadderStep) -> dict[str, Any]:
    return {
        "row": step.row.id if step.row else None,
        "layer": step.layer,
        "layer_label": LAYER_LABELS[step.layer],
        "sentence": explain.ladder_sentence(step),
        "removed": list(step.removed),
        "left": list(step.left),
    }


def _shown_rows(segment: SegmentDecision) -> list[Row]:
    """Must-rows that fired, and every other row the ladder or a preference names."""
    rows = {row.id: row for row in segment.fired}
    rows |= {step.row.id: step.row for step in segment.ladder if step.row and step.row.id not in rows}
    rows |= {state.row.id: state.row for state in segment.choice.preferences if state.row.id not in rows}
    return list(rows.values())


def _cost(cost: VariantCost) -> dict[str, Any]:
    return {
        "offer": cost.offer,
        "comparator": cost.comparator,
        "parts": [asdict(part) for part in cost.parts],
        "unknown": cost.unknown,
    }


def _watch_and_work(decision: WorkloadDecision, told: explain.Told) -> dict[str, Any]:
    """Triggers, steps, risks and scorecards: what would change the answer, how to get there, what else is said."""
    policy, segment, known = told.policy, told.segment, told.segment.reading.known
    outcome = _outcome(segment)
    measures = measure(policy, known, outcome, decision.as_of)
    risks = [row for row in policy.rows("risks") if row.holds("when", measures.values, measures.figures)]
    return {
        "triggers": [explain.trigger_entry(policy, state) for state in _triggers(decision, segment)],
        **explain.staging_entry(stages.staged(policy, known, outcome, decision.as_of, segment.feasible)),
        "risks": [_risk(row) for row in risks] if segment.target else [],
        "scorecards": explain.card_entries(told, measures),
    }


def _triggers(decision: WorkloadDecision, segment: SegmentDecision) -> tuple[TriggerState, ...]:
    known, outcome = segment.reading.known, _outcome(segment)
    return triggers.evaluate(decision.policy, known, outcome, decision.as_of, segment.history)


def _outcome(segment: SegmentDecision) -> Outcome:
    return Outcome(
        segment.allowed,
        segment.amounts,
        segment.now,
        segment.target,
        segment.status,
        segment.classification,
        segment.costs,
    )


def _as_data(thing: Any) -> dict[str, Any]:
    return {
        name: _plain_deep(value) for name, value in ((name, getattr(thing, name)) for name in thing.__slots__)
    }


def _plain_deep(value: Any) -> Any:
    if isinstance(value, Reference):
        return explain.source_entry(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else plain(value)


def _risk(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": row.label,
        "sentence": row.sentence,
        "mitigation": row.cell("mitigation", ""),
        "likelihood": row.cell("likelihood", ""),
        "impact": row.cell("impact", ""),
        "source": explain.source_entry(row.source),
    }


def _questions(policy: Policy, segment: SegmentDecision) -> dict[str, Any]:
    """The open questions, and the one to ask next."""
    return {
        "unknown": [explain.unknown_entry(policy, segment, fact) for fact in segment.unknown],
        "next_question": segment.question.name if segment.question else None,
        "question": explain.question_entry(policy, segment),
    }


def _confidence(policy: Policy, segment: SegmentDecision) -> dict[str, int]:
    """How many of the facts that matter here were supplied or follow from supplied ones."""
    names = _mattering(policy, segment)
    known = sum(segment.reading.knows(name) for name in names)
    return {"known": known, "of": len(names), "pct": round(100 * known / len(names)) if names else 100}


def _mattering(policy: Policy, segment: SegmentDecision) -> list[str]:
    rows = (
        *segment.fired,
        *(gate.row for gate in segment.gates),
        *(each.row for each in segment.choice.preferences),
    )
    return list(dict.fromkeys((*policy.essential, *(name for row in rows for name in row.names))))


def _read_names(policy: Policy, segment: SegmentDecision) -> list[str]:
    """Every fact somebody supplied, and every other one the decision rests on, in the order of the policy."""
    names = set(segment.reading.facts) | set(_mattering(policy, segment))
    return [name for name in policy.inputs if name in names]
