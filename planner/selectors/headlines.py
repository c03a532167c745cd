"""The first sentence of each portfolio page: computed, in words a board understands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.engine.outlook.portfolio import TARGET, TODAY
from planner.selectors.standing import Posture
from planner.selectors.words import count_of, listed, usd

if TYPE_CHECKING:
    from datetime import date

    from planner.selectors.portfolio import Portfolio
    from planner.selectors.roadmap import Roadmap
    from planner.selectors.spending import Spending
    from planner.selectors.watch import Watch


def portfolio_headline(portfolio: Portfolio) -> str:
    total = len(portfolio.standings)
    if not total:
        return "Nothing is decided yet."
    stay = portfolio.count(Posture.STAY)
    start = portfolio.count(Posture.START)
    blocked = portfolio.count(Posture.BLOCKED)
    move = len(portfolio.moving)
    parts = [f"{move} should move" if move else "none has to move"]
    if start:
        parts.append(f"{start} {_have(start)} a place to start")
    if blocked:
        parts.append(f"{blocked} may run nowhere today")
    return f"{stay} of {count_of(total, 'workload')} {_are(stay)} where {_they(stay)}; {listed(parts)}."


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _they(number: int) -> str:
    return "it belongs" if number == 1 else "they belong"


def portfolio_lede(portfolio: Portfolio, spending: Spending, done_by: date | None) -> str:
    """What moving takes spend from and to, by when, and what it closes."""
    if not portfolio.standings:
        return "Start a plan: it decides every registered workload with today's facts, prices and policy."
    money = _spend_words(spending, f" by {done_by:%B %Y}" if done_by and portfolio.moving else "")
    exposed = portfolio.count("exposed")
    if not exposed:
        return f"{money}. Nothing runs today where its data may not go."
    return f"{money}. {count_of(exposed, 'workload')} {'runs' if exposed == 1 else 'run'} today where the data may not go."


def _spend_words(spending: Spending, when: str) -> str:
    """Of the workloads that can be compared, which are counted where they are not all."""
    if not spending.compared:
        return (
            "What moving saves is not known yet: no workload has both a measured bill and a price at target"
        )
    goes = "goes" if spending.saved >= 0 else "rises"
    some, every = len(spending.compared), count_of(len(spending.standings), "workload")
    of = f", for the {some} of {every} with a measured bill and a price at target" if spending.unknown else ""
    return (
        f"With every workload at its target, spend {goes} from {usd(spending.today)} to about "
        f"{usd(spending.target)} a month at the planning price{when}{of}"
    )


def in_full_words(now: dict[str, Any] | None) -> str:
    """What the portfolio costs with everything, beside the planning price; empty while no outlook says so."""
    if not now:
        return ""
    today, target = now[TODAY]["usd"], now[TARGET]["usd"]
    return f" In full, people, peaks and spare machines included, that is {usd(today)} today and {usd(target)} at target."


def roadmap_headline(roadmap: Roadmap) -> str:
    moves = len(roadmap.moving)
    if not moves:
        return "No workload has to move."
    done_by = f", done by {roadmap.ends:%B %Y}" if roadmap.ends else ""
    shared = len(roadmap.shared)
    opens = (
        f" {count_of(shared, 'shared step')} {'opens' if shared == 1 else 'open'} the way." if shared else ""
    )
    rounds = f" in {count_of(roadmap.waves, 'wave')}" if roadmap.waves else ""
    return f"{count_of(moves, 'move')}{rounds}{done_by}.{opens}"


def roadmap_lede(roadmap: Roadmap) -> str:
    undated = len(roadmap.undated)
    rule = f"{roadmap.order} Nothing here is committed yet.".strip()
    if not undated:
        return rule
    waits = "waits" if undated == 1 else "wait"
    return f"{undated} of them {waits} for an approval, an answer or a person before any date can be given. {rule}"


def watch_headline(watch: Watch) -> str:
    unconfirmed, near = (len(watch.of(state)) for state in ("unconfirmed", "near"))
    confirmed = watch.asking
    if not watch.triggers:
        return "Nothing is watched yet."
    first = (
        f"{count_of(confirmed, 'trigger')} {'needs' if confirmed == 1 else 'need'} an answer."
        if confirmed
        else "No trigger needs an answer."
    )
    rest = f" {unconfirmed} more fired that the economics do not confirm." if unconfirmed else ""
    return f"{first}{rest}{f' {near} {_are(near)} near.' if near else ''}"
