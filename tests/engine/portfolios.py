"""Random segments by the dozen: every input may be given, numbers like to stand on the policy's thresholds."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from planner.engine import SegmentInput, WorkloadInput
from planner.engine.expression.tree import Comparison, atoms, settled
from planner.engine.facts import Fact, Waiver
from planner.engine.vocabulary import Kind
from tests.engine.samples import AS_OF, POLICY

SUPPLIED = [declared for declared in POLICY.inputs.values() if declared.supplied_by != "derived"]
REVIEWED = [declared for declared in SUPPLIED if declared.supplied_by == "reviewer"]
GIVEN_SHARE = 0.45
PENDING_SHARE = 0.2


def cuts() -> dict[str, list[float]]:
    """The values at which a condition about a number changes its answer."""
    figures = POLICY.figures(AS_OF)
    found: dict[str, set[float]] = {}
    for table in ("constraints", "preferences", "gates", "classify", "triggers"):
        for row in POLICY.rows(table):
            for expression in row.expressions.values():
                for atom in atoms(settled(expression.tree, figures)):
                    if isinstance(atom, Comparison) and not isinstance(atom.value, (str, bool)):
                        found.setdefault(atom.name, set()).add(float(atom.value))
    return {name: sorted(values) for name, values in found.items()}


CUTS = cuts()


def value(declared: Any, chance: random.Random) -> Any:
    """A value the input may take."""
    if declared.type == Kind.BOOL:
        return chance.random() < 0.5
    if declared.type == Kind.ENUM:
        return chance.choice(declared.values)
    if declared.type == Kind.SET:
        return frozenset(chance.sample(declared.values, chance.choice((0, 1, 1, 2, 3))))
    return number(declared, chance)


def number(declared: Any, chance: random.Random) -> float:
    low = declared.minimum if declared.minimum is not None else -50.0
    high = declared.maximum if declared.maximum is not None else 1e12
    drawn = (
        chance.choice(CUTS[declared.name]) + chance.choice((-1, 0, 0, 1))
        if declared.name in CUTS and chance.random() < 0.5
        else chance.choice((0.0, chance.uniform(0, 10), 10 ** chance.uniform(0, 11)))
    )
    drawn = min(max(drawn, low), high)
    return int(drawn) if declared.type == Kind.INT else float(drawn)


def facts(chance: random.Random, share: float = GIVEN_SHARE) -> dict[str, Fact]:
    return {declared.name: Fact(value(declared, chance)) for declared in SUPPLIED if chance.random() < share}


def segment(chance: random.Random) -> SegmentInput:
    """A segment with whatever is known of it, approved or not, now and then with a proposal that waits."""
    pending = {
        declared.name: Fact(value(declared, chance)) for declared in REVIEWED if chance.random() < GIVEN_SHARE
    }
    return SegmentInput(
        name="all",
        share=100,
        classification=chance.choice(("approved", "proposed")),
        facts=facts(chance, chance.choice((0.1, GIVEN_SHARE, 0.9))),
        pending=pending if chance.random() < PENDING_SHARE else None,
        waivers=waivers(chance) if chance.random() < PENDING_SHARE else (),
    )


def waivers(chance: random.Random) -> tuple[Waiver, ...]:
    """Exceptions to a few rules; some have ended, some are to rules that take none."""
    rows = chance.sample(POLICY.rows("constraints"), 6)
    return tuple(Waiver(row.id, AS_OF + timedelta(days=chance.choice((-1, 0, 30)))) for row in rows)


def workload(part: SegmentInput) -> WorkloadInput:
    return WorkloadInput("any", {}, {}, (part,))


def segments(seed: int, number: int) -> list[SegmentInput]:
    chance = random.Random(seed)
    return [segment(chance) for _ in range(number)]
