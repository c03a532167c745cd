"""Guesses: every figure of a policy that nobody published, wherever it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from planner.engine.policy.load import Policy
    from planner.engine.policy.parameters import Figure, Reference
    from planner.engine.policy.tiers import Tier

WHOSE: Final = {
    "managed": "dedicated machines of a provider",
    "rented": "rented machines",
    "owned": "own machines",
}


@dataclass(frozen=True, slots=True)
class Guess:
    """A figure to argue about: what it is of, its value, and the nearest thing to a source."""

    name: str
    label: str
    value: Figure
    unit: str
    reference: Reference


def guesses(policy: Policy, day: date) -> tuple[Guess, ...]:
    """The parameters that are guesses, and then the machines and models that are."""
    return (*_parameters(policy, day), *sizing_guesses(policy))


def sizing_guesses(policy: Policy) -> tuple[Guess, ...]:
    """What serves a difficulty, where nobody published that it does or how fast."""
    return tuple(guess for tier in policy.tiers.values() for guess in _tier(tier))


def _parameters(policy: Policy, day: date) -> Iterator[Guess]:
    for parameter in policy.parameters.values():
        if parameter.guess:
            held = parameter.on(day)
            yield Guess(parameter.name, parameter.label, held.value, parameter.unit, held.reference)


def _tier(tier: Tier) -> Iterator[Guess]:
    if tier.guess:
        models = ", ".join((*tier.closed, *tier.open))
        yield Guess(f"{tier.name}.models", f"Models compared for {tier.name} tasks", models, "", tier.source)
    for arrangement, shape in tier.shapes.items():
        if shape.guess:
            label = (
                f"Output of {shape.gpus} x {shape.gpu.upper()} for {tier.name} tasks, {WHOSE[arrangement]}"
            )
            speed = shape.tokens_per_second
            yield Guess(f"{tier.name}.{arrangement}", label, speed, "tokens/s", shape.source)
