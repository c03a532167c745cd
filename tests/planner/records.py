"""Decision records made by hand: the shape that pages read, with only what a test is about spelled out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from planner.engine import digest
from planner.engine.vocabulary import CLASS_LABELS, CLASS_OF, VARIANTS
from planner.jobs import RunState
from planner.models import Decision, DecisionRecord, PlanRun, PolicyVersion
from planner.selectors.watch import asks_for_an_answer
from planner.services.ticking import Senders

AS_OF = datetime(2026, 1, 22, 6, 0, tzinfo=UTC)
SOURCE = {"document": "002", "quote": "isolated tenant", "line": 349}


def senders(**named: Any) -> Senders:
    """What a tick sends runs with: the senders named, nowhere for all others."""

    def nowhere(_: int) -> None: ...

    names = ("plan", "replay", "impact", "outlook", "reckoning", "feed", "usage")
    return Senders(**{name: named.get(name, nowhere) for name in names})


def row(pk: str, **over: Any) -> dict[str, Any]:
    return {
        "id": pk,
        "table": "constraints",
        "layer": "compliance",
        "strength": "must",
        "waivable": True,
        "statutory": False,
        "owner": "reviewer",
        "waiver": "The reviewer may waive it.",
        "binding": False,
        "proposed": False,
        "sentence": f"Rule {pk} says no.",
        "reason": "Data tags: health data",
        "source": SOURCE,
        "facts": [
            {
                "name": "data_tags",
                "label": "Data tags",
                "value": ["phi"],
                "value_words": "health data",
                "source": "approved",
                "by": "Ana",
                "at": "2026-01-02",
                "approved_by": "Rita",
                "approved_at": "2026-01-09",
                "test": "Data tags: health data",
            }
        ],
    } | over


def trigger(pk: str = "TRG-462", **over: Any) -> dict[str, Any]:
    return {
        "id": pk,
        "kind": "marker",
        "label": "Spend of $10k a month",
        "metric": "api_spend_month",
        "unit": "USD/month",
        "value": 210,
        "value_words": "$210",
        "near": 8000,
        "fire": 10000,
        "fire_words": "$10,000",
        "state": "armed",
        "confirmed": None,
        "confirmed_words": "",
        "distance_pct": 97.9,
        "hop": ["2", "3"],
        "sentence": "Worth asking whether an open model does it for less.",
        "source": SOURCE,
    } | over


def step(pk: str, start: str, end: str, **over: Any) -> dict[str, Any]:
    return {
        "id": pk,
        "label": f"Step {pk}",
        "phase": "prepare",
        "kind": "step",
        "owner": "architect",
        "weeks": 2,
        "start": start,
        "end": end,
        "needs": [],
        "produces": [],
        "done": False,
        "shared": False,
        "sentence": f"Do {pk}.",
        "source": SOURCE,
    } | over


def relaxation(**over: Any) -> dict[str, Any]:
    return {
        "rows": ["DAT-245"],
        "gates": [],
        "opens": "2e",
        "grantor": "reviewer",
        "statutory": False,
        "cost_usd_month": 120.0,
        "sentence": "Grant an exception to DAT-245 with an end date.",
    } | over


def segment(today: str = "2", target: str | None = "3r", **over: Any) -> dict[str, Any]:
    status = "decided" if target else "infeasible"
    fact = {
        "name": "current_class",
        "label": "Class today",
        "value": today,
        "value_words": today,
        "unit": "",
        "source": "declared",
        "by": "Ana",
        "at": "2026-01-03",
    }
    return {
        "name": "all",
        "share": 100,
        "status": status,
        "classification": "approved",
        "sentence": f"Run on {target} today; stay there." if target else "Nothing fits.",
        "lede": "It is the cheapest that fits.",
        "now": target,
        "target": target,
        "allowed": [target] if target else [],
        "feasible": [target] if target else [],
        "excluded": {"1": ["CLS-103"]},
        "classes": [_class(pk, target) for pk in CLASS_LABELS],
        "ladder": [
            {
                "row": "CLS-103",
                "layer": "quality",
                "layer_label": "Capability",
                "sentence": "Programs call it.",
                "removed": ["1"],
                "left": ["2p"],
            }
        ],
        "rows": {"CLS-103": row("CLS-103", layer="quality")},
        "gates": [],
        "relaxations": [] if target else [relaxation()],
        "preferences": [],
        "costs": {variant: 100.0 * place for place, variant in enumerate(VARIANTS, start=1)},
        "cost_parts": {
            "3r": {
                "offer": "groq/llama",
                "comparator": "Llama at Groq",
                "parts": [
                    {
                        "label": "Tokens",
                        "usd_month": 500.0,
                        "formula": "tokens x price",
                        "source": "reference",
                        "guess": True,
                    }
                ],
                "unknown": None,
            }
        },
        "triggers": [],
        "steps": [],
        "risks": [],
        "unknown": [],
        "next_question": None,
        "waived": [],
        "confidence": {"known": 23, "of": 25, "pct": 92},
        "facts": [fact],
    } | over


def _class(pk: str, target: str | None) -> dict[str, Any]:
    chosen = target is not None and CLASS_OF[target] == pk
    return {
        "class": pk,
        "label": CLASS_LABELS[pk],
        "state": "now_and_target" if chosen else "dearer",
        "words": "Now and target" if chosen else "Possible, dearer",
        "sentence": "Because.",
        "rows": [],
        "cost_usd_month": None,
        "variants": [],
    }


def record(*segments: dict[str, Any], name: str = "Assistant", cost: float | None = 210.0) -> dict[str, Any]:
    return {
        "engine": "1",
        "policy": "a" * 64,
        "policy_version": "2026.1",
        "snapshot": "reference-2026-01",
        "as_of": "2026-01-22",
        "name": name,
        "headline": " / ".join(each["target"] or "-" for each in segments),
        "sentence": f"{name} in one sentence.",
        "cost_now_usd_month": cost,
        "cost_target_usd_month": cost,
        "segments": list(segments),
    }


def plan(**over: Any) -> PlanRun:
    """A finished plan without prices of its own."""
    policy, _ = PolicyVersion.objects.get_or_create(
        sha="a" * 64, defaults={"version": "2026.1", "document": {}, "first_used_at": AS_OF}
    )
    key = f"test-{PlanRun.objects.count()}"
    fields = {
        "key": key,
        "reason": "a test",
        "as_of": AS_OF,
        "state": RunState.DONE,
        "attempt": 1,
        "policy": policy,
    }
    return PlanRun.objects.create(**(fields | over))


def decided(
    workload: Any,
    *segments: dict[str, Any],
    run: PlanRun | None = None,
    cost: float | None = 210.0,
    approved: dict[str, Any] | None = None,
    **over: Any,
) -> Decision:
    """The workload with a finished decision made of these segments."""
    content = record(*segments, name=workload.name, cost=cost)
    due = sum(asks_for_an_answer(each) for part in segments for each in part["triggers"])
    return Decision.objects.create(
        run=run or plan(),
        workload=workload,
        record=kept(content),
        if_approved=kept(approved) if approved else None,
        triggers_due=due,
        **over,
    )


def kept(content: dict[str, Any]) -> DecisionRecord:
    return DecisionRecord.objects.get_or_create(digest=digest(content), defaults={"record": content})[0]
