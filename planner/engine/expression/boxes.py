"""Conditions as unions of boxes: which combinations of values satisfy them, exactly, with the algebra of sets.

A box names the cells (see `axes`) left to each input; an input it does not name is free. A region is a union of
boxes, which may overlap. Every answer agrees with `Expression.holds` for all values the inputs can take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression.axes import AnyAxis, axis_of
from planner.engine.expression.terms import ExpressionError
from planner.engine.expression.tree import All, Atom, Either, Negation, Node, Truth, atoms

if TYPE_CHECKING:
    from planner.engine.expression.axes import InputRange

Box = Mapping[str, int]
Region = tuple[Box, ...]

EVERYWHERE: Final[Region] = ({},)
NOWHERE: Final[Region] = ()
MOST_BOXES: Final = 1000
TOO_MANY: Final = (
    f"has more than {MOST_BOXES} alternatives once its or-parts are multiplied out; split the row"
)


@dataclass(frozen=True)
class Space:
    """The inputs a family of conditions reads, cut at everything these conditions ask."""

    axes: Mapping[str, AnyAxis]
    masks: dict[Atom, int] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, inputs: Mapping[str, InputRange], conditions: Iterable[Node]) -> Space:
        """The space of these conditions, their parameters replaced by values (`settled`)."""
        asked: dict[str, dict[Atom, None]] = {}
        for node in conditions:
            for atom in atoms(node):
                asked.setdefault(atom.name, {})[atom] = None
        return cls({name: axis_of(name, inputs[name], tests) for name, tests in asked.items()})

    def region(self, node: Node, holds: bool = True) -> Region:
        """Where a condition holds, or where it does not."""
        match node:
            case Truth(answer):
                return EVERYWHERE if answer is holds else NOWHERE
            case Negation(part):
                return self.region(part, not holds)
            case All(parts) | Either(parts):
                regions = [self.region(part, holds) for part in parts]
                if isinstance(node, All) is holds:
                    return reduce(self.meet, regions)
                return self.merged(box for region in regions for box in region)
            case _:
                return self._atom(node, holds)  # type: ignore[arg-type]  # settled: no switch and no check is left

    def _atom(self, atom: Atom, holds: bool) -> Region:
        if atom not in self.masks:
            self.masks[atom] = self.axes[atom.name].mask(atom)
        mask, full = self.masks[atom], self.axes[atom.name].full
        cells = mask if holds else full ^ mask
        return EVERYWHERE if cells == full else ({atom.name: cells},) if cells else NOWHERE

    def meet(self, one: Region, other: Region) -> Region:
        """Where both hold."""
        if EVERYWHERE in (one, other):
            return other if one == EVERYWHERE else one
        return self.merged(both for a in one for b in other if (both := common(a, b)) is not None)

    def without(self, one: Region, other: Region) -> Region:
        """Where the first holds and the second does not."""
        left = one
        for hole in other:
            left = _bounded([piece for box in left for piece in self._around(box, hole)])
        return left

    def complement(self, region: Region) -> Region:
        """Where it does not hold."""
        return self.without(EVERYWHERE, region)

    def inside(self, one: Region, other: Region) -> bool:
        """Whether the second holds wherever the first does."""
        return all(self._covered(box, other) for box in one)

    def _covered(self, box: Box, region: Region) -> bool:
        """Whether the box lies in the region; only with several boxes can it lie in none of them and yet in all."""
        if any(_within(box, around) for around in region):
            return True
        return len(region) > 1 and not self.without((box,), region)

    def contains(self, region: Region, values: Mapping[str, Any]) -> bool:
        """Whether these values are in it."""
        return any(
            all(self.axes[name].bit(values.get(name)) & mask for name, mask in box.items()) for box in region
        )

    def point(self, box: Box) -> dict[str, Any]:
        """A value for each input the box names, together in the box; known ones where there are any."""
        return {name: self.axes[name].point(mask) for name, mask in box.items()}

    def merged(self, boxes: Iterable[Box]) -> Region:
        """The same union in fewer boxes: those that differ in one input only become one."""
        region = _distinct(boxes)
        while len(region) > 1:
            before = len(region)
            for name in dict.fromkeys(name for box in region for name in box):
                region = self._merged_along(name, region)
            if len(region) == before:
                break
        return tuple(region)

    def _merged_along(self, name: str, region: list[Box]) -> list[Box]:
        alike: dict[Any, tuple[Box, int]] = {}
        for box in region:
            rest = {other: mask for other, mask in box.items() if other != name}
            _, cells = alike.get(_key(rest), (rest, 0))
            alike[_key(rest)] = rest, cells | box.get(name, self.axes[name].full)
        full = self.axes[name].full
        return [rest if cells == full else {**rest, name: cells} for rest, cells in alike.values()]

    def _around(self, box: Box, hole: Box) -> list[Box]:
        """The box without the hole, in pieces that do not overlap."""
        if common(box, hole) is None:
            return [box]
        pieces: list[Box] = []
        rest = dict(box)
        for name, mask in hole.items():
            cells = rest.get(name, self.axes[name].full)
            if cells & ~mask:
                pieces.append({**rest, name: cells & ~mask})
            rest[name] = cells & mask
        return pieces


def common(one: Box, other: Box) -> Box | None:
    """What two boxes share; None where they do not meet."""
    both = dict(one)
    for name, mask in other.items():
        cells = both.get(name, mask) & mask
        if not cells:
            return None
        both[name] = cells
    return both


def shared(one: Region, other: Region) -> Box | None:
    """The first box two regions share; None where they do not meet."""
    return next((both for a in one for b in other if (both := common(a, b)) is not None), None)


def _within(box: Box, around: Box) -> bool:
    return all(name in box and not box[name] & ~mask for name, mask in around.items())


def _key(box: Box) -> frozenset[tuple[str, int]]:
    return frozenset(box.items())


def _distinct(boxes: Iterable[Box]) -> list[Box]:
    found: dict[frozenset[tuple[str, int]], Box] = {}
    for box in boxes:
        found[_key(box)] = box
        if len(found) > MOST_BOXES:
            raise ExpressionError(TOO_MANY)
    return list(found.values())


def _bounded(boxes: list[Box]) -> Region:
    if len(boxes) > MOST_BOXES:
        raise ExpressionError(TOO_MANY)
    return tuple(boxes)
