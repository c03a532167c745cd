"""Staff: a step for each operating class in use, shared by all workloads in it, and hired where nobody is there."""

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
SMALLEST_TEAM: Final = "min_selfhost_fte"


def must_hire(values: Mapping[str, Any], a: Mapping[str, Any]) -> bool:
    """Whether people for machines of one's own have to be hired first: the team is smaller than the smallest."""
    return bool(values["selfhost_headcount"] < a[SMALLEST_TEAM])


def people_usd(variant: str, a: Mapping[str, Any], share: Any = 1.0, *, hire: bool = False) -> Any:
    """Dollars a month of the people behind a class, times the share this work carries of them.

    Where the team has to be hired first, own machines carry the whole smallest team instead of a share of one.
    """
    if variant not in STAFFING:
        return 0.0
    if hire and variant in OWN_MACHINES:
        return a["team_cost_year"] / MONTHS_A_YEAR * share
    return a[STAFFING[variant]] * a["fte_cost"] / MONTHS_A_YEAR * share


def classes_in_use(users: Iterable[tuple[str | None, bool]]) -> dict[str, bool]:
    """A placement of each operating class in use, and whether its people have to be hired. `users` are placements,
    each with whether that is so for who runs there; one of them is enough, since the people of a class are one team.
    """
    found: dict[str, tuple[str, bool]] = {}
    for variant, hire in users:
        if variant in STEP_OF:
            _, hired = found.get(STEP_OF[variant], (variant, False))
            found[STEP_OF[variant]] = variant, hired or hire
    return dict(found.values())


def portfolio_people_usd(users: Iterable[tuple[str | None, bool]], a: Mapping[str, Any]) -> Any:
    """Dollars a month for a whole portfolio: once for each operating class in use, whoever uses it."""
    return sum(people_usd(variant, a, hire=hire) for variant, hire in classes_in_use(users).items())
