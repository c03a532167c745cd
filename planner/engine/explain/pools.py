"""A pool of machines as a record keeps it and as sentences say it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from planner.engine.amounts import in_words
from planner.engine.explain.words import counted, money

if TYPE_CHECKING:
    from planner.engine.outlook.shared import Shared
    from planner.engine.policy import Assumptions

MILLION: Final = 1_000_000
TOKENS: Final = "tokens/month"
CENTS: Final = 2
PLACES: Final = 4  # of replicas and shares


def pool_entry(found: Shared, a: Assumptions) -> dict[str, Any]:
    """The pool for a record: its size, its hours, its bill, its members, and its bill over volume."""
    return {
        "variant": found.variant,
        "name": found.name,
        "replicas": found.replicas,
        "spare": found.spare,
        "busiest_hour": found.busiest_hour,
        "use": round(found.use, PLACES),
        "usd_month": round(found.usd_month, CENTS),
        "fixed_usd": round(found.fixed_usd_month, CENTS),
        "people_usd": round(found.people_usd_month, CENTS),
        "parts": [list(each.part) for each in found.parts],
        "members": [_member(found, place) for place in range(len(found.parts))],
        "even": pool_sentence(found),
        "even_tokens": _even_tokens(found),
        "over_volume": _over_volume(found, a),
    }


def _member(found: Shared, place: int) -> dict[str, Any]:
    part, own, paid = found.parts[place], found.own_usd[place], found.paid_usd[place]
    work = part.answer.work
    return {
        "tokens_month": None if work is None else round(work.tokens_month),
        "hours": [round(float(load), PLACES) for load in found.loads[place]],
        "alone_replicas": found.alone_replicas[place],
        "target": part.target,
        "target_with": part.costs[part.target].comparator,
        "target_usd": None if own is None else round(own, CENTS),
        "by_token_usd": None if paid is None else round(paid, CENTS),
    }


def _over_volume(found: Shared, a: Assumptions) -> dict[str, list[float]] | None:
    """Columns for a chart, four figures each; None where a price or a volume is not known."""
    over = found.over_volume(a)
    if over is None:
        return None
    named = zip(("tokens_month", "pool_usd", "by_token_usd"), over, strict=True)
    return {name: [float(f"{each:.4g}") for each in column] for name, column in named}


def pool_sentence(found: Shared) -> str:
    """From which volume on a pool would pay against the price by the token, whether or not its parts may pay so."""
    even = found.break_even
    if even is None:
        return "Its break-even is not known: a part has no price by the token, or no volume."
    price = f"the open models' price by the token, ${even.usd_mtok:,.3g} a million"
    if math.isinf(even.sustained_mtok_month):
        return f"Never cheaper than {price}: a replica at planned load costs more than the tokens it carries."
    volume = in_words(even.sustained_mtok_month * MILLION, TOKENS)
    return f"Cheaper than {price} from {volume} on; its parts ask for {in_words(found.tokens_month, TOKENS)}."


def sharing_sentence(entry: dict[str, Any]) -> str:
    """What a recorded pool costs beside what its members would pay for machines of their own."""
    members = entry["members"]
    spare = f", {counted(entry['spare'], '').strip()} of them spare" if entry["spare"] else ""
    size = f"{counted(entry['replicas'], 'replica')}{spare}, for {money(entry['usd_month'])} without people"
    if len(members) == 1:
        return f"One part has it to itself: {size}."
    known = [each["target_usd"] for each in members if each["target_usd"] is not None]
    beside = money(sum(known)) if len(known) == len(members) else "an unknown amount"
    return f"Shared by {counted(len(members), 'part')}: {size}; each by itself at its target they would pay {beside}."


def _even_tokens(found: Shared) -> float | None:
    """The break-even volume; None where it is never reached or not known."""
    even = found.break_even
    if even is None or not math.isfinite(even.sustained_mtok_month):
        return None
    return round(float(even.sustained_mtok_month) * MILLION)
