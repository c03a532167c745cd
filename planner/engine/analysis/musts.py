"""Must-rows against each other: those that add nothing to others, and those that together leave no placement."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Final

from planner.engine.analysis.finding import Fault, Finding, Severity
from planner.engine.analysis.words import listed, region_in_words
from planner.engine.expression.boxes import NOWHERE, shared
from planner.engine.expression.writing import written
from planner.engine.vocabulary import VARIANTS, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planner.engine.analysis.mapped import Mapped
    from planner.engine.expression.boxes import Region
    from planner.engine.policy import Row

FILE: Final = "constraints.toml"
LAYERS: Final = ("integrity", "compliance", "quality", "latency")
Pair = frozenset[str]


def shadowed(mapped: Mapped) -> Iterator[Finding]:
    """Rows whose mask is already enforced, wherever they hold, by others of the same or an earlier layer."""
    rows = sorted(_drawn(mapped), key=lambda row: LAYERS.index(row.layer))
    for place, row in enumerate(rows):
        implied = [other for other in rows if _comparable(row, other) and _implies(mapped, row, other)]
        by = _enough(row, [other for other in implied if not _same(mapped, row, other, rows[:place])])
        if by:
            verbs = "holds too and leaves" if len(by) == 1 else "hold too and together leave"
            ids = [other.id for other in by]
            sentence = f"{row.id} adds nothing: wherever it holds, {listed(ids, 'and')} {verbs} no more."
            yield Finding(Fault.SHADOWED, Severity.WARNING, FILE, (row.id, *ids), "when", sentence)


def _comparable(row: Row, other: Row) -> bool:
    """Whether the other could stand in: not in a later layer, as firm, and taking away something the row does."""
    return (
        row is not other
        and LAYERS.index(other.layer) <= LAYERS.index(row.layer)
        and not (other.waivable and not row.waivable)
        and not (row.statutory and not other.statutory)
        and len(row.mask | other.mask) < len(VARIANTS)
    )


def _implies(mapped: Mapped, row: Row, other: Row) -> bool:
    """Whether the other holds wherever the row does."""
    return mapped.space.inside(mapped.region(row) or NOWHERE, mapped.region(other) or NOWHERE)


def _same(mapped: Mapped, row: Row, other: Row, earlier: Sequence[Row]) -> bool:
    """Whether both say the same and the other stands later: then it is the other that adds nothing."""
    return other not in earlier and other.mask == row.mask and _implies(mapped, other, row)


def _enough(row: Row, implied: Sequence[Row]) -> list[Row]:
    """Which of the implied rows take away all that the row does: one alone, else several; none if they do not."""
    alone = next((other for other in implied if other.mask <= row.mask), None)
    if alone:
        return [alone]
    left = frozenset(VARIANTS).intersection(*(other.mask for other in implied))
    return list(implied) if implied and left <= row.mask else []


def contradictions(mapped: Mapped) -> Iterator[Finding]:
    """Two rows, or three, that can hold at once and then leave no placement."""
    rows = _drawn(mapped)
    accepted = _accepted(rows)
    pairs = list(_pairs(mapped, rows))
    for one, other, both in pairs:
        if frozenset((one.id, other.id)) not in accepted:
            yield _contradiction(mapped, one, other, both)
    threes = _threes(mapped, rows)
    yield from _three_way(mapped, threes, accepted)
    found = {frozenset((one.id, other.id)) for one, other, _ in pairs}
    within = {frozenset(pair) for three in threes for pair in combinations((row.id for row in three), 2)}
    yield from _declared(mapped, rows, found | within)


def _drawn(mapped: Mapped) -> list[Row]:
    """The must-rows that can hold at all."""
    return [row for row in mapped.policy.rows("constraints") if mapped.region(row)]


def _accepted(rows: Sequence[Row]) -> set[Pair]:
    """The pairs the policy declares to contradict each other on purpose."""
    return {frozenset((row.id, other)) for row in rows for other in row.cell("contradicts", ())}


def _pairs(mapped: Mapped, rows: Sequence[Row]) -> Iterator[tuple[Row, Row, Region]]:
    for one, other in combinations(rows, 2):
        if one.mask.isdisjoint(other.mask):
            both = mapped.space.meet(mapped.region(one) or NOWHERE, mapped.region(other) or NOWHERE)
            if both != NOWHERE:
                yield one, other, both


def _contradiction(mapped: Mapped, one: Row, other: Row, both: Region) -> Finding:
    where = region_in_words(mapped.policy.inputs, mapped.space, both)
    return Finding(
        Fault.CONTRADICTION,
        Severity.WARNING,
        FILE,
        (one.id, other.id),
        "when",
        f"{one.id} and {other.id} can never both be met: one leaves {_placements(one)}, the other {_placements(other)}. "
        f"Both hold where {where}.",
        box=where,
        condition=written(mapped.space, both),
        add={"id": other.id, "contradicts": [*other.cell("contradicts", ()), one.id]},
    )


def _placements(row: Row) -> str:
    return listed(in_order(row.mask), "and")


def _threes(mapped: Mapped, rows: Sequence[Row]) -> list[tuple[Row, Row, Row]]:
    """Three rows of which any two leave something and all three nothing, and that can hold at once."""
    by_mask: dict[frozenset[str], list[Row]] = {}
    for row in rows:
        by_mask.setdefault(row.mask, []).append(row)
    meets: dict[tuple[str, str], bool] = {}
    found = []
    for a, b, c in combinations(by_mask, 3):
        if a & b and a & c and b & c and not a & b & c:
            found += [
                (x, y, z)
                for x in by_mask[a]
                for y in by_mask[b]
                if _meet(mapped, meets, x, y)
                for z in by_mask[c]
                if _meet(mapped, meets, x, z) and _meet(mapped, meets, y, z) and _together(mapped, (x, y, z))
            ]
    return found


def _meet(mapped: Mapped, known: dict[tuple[str, str], bool], one: Row, other: Row) -> bool:
    key = (one.id, other.id)
    if key not in known:
        regions = (mapped.region(one) or NOWHERE, mapped.region(other) or NOWHERE)
        known[key] = shared(*regions) is not None
    return known[key]


def _together(mapped: Mapped, rows: Sequence[Row]) -> Region:
    first, *others = (mapped.region(row) or NOWHERE for row in rows)
    for region in others:
        first = mapped.space.meet(first, region)
    return first


def _three_way(
    mapped: Mapped, threes: Sequence[tuple[Row, Row, Row]], accepted: set[Pair]
) -> Iterator[Finding]:
    """One finding for each two rows that leave so little that others take the rest."""
    rows = {row.id: row for three in threes for row in three}
    open_ones = [
        frozenset(row.id for row in three)
        for three in threes
        if not any(frozenset((one.id, other.id)) in accepted for one, other in combinations(three, 2))
    ]
    counts = Counter(pair for three in open_ones for pair in _pairs_in(three))
    groups: dict[tuple[str, str], list[str]] = {}
    for three in open_ones:
        pair = max(_pairs_in(three), key=lambda each: (counts[each], each))
        groups.setdefault(pair, []).extend(three - set(pair))
    for (one, other), thirds in groups.items():
        yield _leaves_little(mapped, rows, (one, other), sorted(thirds))


def _pairs_in(three: frozenset[str]) -> list[tuple[str, str]]:
    return list(combinations(sorted(three), 2))


def _leaves_little(
    mapped: Mapped, rows: Mapping[str, Row], pair: tuple[str, str], thirds: Sequence[str]
) -> Finding:
    one, other = (rows[each] for each in pair)
    left = listed(in_order(one.mask & other.mask), "and")
    where = _together(mapped, (one, other, rows[thirds[0]]))
    words = region_in_words(mapped.policy.inputs, mapped.space, where)
    return Finding(
        Fault.THREE_WAY,
        Severity.WARNING,
        FILE,
        (*pair, *thirds),
        "when",
        f"{one.id} and {other.id} together leave {left}, and {listed(thirds, 'or')} can take that too, "
        f"as where {words}.",
        box=words,
        condition=written(mapped.space, where),
        add={"id": other.id, "contradicts": [*other.cell("contradicts", ()), one.id]},
    )


def _declared(mapped: Mapped, rows: Sequence[Row], found: set[Pair]) -> Iterator[Finding]:
    """What the policy says of its own contradictions: how many it accepts, and which of them are none."""
    known = {row.id for row in mapped.policy.rows("constraints")}
    for row in rows:
        meant = 0
        for other in row.cell("contradicts", ()):
            if other not in known:
                sentence = f"{row.id} is said to contradict {other}, and there is no such row."
                yield Finding(Fault.ACCEPTED, Severity.ERROR, FILE, (row.id,), "contradicts", sentence)
            elif frozenset((row.id, other)) not in found:
                sentence = f"{row.id} is said to contradict {other}; they do not, so take it out."
                yield Finding(
                    Fault.ACCEPTED, Severity.WARNING, FILE, (row.id, other), "contradicts", sentence
                )
            else:
                meant += 1
        if meant:
            others = "1 other row" if meant == 1 else f"{meant} other rows"
            sentence = f"{row.id} leaves no placement together with {others}, and is meant to."
            yield Finding(Fault.ACCEPTED, Severity.NOTE, FILE, (row.id,), "contradicts", sentence)
