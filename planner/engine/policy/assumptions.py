"""The figures economics is worked out with, on one day; some of them may be asked for otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.engine.policy.load import load_policy

if TYPE_CHECKING:
    from datetime import date

    from planner.engine.policy.load import Policy
    from planner.engine.policy.parameters import Reference


class UnknownAssumptionError(KeyError):
    """A figure the policy does not have: an older policy, or a name nobody knows."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"This policy has no parameter {self.name!r}: add it, or plan with a newer policy."


@dataclass(frozen=True, slots=True)
class Assumption:
    """One figure with its range and who says so. `changed` is set where somebody asked "what if" instead, `shipped`
    where the policy in force is older than the figure and the one that comes with the program speaks for it.
    """

    name: str
    label: str
    unit: str
    value: float
    low: float | None
    high: float | None
    guess: bool
    reference: Reference
    changed: bool = False
    shipped: bool = False


@dataclass(frozen=True)
class Assumptions(Mapping[str, float]):
    """Every number of a policy by name; `figures` has each with its range and source."""

    figures: Mapping[str, Assumption]

    @classmethod
    def of(cls, policy: Policy, as_of: date) -> Assumptions:
        """The numbers of a policy that are in force on a day, and the shipped ones it does not have yet."""
        own, shipped = _numbers(policy, as_of), load_policy()
        if policy.sha == shipped.sha:
            return cls(own)
        lent = {
            name: replace(each, shipped=True)
            for name, each in _numbers(shipped, as_of).items()
            if name not in policy.parameters
        }
        return cls(lent | own)

    def __getitem__(self, name: str) -> float:
        try:
            return self.figures[name].value
        except KeyError:
            raise UnknownAssumptionError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.figures)

    def __len__(self) -> int:
        return len(self.figures)

    def having(self, changes: Mapping[str, float]) -> Assumptions:
        """The same figures with some of them set otherwise, and marked so."""
        for name in changes:
            if name not in self.figures:
                raise UnknownAssumptionError(name)
        changed = {
            name: replace(self.figures[name], value=float(value), changed=True)
            for name, value in changes.items()
            if value != self.figures[name].value
        }
        return Assumptions({**self.figures, **changed})


def _numbers(policy: Policy, as_of: date) -> dict[str, Assumption]:
    figures = {}
    for name, parameter in policy.parameters.items():
        held = parameter.on(as_of)
        if isinstance(held.value, bool) or not isinstance(held.value, (int, float)):
            continue
        figures[name] = Assumption(
            name=name,
            label=parameter.label,
            unit=parameter.unit,
            value=float(held.value),
            low=held.low,
            high=held.high,
            guess=parameter.guess,
            reference=held.reference,
        )
    return figures
