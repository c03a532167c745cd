"""The words every other module uses: placements, classes, strengths and states, with the meaning of each."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import Final


class Variant(StrEnum):
    """A placement the engine decides on, from the least to the most sovereign."""

    CHAT = "1"
    CLOSED_PUBLIC = "2p"
    CLOSED_ENTERPRISE = "2e"
    OPEN_PLAIN = "3"
    OPEN_REGION = "3r"
    DEDICATED = "4"
    RENTED = "5a"
    OWNED = "5b"


class Kind(StrEnum):
    """The type of an input's value."""

    BOOL = "bool"
    ENUM = "enum"
    SET = "set"
    INT = "int"
    NUMBER = "number"


class Strength(StrEnum):
    """`must` removes placements; `strong` narrows them unless nothing would be left; `weak` breaks ties."""

    MUST = "must"
    STRONG = "strong"
    WEAK = "weak"


class Status(StrEnum):
    """How firmly a segment is decided."""

    DECIDED = "decided"  # the facts settle it
    PROVISIONAL = "provisional"  # a fact nobody has supplied could change it
    BLOCKED = "blocked"  # there is a target, but nothing may run today
    INFEASIBLE = "infeasible"  # no placement satisfies every rule


class Source(StrEnum):
    """Who stands behind a fact."""

    DECLARED = "declared"
    OBSERVED = "observed"
    DERIVED = "derived"
    ASSUMED = "assumed"
    APPROVED = "approved"
    ARCHETYPE = "archetype"


APPROVED: Final = "approved"
PROPOSED: Final = "proposed"

VARIANTS: Final[tuple[str, ...]] = tuple(variant.value for variant in Variant)
CLASSES: Final[tuple[str, ...]] = ("1", "2", "3", "4", "5a", "5b")
HOPS: Final = tuple(f"{lower}>{upper}" for lower, upper in pairwise(CLASSES))  # one class up at a time

CLASS_OF: Final[dict[str, str]] = {
    "1": "1",
    "2p": "2",
    "2e": "2",
    "3": "3",
    "3r": "3",
    "4": "4",
    "5a": "5a",
    "5b": "5b",
}

# The phases of a move, and what a row of the steps can be.
DECIDE: Final = "decide"
FOUNDATION: Final = "foundation"
EVIDENCE: Final = "evidence"
PREPARE: Final = "prepare"
MOVE: Final = "move"
OPERATE: Final = "operate"
PHASES: Final = (DECIDE, FOUNDATION, EVIDENCE, PREPARE, MOVE, OPERATE)
STEP: Final = "step"
GATE: Final = "gate"
MILESTONE: Final = "milestone"
STOP: Final = "stop"
STEP_KINDS: Final = (STEP, GATE, MILESTONE, STOP)

CLASS_LABELS: Final[dict[str, str]] = {
    "1": "Chat UI",
    "2": "Closed API",
    "3": "Open-weight API",
    "4": "Dedicated managed",
    "5a": "Self-hosted, rented",
    "5b": "Self-hosted, owned",
}

VARIANT_PHRASES: Final[dict[str, str]] = {
    "1": "a chat product",
    "2p": "a closed API on public terms",
    "2e": "a closed API in an enterprise tenant",
    "3": "an open-weight API",
    "3r": "an open-weight API with region lock and data-processing agreement",
    "4": "dedicated machines run by a provider",
    "5a": "your own stack on rented machines",
    "5b": "your own stack on your own machines",
}

# promise < contract < isolated < own perimeter < air gap
ASSURANCE: Final[dict[str, int]] = {"1": 0, "2p": 0, "3": 0, "2e": 1, "3r": 1, "4": 2, "5a": 3, "5b": 4}

LAYER_LABELS: Final[dict[str, str]] = {
    "integrity": "Integrity",
    "compliance": "Compliance",
    "quality": "Capability",
    "latency": "Latency",
    "readiness": "Readiness",
    "strong": "Preference",
    "economics": "Economics",
    "weak": "Tie-break",
}


def in_order(variants: object) -> tuple[str, ...]:
    """The same placements, from the least to the most sovereign."""
    chosen = set(variants)  # type: ignore[call-overload]
    return tuple(variant for variant in VARIANTS if variant in chosen)
