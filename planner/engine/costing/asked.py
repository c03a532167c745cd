"""What one part of a workload asks for, read from its facts, and what somebody would like to see otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from planner.engine.costing.people import STEP_OF, must_hire
from planner.engine.costing.terms import Terms
from planner.engine.costing.work import Work
from planner.engine.policy import Assumptions, load_policy
from planner.engine.reading import facts_of, read

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import date

    from planner.engine.capacity.rows import Row
    from planner.engine.facts import PriceSnapshot, SegmentInput, WorkloadInput
    from planner.engine.policy import Policy, Tier
    from planner.engine.reading import Reading

PRECISIONS: Final = "serving_precisions"
MILLISECONDS: Final = 1000
STEPS: Final = tuple(dict.fromkeys(STEP_OF.values()))
WITH_A_TEAM: Final = ("4", "5a", "5b")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is asked for otherwise: times the volume, another peak, another share of the people, other figures."""

    volume: float = 1.0
    peak: float | None = None
    team_share: float | None = None
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def changes_anything(self) -> bool:
        return bool(self.figures) or (self.volume, self.peak, self.team_share) != (1.0, None, None)


@dataclass(frozen=True, slots=True)
class Asked:
    """One part: what serves its difficulty, its monthly demand (None: nobody knows), its seats, and the terms."""

    tier: Tier
    work: Work | None
    seats: float | None
    under: Terms


AS_IT_IS: Final = WhatIf()


def asked_of(
    policy: Policy,
    prices: PriceSnapshot,
    as_of: date,
    workload: WorkloadInput,
    segment: SegmentInput,
    what_if: WhatIf = AS_IT_IS,
    sharing: Mapping[str, int] | None = None,
    own: tuple[Row, ...] = (),
    profile: tuple[float, ...] = (),
) -> Asked:
    """What a segment of a workload asks for on a day. A figure that the policy is too old to have is the shipped one.

    `sharing` is how many parts of the portfolio each operating class has to carry already, this one aside; `own` are
    benchmarks of one's own; `profile` is how a day's requests come.
    """
    figures = {**load_policy().figures(as_of), **policy.figures(as_of)}
    reading = read(policy, facts_of(policy, workload, segment), segment.classification, figures)
    values = reading.values
    assumed = Assumptions.of(policy, as_of).having(what_if.figures)
    known = {name for name in values if reading.knows(name)}
    everybody = Terms(
        prices=prices,
        figures=assumed,
        precisions=tuple(part.strip() for part in str(figures[PRECISIONS]).split(",")),
        shares=_shares(values, known, sharing or {}, what_if),
        own=own,
    )
    under = of_part(everybody, reading, profile)
    seats = values.get("seats") if "seats" in known else None
    return Asked(
        policy.tiers[values["complexity"]], _changed(Work.of(values, known, assumed), what_if), seats, under
    )


def of_part(everybody: Terms, reading: Reading, profile: tuple[float, ...] = ()) -> Terms:
    """The terms of one part among those of everybody: how its day's requests come, how long a first token may take,
    and whether the people for machines of its own have to be hired first.
    """
    waits_ms = reading.values["ttft_target_ms"] if reading.knows("ttft_target_ms") else None
    return replace(
        everybody,
        profile=profile,
        may_wait_s=(waits_ms or 0) / MILLISECONDS,
        hire=must_hire(reading.values, everybody.figures),
    )


def _shares(
    values: Mapping[str, Any], known: Container[str], sharing: Mapping[str, int], what_if: WhatIf
) -> dict[str, float]:
    """People are paid once for a class and carried by all in it in equal shares, unless somebody stated this one's."""
    shares = {step: 1 / (sharing.get(step, 0) + 1) for step in STEPS}
    stated = values["team_share"] if "team_share" in known else None
    told = stated if what_if.team_share is None else what_if.team_share
    return shares if told is None else shares | dict.fromkeys(WITH_A_TEAM, float(told))


def _changed(work: Work | None, what_if: WhatIf) -> Work | None:
    if work is None:
        return None
    grown = work.grown(what_if.volume)
    if what_if.peak is None:
        return grown
    return replace(grown, peak=what_if.peak, stand_in=grown.stand_in - {"peak_to_mean_workload"})
