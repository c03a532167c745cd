"""Staff: a step for each operating class in use, shared by all workloads in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MONTHS_A_YEAR: Final = 12
STAFFING: Final = {
    "2p": "fte_class23",
    "2e": "fte_class23",
    "3": "fte_class23",
    "3r": "fte_class23",
    "4": "fte_class4",
    "5a": "fte_class5a",
    "5b": "fte_class5b",
}
STEP_OF: Final = {"2p": "23", "2e": "23", "3": "23", "3r": "23", "4": "4", "5a": "5a", "5b": "5b"}
OWN_MACHINES: Final = frozenset({"5a", "5b"})


def people_usd(variant: str, a: Mapping[str, Any], share: Any = 1.0, *, hire: bool = False) -> Any:
    """Dollars a month of the people behind a class, times the share this work carries of them.

    Where the team has to be hired first, own machines carry the whole smallest team instead of a share of one.
    """
    if variant not in STAFFING:
        return 0.0
    if hire and variant in OWN_MACHINES:
        return a["team_cost_year"] / MONTHS_A_YEAR * share
    return a[STAFFING[variant]] * a["fte_cost"] / MONTHS_A_YEAR * share


def portfolio_people_usd(
    variants: Iterable[str | None], a: Mapping[str, float], *, hire: bool = False
) -> float:
    """The same for a whole portfolio: once for each operating class that is used at all, whoever uses it."""
    used = {STEP_OF[variant]: variant for variant in variants if variant in STAFFING}
    return sum(float(people_usd(variant, a, hire=hire)) for variant in used.values())
