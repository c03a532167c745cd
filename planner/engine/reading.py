"""One reading of a segment: every input's value, who stands behind it, and what follows from the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression import suggestion
from planner.engine.facts import Fact, FactError, Facts, SegmentInput, WorkloadInput
from planner.engine.vocabulary import APPROVED, PROPOSED, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.engine.policy import Policy

PERSONAL: Final = frozenset({"pii", "customer_data", "phi"})
REGIONS: Final = ("eu", "us", "national")
MONTHS_AHEAD: Final = 12
PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """Values of all inputs. `facts` holds those somebody supplied; the others are derived or assumed."""

    values: dict[str, Any]
    facts: Mapping[str, Fact]
    derived: frozenset[str]

    def knows(self, name: str) -> bool:
        """Whether the value was supplied or follows from supplied ones, rather than assumed."""
        return name in self.facts or name in self.derived

    def source_of(self, name: str) -> str:
        if name in self.facts:
            return self.facts[name].source
        return Source.DERIVED if name in self.derived else Source.ASSUMED

    @property
    def known(self) -> dict[str, Fact]:
        """The facts supplied, and those that follow from them."""
        follows = {
            name: Fact(self.values[name], Source.DERIVED)
            for name in self.derived
            if self.values[name] is not None
        }
        return {**self.facts, **follows}


def facts_of(policy: Policy, workload: WorkloadInput, segment: SegmentInput) -> dict[str, Fact]:
    """What is known of a segment: its own facts outrank the workload's, those the organisation's.

    Amounts a month that are given for the whole workload are divided by the segment's share of the tokens.
    """
    facts = checked(policy, workload.organisation)
    for name, fact in checked(policy, workload.facts).items():
        divided = policy.inputs[name].shared_by_volume and segment.share != PERCENT
        # Multiplied first: 57 % of a billion is a whole number.
        share = _amount(fact.value) * segment.share / PERCENT
        facts[name] = replace(fact, value=share) if divided else fact
    return facts | checked(policy, segment.facts)


def checked(policy: Policy, facts: Facts) -> dict[str, Fact]:
    """The same facts with their values as the policy reads them; refused by name when one cannot be read."""
    read_facts = {}
    for name, fact in facts.items():
        declared = policy.inputs.get(name)
        if declared is None:
            raise FactError(name, f"{name!r} is not a fact of this policy{suggestion(name, policy.inputs)}")
        value = declared.parse(fact.value)
        read_facts[name] = fact if value is fact.value else replace(fact, value=value)
    return read_facts


def _amount(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def read(policy: Policy, facts: Facts, classification: str, figures: Mapping[str, Any]) -> Reading:
    """Every input's value under these facts, with what can be derived from them filled in."""
    values: dict[str, Any] = dict(policy.assumptions)
    values.update((name, fact.value) for name, fact in facts.items())
    approved = classification == APPROVED and bool(values["data_tags"])  # no tag at all classifies nothing
    values["data_tags_status"] = APPROVED if approved else PROPOSED
    derived = {"data_tags_status"}
    for name, value in _derive(policy, values, facts, figures):
        if name not in facts:
            values[name] = value
            derived.add(name)
    for name, value in ratios(policy, values).items():
        if name not in facts:
            values[name] = value
            if all(part in facts or part in derived for part in policy.inputs[name].ratio):
                derived.add(name)
    return Reading(values, facts, frozenset(derived))


def ratios(policy: Policy, values: Mapping[str, Any]) -> dict[str, float | None]:
    """Every input declared as the ratio of two others; unknown while a side is, or with nothing to divide by."""
    return {
        name: _divided(*(values.get(part) for part in declared.ratio))
        for name, declared in policy.ratios.items()
    }


def _divided(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole


def _derive(
    policy: Policy, values: dict[str, Any], facts: Facts, figures: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """What follows from the facts, in the order in which one needs the other."""
    yield "selfhost_headcount", values["ml_engineers"] + values["mlops_engineers"] + values["data_engineers"]
    if "task_type" in facts:
        yield "complexity", _complexity(policy, values, figures)
    yield from _quality(values, facts, figures)
    yield from _volume(values, figures)
    yield "load_steady", values["peak_to_avg"] <= figures["steady_peak_to_avg"]
    yield "cross_border_transfer", _crosses_border(values)
    yield "inputs_complete_pct", _complete(policy, facts)


def _complexity(policy: Policy, values: dict[str, Any], figures: Mapping[str, Any]) -> str:
    """How hard the task is by default; the policy's assumption where its table has nothing to say."""
    rows = (row for row in policy.rows("classify") if row.cell("table") == "complexity")
    found = next(
        (row.cell("value") for row in rows if row.holds("when", values, figures)), values["complexity"]
    )
    return str(found)


def _quality(values: dict[str, Any], facts: Facts, figures: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A measured gap outranks the difficulty somebody stated."""
    needed = values["complexity"] == "frontier"
    if "frontier_score" in facts and "open_score" in facts:
        gap = values["frontier_score"] - values["open_score"]
        needed = gap > figures["quality_gap_tolerance"]
        yield "quality_gap_pct", gap
        yield "quality_gap_known", True
    yield "frontier_needed", needed
    if "slm_score" in facts and values["slm_score"] >= values["quality_floor"]:
        yield "model_params_b", figures["slm_b"]


def _volume(values: dict[str, Any], figures: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    tokens = values["tokens_month"]
    if tokens is None:
        yield "tokens_day", None
        yield "tokens_month_12m", None
        return
    yield "tokens_day", tokens / figures["days_per_month"]
    # growth below -100 % a month would turn volumes negative
    factor = max(0.0, 1 + values["growth_pct_month"] / PERCENT)
    yield "tokens_month_12m", tokens * factor**MONTHS_AHEAD


def _crosses_border(values: dict[str, Any]) -> bool:
    """DAT-502: personal data under the GDPR at a US provider, or a provider outside the region required."""
    region, residency = values["provider_region"], values["residency"]
    to_us = "gdpr" in values["regimes"] and region == "us" and not PERSONAL.isdisjoint(values["data_tags"])
    return to_us or (residency in REGIONS and region in REGIONS and region != residency)


def _complete(policy: Policy, facts: Facts) -> float:
    """The share of the facts that matter most which somebody supplied."""
    essential = policy.essential
    return (
        round(PERCENT * sum(name in facts for name in essential) / len(essential), 1)
        if essential
        else float(PERCENT)
    )
