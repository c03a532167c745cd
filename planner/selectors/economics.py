"""What one part of a workload costs in full, wherever it might run: with ranges, terms, break-evens and the future."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from planner.engine.costing import full_costs
from planner.engine.costing.against import against
from planner.engine.costing.asked import asked_of
from planner.engine.costing.curve import factors, machine_curve, token_curve
from planner.engine.costing.people import STEP_OF
from planner.engine.costing.spread import spreads
from planner.engine.explain import costing as words
from planner.engine.explain import verdicts
from planner.engine.explain.words import capitalised, placed
from planner.engine.given import workload_of
from planner.engine.policy import UnknownAssumptionError
from planner.engine.vocabulary import VARIANTS
from planner.selectors import basis, capacity, decisions
from planner.selectors.explained import Explained, explained
from planner.selectors.foreseen import Foreseen, foreseen
from planner.selectors.watch import shown
from workloads.selectors.usage.by_hour import day_profiles

if TYPE_CHECKING:
    from datetime import datetime

    from planner.engine import PriceSnapshot
    from planner.engine.costing import FullCost
    from planner.engine.costing.against import Against
    from planner.engine.costing.asked import Asked, WhatIf
    from planner.engine.costing.spread import Spread
    from planner.engine.explain.costing import TermLine
    from planner.engine.policy import Policy
    from workloads.models import Workload

BY_TOKEN: Final = ("3", "3r", "2p", "2e")  # what machines are held against, in this order where it is allowed
ON_MACHINES: Final = ("4", "5a", "5b")
MARKER: Final = "marker"
PERCENT: Final = 100
VOLUMES: Final = ("USD", "tokens")  # units of the published thresholds shown beside a break-even


@dataclass(frozen=True)
class Line:
    """One placement: its full cost with its range, its place in the decision, and what the decision reckoned with."""

    variant: str
    label: str
    state: str
    said: str
    cost: FullCost
    spread: Spread | None
    planned_usd: float | None
    chosen: bool

    @property
    def usd_month(self) -> float | None:
        return self.cost.usd_month


@dataclass(frozen=True)
class Economics:
    """The page: the decision it rests on, and every number worked out from what that decision was made of."""

    explained: Explained
    asked: Asked
    what_if: WhatIf
    costs: dict[str, FullCost]
    variant: str
    policy: Policy
    prices: PriceSnapshot

    @property
    def segment(self) -> dict[str, Any]:
        segment: dict[str, Any] = self.explained.record["segments"][self.explained.number - 1]
        return segment

    @cached_property
    def lines(self) -> list[Line]:
        """Allowed placements first, each group from the cheapest to the dearest, unknown ones last."""
        ranges = spreads(self.costs, self.asked.work, self.asked.seats, self.asked.under)
        lines = [self._line(variant, ranges.get(variant)) for variant in VARIANTS]
        return sorted(
            lines, key=lambda line: (line.state == "excluded", line.usd_month is None, line.usd_month or 0)
        )

    def _line(self, variant: str, spread: Spread | None) -> Line:
        decided = self.decided.get(variant, {})
        return Line(
            variant,
            capitalised(placed(variant)),
            decided.get("state", "excluded"),
            decided.get("words", ""),
            self.costs[variant],
            spread,
            self.segment["costs"].get(variant),
            variant == self.variant,
        )

    @cached_property
    def decided(self) -> dict[str, dict[str, Any]]:
        """What the decision says of each placement."""
        return {each["variant"]: each for group in self.segment["classes"] for each in group["variants"]}

    @property
    def cost(self) -> FullCost:
        """The placement whose terms are shown."""
        return self.costs[self.variant]

    @cached_property
    def terms(self) -> list[TermLine]:
        return words.term_lines(self.cost, self.asked.work, self.asked.under) if not self.cost.unknown else []

    @property
    def headline(self) -> str:
        return verdicts.headline(self.costs, self.segment["feasible"], self.segment["target"])

    @property
    def why_not_the_cheapest(self) -> str:
        aside = {variant: words.set_aside(each) for variant, each in self.decided.items()}
        segment = self.segment
        return verdicts.why_not_the_cheapest(self.costs, segment["feasible"], segment["target"], aside)

    @property
    def why(self) -> str:
        """Why what is paid by the token wins, or does not."""
        segment = self.segment
        return verdicts.why_it_wins(self.costs, segment["feasible"], self.comparator, segment["target"])

    @cached_property
    def comparator(self) -> str:
        """What machines are held against: the first allowed way to pay by the token, else the first with a price."""
        allowed = [each for each in BY_TOKEN if each in self.segment["feasible"]]
        priced = [each for each in BY_TOKEN if self.costs[each].usd_month is not None]
        return next((each for each in (*allowed, *priced)), BY_TOKEN[0])

    @cached_property
    def break_evens(self) -> dict[str, Against | None]:
        """Each placement on machines against the comparator."""
        work, other = self.asked.work, self.costs[self.comparator]
        if work is None:
            return dict.fromkeys(ON_MACHINES)
        return {
            variant: against(variant, self.asked.tier, other, work, self.asked.under)
            for variant in ON_MACHINES
        }

    @property
    def differences(self) -> list[dict[str, Any]]:
        """A sentence for each placement on machines, with its break-even in numbers."""
        return [
            {
                "variant": variant,
                "words": verdicts.difference(variant, self.costs, self.comparator, found),
                "never": found is not None and math.isinf(found.reading.sustained_mtok_month),
                "found": found and found.reading,
                "tokens": found and found.reading.sustained_mtok_month * words.MILLION,
                "use": found and verdicts.use_words(found.reading.use, self._reached),
            }
            for variant, found in self.break_evens.items()
        ]

    @property
    def _reached(self) -> float:
        """The share of a replica's full capacity that is used on average where the peak fills it as planned."""
        work = self.asked.work
        return self.asked.under.figures["rho_max"] / (work.peak if work else 1.0)

    @property
    def markers(self) -> list[dict[str, Any]]:
        """Published thresholds of volume and spend that point to machines: fired or not, confirmed or not."""
        return [
            shown(trigger)
            for trigger in self.segment["triggers"]
            if trigger["kind"] == MARKER
            and trigger["unit"].startswith(VOLUMES)
            and (trigger.get("hop") or ["", ""])[1][:1] in ("4", "5")
        ]

    @cached_property
    def volumes(self) -> dict[str, Any] | None:
        """Lines over volume: tokens a month, and dollars a month of each placement with a price by volume."""
        work, tier, under = self.asked.work, self.asked.tier, self.asked.under
        if work is None:
            return None
        reached = {
            variant: found.reading.sustained_mtok_month * words.MILLION
            for variant, found in self.break_evens.items()
            if found is not None
        }
        multiples = factors(work, reached.values())
        lines = {self.comparator: token_curve(self.costs[self.comparator], work, under, multiples)} | {
            variant: machine_curve(variant, tier, work, under, multiples) for variant in ON_MACHINES
        }
        return {
            "tokens_month": multiples * work.tokens_month,
            "now": work.tokens_month,
            "lines": {variant: usd for variant, usd in lines.items() if usd is not None},
            "break_evens": {variant: tokens for variant, tokens in reached.items() if math.isfinite(tokens)},
        }

    @property
    def replicas_words(self) -> str:
        return words.replicas_sentence(self.cost)

    @property
    def volume_words(self) -> str:
        return verdicts.volume_sentence(self.comparator)

    @cached_property
    def future(self) -> Foreseen | None:
        """The shown placement, or the cheapest on machines, against the comparator over the months ahead."""
        own = self.variant if self.variant in ON_MACHINES else verdicts.cheapest(self.costs, ON_MACHINES)
        if own is None or self.asked.work is None:
            return None
        growth = next((f["value"] for f in self.segment["facts"] if f["name"] == "growth_pct_month"), None)
        asked, other = self.asked, self.costs[self.comparator]
        return foreseen(own, other, asked.tier, self.asked.work, asked.under, growth)


@dataclass(frozen=True)
class Missing:
    """Why there is nothing to show yet."""

    explained: Explained
    why: str


def economics(
    workload: Workload, part: str, variant: str, what_if: WhatIf, as_of: datetime
) -> Economics | Missing:
    """The newest decision's facts, policy and prices, costed in full, with what is asked for otherwise."""
    found = explained(workload, part, as_of)
    if found.decision is None:
        return Missing(
            found, "No finished plan has reached this workload; its costs follow from its decision."
        )
    record = found.record
    run = found.decision.run
    if run.policy_id is None or run.snapshot_id is None:
        return Missing(
            found, "The plan behind the decision is not kept with its policy and prices: plan again."
        )
    policy, prices = basis.policy_of(run.policy_id), basis.prices_of(run.snapshot_id)
    given = workload_of(record["inputs"])
    try:
        asked = asked_of(
            policy,
            prices,
            date.fromisoformat(record["as_of"]),
            given,
            given.segments[found.number - 1],
            what_if,
            sharing(workload, found.number - 1),
            capacity.own_rows(),
            tuple(day_profiles([workload.pk], found.decision.run.as_of).get(workload.pk, ())),
        )
        costs = full_costs(asked.tier, asked.work, asked.seats, asked.under)
    except UnknownAssumptionError as error:
        return Missing(found, f"{error}")
    shown = variant if variant in VARIANTS else record["segments"][found.number - 1]["target"] or "3"
    return Economics(found, asked, what_if, costs, shown, policy, prices)


def sharing(workload: Workload, place: int) -> dict[str, int]:
    """How many other parts of the portfolio are to run in each operating class, and so carry its people."""
    counts: Counter[str] = Counter()
    for pk, targets in decisions.targets():
        for number, variant in enumerate(targets):
            if (pk, number) != (workload.pk, place) and variant in STEP_OF:
                counts[STEP_OF[variant]] += 1
    return dict(counts)
