"""What a full cost says of a decision: which placement costs least, by how much, and from which volume on another would."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from planner.engine.amounts import in_words
from planner.engine.costing.variants import WITHOUT_GPUS
from planner.engine.explain.costing import LABELS
from planner.engine.explain.words import capitalised, listed, money, placed
from planner.engine.vocabulary import CLASS_OF, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from planner.engine.costing import FullCost
    from planner.engine.costing.against import Against
    from planner.engine.costing.serving import Serving

MILLION: Final = 1_000_000
TEN: Final = 10
TOKENS: Final = "tokens/month"


def cheapest(costs: Mapping[str, FullCost], among: Collection[str]) -> str | None:
    """The placement that costs least in full; of equal ones the first. None where no cost is known."""
    known = [
        (usd, VARIANTS.index(variant), variant)
        for variant in among
        if (usd := costs[variant].usd_month) is not None
    ]
    return min(known)[2] if known else None


def headline(costs: Mapping[str, FullCost], feasible: Collection[str], target: str | None) -> str:
    """Whether the full cost agrees with the decision, in one sentence."""
    least = cheapest(costs, feasible)
    if target is None:
        return "No placement is allowed, so there is nothing to compare."
    if costs[target].usd_month is None:
        return f"What {placed(target)} costs in full is not known. {costs[target].unknown}"
    if least == target:
        return (
            f"In full, {placed(target)} costs {money(costs[target].usd_month)}: the least of what is allowed."
        )
    if least is None:
        return "No placement that is allowed has a cost anybody knows."
    dearer = (costs[target].usd_month or 0) - (costs[least].usd_month or 0)
    return (
        f"In full, {placed(target)} costs {money(costs[target].usd_month)}; {placed(least)} would cost "
        f"{money(dearer)} less."
    )


def why_not_the_cheapest(
    costs: Mapping[str, FullCost], feasible: Collection[str], target: str | None, aside: Mapping[str, str]
) -> str:
    """Why the decision does not take what costs least in full; empty where it does, or nobody can tell."""
    least = cheapest(costs, feasible)
    if target is None or least in (None, target) or costs[target].usd_month is None:
        return ""
    return aside.get(least or "") or "It is allowed too: decisions compare the planning price."


def difference(variant: str, costs: Mapping[str, FullCost], comparator: str, found: Against | None) -> str:
    """Class 4 would cost 3.1 times class 3 today; it breaks even at no volume against this price."""
    own, other = costs[variant].usd_month, costs[comparator].usd_month
    if own is None or other is None:
        unknown = variant if own is None else comparator
        return f"What {placed(unknown)} costs is not known. {costs[unknown].unknown}"
    sentence = f"{capitalised(placed(variant))} would cost {_ratio(own, other)} {placed(comparator)} today"
    if found is None:
        return f"{sentence}."
    reading = found.reading
    price = f"{costs[comparator].comparator} at ${reading.usd_mtok:,.3g} a million tokens"
    if math.isinf(reading.sustained_mtok_month):
        return (
            f"{sentence}; it breaks even at no volume against {price}: on any machines a replica at planned load costs "
            "more than the tokens it carries."
        )
    volume = in_words(reading.sustained_mtok_month * MILLION, TOKENS)
    return (
        f"{sentence}; it breaks even from {volume} on against {price}{_elsewhere(costs[variant], found.way)}."
    )


def _elsewhere(cost: FullCost, way: Serving | None) -> str:
    """What it runs on then, where that is not what is cheapest today."""
    if way == cost.serving:
        return ""
    return f", then on {way.gpus} x {way.gpu} with {way.model}" if way else f", then on {WITHOUT_GPUS}"


def why_it_wins(
    costs: Mapping[str, FullCost], feasible: Collection[str], comparator: str, target: str | None
) -> str:
    """In one sentence, why the comparator wins or does not; what is not the target wins on cost alone."""
    usd = costs[comparator].usd_month
    if usd is None:
        return f"Whether {placed(comparator)} wins is not known. {costs[comparator].unknown}"
    name = capitalised(placed(comparator))
    if comparator not in feasible:
        return f"{name} would cost {money(usd)}, but is not allowed here."
    rivals = [each for each in feasible if CLASS_OF[each] != CLASS_OF[comparator]]
    if not rivals:
        return f"{name} costs {money(usd)}, and no other class is allowed here."
    least = cheapest(costs, rivals)
    if least is None:
        return f"{name} costs {money(usd)}; what the other classes that are allowed cost is not known."
    other = costs[least].usd_month or 0.0
    if other < usd:
        return (
            f"{name} does not win: it costs {money(usd)}, {placed(least)} {money(other)}; "
            f"{_most(costs[comparator])}."
        )
    wins = "wins" if CLASS_OF[comparator] == CLASS_OF.get(target or "") else "would win on cost alone"
    tie = "no more than" if other == usd else "less than"
    return f"{name} {wins}: at {money(usd)} it costs {tie} {placed(least)} at {money(other)}, {_most(costs[least])}."


def _most(cost: FullCost) -> str:
    """The two largest things that are paid for, and whether they are most of the cost."""
    paid = [(key, usd) for key, usd in cost.terms.items() if usd > 0]
    largest = sorted(paid, key=lambda term: -term[1])[:2]
    parts = listed([f"{LABELS[key].lower()} {money(usd)}" for key, usd in largest])
    most = 2 * sum(usd for _, usd in largest) > (cost.usd_month or 0)
    return f"most of which is {parts}" if most else f"first of all {parts}"


def _ratio(own: float, other: float) -> str:
    """How many times the other amount."""
    if other == 0:
        return f"{money(own)} against nothing for"
    ratio = own / other
    return f"{ratio:,.0f} times" if ratio >= TEN else f"{ratio:.2g} times"


def use_words(needed: float, reached: float) -> str:
    """How full a replica has to be on average to cost what its tokens would, beside how full it gets."""
    if needed > 1:
        return f"never, {reached:.0%} is reached"
    return f"{needed:.0%}, {reached:.0%} is reached"


def volume_sentence(comparator: str) -> str:
    """What the lines over volume show."""
    return (
        f"Dollars a month over tokens a month, {placed(comparator)} as the thick line, without the people behind it, whom "
        "others use as well; a diamond marks where machines get cheaper for good. Machines are those that are cheapest at "
        "each volume and come in whole replicas, so their lines go in steps."
    )
