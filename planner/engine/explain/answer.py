"""The answer in one sentence, and the reason in a second, for a segment and for a workload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.engine.explain.words import (
    capitalised,
    counted,
    listed,
    lower_first,
    money,
    placed,
    without_stop,
)
from planner.engine.vocabulary import CLASS_OF, Status

if TYPE_CHECKING:
    from planner.engine.decision import SegmentDecision, WorkloadDecision

NOWHERE = "nowhere"


def headline(decision: WorkloadDecision) -> str:
    """The class, or the classes of a hybrid with the largest share first."""
    ordered = sorted(decision.segments, key=lambda segment: -segment.share)
    classes = list(dict.fromkeys(CLASS_OF.get(segment.target or "", NOWHERE) for segment in ordered))
    return classes[0] if len(classes) == 1 else f"hybrid {' / '.join(classes)}"


def workload_sentence(decision: WorkloadDecision) -> str:
    """One segment speaks for the workload; several are listed with their shares."""
    if len(decision.segments) == 1:
        return segment_sentence(decision.segments[0])
    parts = [
        f"{segment.share:g} % on {placed(segment.target)}" for segment in decision.segments if segment.target
    ]
    homeless = [segment.name for segment in decision.segments if not segment.target]
    sentence = f"Run {listed(parts)}." if parts else ""
    if homeless:
        sentence += f" Nothing fits for {listed(homeless)}."
    return sentence.strip()


def segment_sentence(segment: SegmentDecision) -> str:
    """Where it may run today and where it should end up."""
    if segment.target is None:
        return "Nothing fits: no placement satisfies every rule."
    sentence = _where(segment)
    return f"Provisionally: {lower_first(sentence)}" if segment.status == Status.PROVISIONAL else sentence


def _where(segment: SegmentDecision) -> str:
    number = len(segment.gates_before(segment.target or ""))
    closed = f"{counted(number, 'gate')} {'is' if number == 1 else 'are'} closed"
    if segment.now is None:
        return f"Nothing may run today; {placed(segment.target)} is the target once {closed}."
    current = segment.reading.values["current_class"]
    verb = "Stay on" if current == CLASS_OF[segment.now] else "Run on"
    if segment.now == segment.target:
        return f"{verb} {placed(segment.now)}; that is also the target."
    return f"{verb} {placed(segment.now)} today; move to {placed(segment.target)} once {closed}."


def lede(segment: SegmentDecision) -> str:
    """Why: the rules that leave nothing, or the cost beside the nearest alternative."""
    if segment.target is None:
        return _why_nothing(segment)
    usd = segment.costs[segment.target].usd_month
    if usd is None:
        return f"What it costs is not known: {lower_first(segment.costs[segment.target].unknown or '')}"
    if len(segment.feasible) == 1:
        return f"It is the only placement the rules and the team leave, at {money(usd)}."
    return _beside(segment, usd)


def _beside(segment: SegmentDecision, usd: float) -> str:
    """The cost beside what is cheaper and set aside, or beside the next dearer one."""
    priced = sorted(
        (other, variant)
        for variant in segment.feasible
        if variant != segment.target and (other := segment.costs[variant].usd_month) is not None
    )
    cheaper = [each for each in priced if each[0] < usd]
    binding = [state.row for state in segment.choice.preferences if state.state == "binding"]
    if cheaper and binding:
        reason = lower_first(without_stop(binding[0].sentence))
        return (
            f"It costs {money(usd)}; {placed(cheaper[0][1])} would cost {money(cheaper[0][0])}, but {reason}."
        )
    dearer = [each for each in priced if money(each[0]) != money(usd) and each[0] > usd]
    if dearer:
        return f"It costs {money(usd)}; the next, {placed(dearer[0][1])}, costs {money(dearer[0][0])}."
    return f"It costs {money(usd)}, and nothing that fits costs less."


def _why_nothing(segment: SegmentDecision) -> str:
    """The rules of the smallest ways out say what stands in the way; without rules it is the gates."""
    decisive = {row.id: row for way in segment.relaxations for row in way.rows}
    if segment.allowed or not decisive:
        gates = list(
            dict.fromkeys(lower_first(row.label) for way in segment.relaxations for row in way.gates)
        )
        return f"What the rules leave has gates that nobody can close: {listed(gates)}."
    reasons = listed([lower_first(without_stop(row.sentence)) for row in decisive.values()])
    return f"{capitalised(reasons)}."
