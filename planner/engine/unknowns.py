"""Facts nobody has supplied: what is assumed for them, what their answers would change, and which to ask for first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, product
from math import inf, prod
from typing import TYPE_CHECKING, Any, Final

from planner.engine.decision import Question, UnknownFact
from planner.engine.expression.tree import Comparison, Figure, atoms
from planner.engine.facts import Fact, Value
from planner.engine.vocabulary import CLASS_OF, Kind, Source

if TYPE_CHECKING:
    from planner.engine.policy import Input, Policy
    from planner.engine.reading import Reading

Answer = tuple[str | None, str | None]
Answers = dict[Value, Answer]
Ask = Callable[[Mapping[str, Fact]], Answer]
MAX_VALUES: Final = 12  # a longer list is a question about another fact that sums it up
MAX_TOGETHER: Final = 64  # combinations of answers that are tried
DECIDING: Final = ("constraints", "preferences", "gates")
LISTED: Final = (Kind.BOOL, Kind.ENUM)


def open_questions(
    policy: Policy, figures: Mapping[str, Any], reading: Reading, ask: Ask
) -> tuple[tuple[UnknownFact, ...], Question | None]:
    """The open questions that matter, in the order of the policy, and the one whose answer settles most.

    A fact the policy refuses to assume keeps the decision provisional, unless all its possible values, together
    with those of the others that matter, lead to the same answer. For every other essential fact the assumption
    stands and what it hides is shown.
    """
    missing = [
        declared
        for declared in policy.inputs.values()
        if (declared.essential or declared.blocks) and not reading.knows(declared.name)
    ]
    if not missing:
        return (), None
    baseline = ask({})
    alone = {
        declared.name: {
            value: ask(_given({declared.name: value})) for value in _values(policy, figures, declared)
        }
        for declared in missing
    }
    together = _together(missing, alone, ask)
    facts = tuple(_unknown(declared, alone[declared.name], baseline, together) for declared in missing)
    return facts, _question(facts, together)


def _given(values: Mapping[str, Value]) -> dict[str, Fact]:
    return {name: Fact(value, Source.ASSUMED) for name, value in values.items()}


def _unknown(declared: Input, answers: Answers, baseline: Answer, together: Together) -> UnknownFact:
    differing = {_class(answer) for answer in answers.values() if answer != baseline}
    exhausted = bool(answers) and declared.type in LISTED
    settled = exhausted and not differing and not together.hangs_on(declared.name)
    outcomes = tuple((value, answer[1]) for value, answer in answers.items())
    return UnknownFact(declared.name, declared.blocks and not settled, tuple(sorted(differing)), outcomes)


def _class(answer: Answer) -> str:
    return CLASS_OF.get(answer[1] or "", "none")


def _question(facts: Sequence[UnknownFact], together: Together) -> Question | None:
    """What stops the answer comes first; then the fact that leaves the fewest answers possible on average."""
    pressing = [fact for fact in facts if fact.blocks or fact.answers or together.hangs_on(fact.name)]
    if not pressing:
        return None
    best = max(pressing, key=lambda fact: (fact.blocks, together.settles(fact.name)))
    return Question(best.name, together.settles(best.name), len(set(together.answers.values())))


class Together:
    """The answers of combinations: `names` are the facts combined, in the order of each combination."""

    def __init__(self, names: tuple[str, ...], answers: Mapping[tuple[Value, ...], Answer]) -> None:
        self.names = names
        self.answers = answers

    def hangs_on(self, name: str) -> bool:
        """Whether two combinations that differ in nothing but this fact lead to two answers."""
        if name not in self.names:
            return False
        place = self.names.index(name)
        seen: dict[tuple[Value, ...], Answer] = {}
        return any(
            seen.setdefault(combination[:place] + combination[place + 1 :], answer) != answer
            for combination, answer in self.answers.items()
        )

    def settles(self, name: str) -> float:
        """How many of the possible answers knowing this fact removes, on average over its values."""
        if name not in self.names:
            return 0.0
        place = self.names.index(name)
        left: dict[Value, set[Answer]] = {}
        for combination, answer in self.answers.items():
            left.setdefault(combination[place], set()).add(answer)
        return len(set(self.answers.values())) - sum(map(len, left.values())) / len(left)


def _together(missing: Sequence[Input], alone: Mapping[str, Answers], ask: Ask) -> Together:
    """What stops the answer, then what changes it alone, then the others, as many as can be combined."""
    whole = any(declared.blocks and declared.type in LISTED for declared in missing)
    tried = {each.name: _telling(each, alone[each.name], whole=whole) for each in missing}
    spread: dict[str, tuple[Value, ...]] = {}
    for declared in sorted(missing, key=lambda each: (not each.blocks, not _matters(alone[each.name]))):
        values = tried[declared.name]
        if len(values) > 1 and len(values) * prod(map(len, spread.values())) <= MAX_TOGETHER:
            spread[declared.name] = values
    combinations = product(*spread.values())
    answers = {each: ask(_given(dict(zip(spread, each, strict=True)))) for each in combinations}
    return Together(tuple(spread), answers)


def _matters(answers: Answers) -> bool:
    return len(set(answers.values())) > 1


def _telling(declared: Input, answers: Answers, *, whole: bool) -> tuple[Value, ...]:
    """One value for each answer it leads to alone; every value where a short list may stop the answer."""
    if whole and declared.type in LISTED:
        return tuple(answers)
    return tuple({answer: value for value, answer in answers.items()}.values())


def _values(policy: Policy, figures: Mapping[str, Any], declared: Input) -> tuple[Value, ...]:
    """The values a fact could take, or one on each side of every threshold that the policy holds it against."""
    if declared.type == Kind.BOOL:
        return (True, False)
    if declared.type == Kind.ENUM:
        return declared.values if len(declared.values) <= MAX_VALUES else ()
    if declared.type == Kind.SET:
        return tuple(frozenset({value}) for value in declared.values)
    return tuple(_between(declared, sorted(_thresholds(policy, figures, declared))))


def _thresholds(policy: Policy, figures: Mapping[str, Any], declared: Input) -> set[float]:
    """What conditions compare the fact with, and every published figure in its unit."""
    constants = _compared(policy).get(declared.name, frozenset())
    found = {figures[each.name] if isinstance(each, Figure) else each for each in constants}
    if "/" in declared.unit:
        alike = (name for name, each in policy.parameters.items() if each.unit == declared.unit)
        found |= {figures[name] for name in alike}
    return {float(each) for each in found}


@lru_cache(maxsize=8)
def _compared(policy: Policy) -> Mapping[str, frozenset[Any]]:
    """For each amount, the constants that the rows which decide compare it with."""
    found: dict[str, set[Any]] = {}
    for table in DECIDING:
        for expression in (each for row in policy.rows(table) for each in row.expressions.values()):
            for atom in atoms(expression.tree):
                if isinstance(atom, Comparison):
                    found.setdefault(atom.name, set()).add(atom.value)
    return {name: frozenset(constants) for name, constants in found.items()}


def _between(declared: Input, thresholds: Sequence[float]) -> Iterator[Value]:
    """A value below the lowest threshold, one between each two, and one above the highest."""
    if not thresholds:
        return
    around = (
        thresholds[0] / 2,
        *((low + high) / 2 for low, high in pairwise(thresholds)),
        thresholds[-1] * 2,
    )
    low = -inf if declared.minimum is None else declared.minimum
    high = inf if declared.maximum is None else declared.maximum
    for value in dict.fromkeys(min(max(each, low), high) for each in around):
        yield round(value) if declared.type == Kind.INT else value
