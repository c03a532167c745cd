"""Facts nobody has supplied: what is assumed for them, and whether an answer could change the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from planner.engine.decision import UnknownFact
from planner.engine.facts import Fact, Value
from planner.engine.vocabulary import CLASS_OF, Kind

if TYPE_CHECKING:
    from planner.engine.policy import Input, Policy
    from planner.engine.reading import Reading

Answer = tuple[str | None, str | None]
Ask = Callable[[Mapping[str, Fact]], Answer]
MAX_VALUES = 12  # a longer list is a question about another fact that sums it up


def unknown_facts(policy: Policy, reading: Reading, ask: Ask) -> tuple[UnknownFact, ...]:
    """The open questions that matter, in the order of the policy.

    A fact the policy refuses to assume keeps the decision provisional, unless all its possible values lead to the
    same answer. For every other essential fact the assumption stands and what it hides is shown.
    """
    missing = [
        declared
        for declared in policy.inputs.values()
        if (declared.essential or declared.blocks) and not reading.knows(declared.name)
    ]
    baseline = ask({}) if missing else None
    return tuple(_unknown(declared, baseline, ask) for declared in missing)


def _unknown(declared: Input, baseline: Answer | None, ask: Ask) -> UnknownFact:
    answers = {value: ask({declared.name: Fact(value, "assumed")}) for value in _completions(declared)}
    differing = {_target(answer) for answer in answers.values() if answer != baseline}
    settled = bool(answers) and declared.type != Kind.SET and not differing
    return UnknownFact(declared.name, declared.blocks and not settled, tuple(sorted(differing)))


def _target(answer: Answer) -> str:
    return CLASS_OF.get(answer[1] or "", "none")


def _completions(declared: Input) -> tuple[Value, ...]:
    """The values a fact could take, where they can be listed."""
    if declared.type == Kind.BOOL:
        return (False, True)
    if declared.type == Kind.ENUM and len(declared.values) <= MAX_VALUES:
        return declared.values
    if declared.type == Kind.SET:
        return tuple(frozenset({value}) for value in declared.values)
    return ()
