"""The states of a trigger over time: laws that hold for every history."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from planner.engine.facts import Past
from planner.engine.triggers import FIRED, NEAR, NOT_EVALUATED, RESOLVED, as_data, as_past
from planner.engine.triggers.advance import Stand, Sustain, advance
from planner.engine.triggers.found import Found, Gap, passed

DAY = date(2026, 1, 5)  # a Monday
FIRE, CLEAR, SHOWN = 100.0, 90.0, 30
VALUES = st.floats(0, 200)
TWO_OF_FOUR = Sustain(2, 4, "week")


def found(value: float | None, *, below: bool = False) -> Found:
    near, clear = (120.0, 110.0) if below else (80.0, CLEAR)
    if value is None:
        gap = Gap("unknown", ("tokens_month",))
        return Found(None, near, FIRE, clear, below, None, cleared=False, close=False, gap=gap)
    crossed, close = (passed(value, level, below=below) for level in (FIRE, near))
    return Found(value, near, FIRE, clear, below, crossed, not passed(value, clear, below=below), close)


def walk(
    values: list[float | None],
    sustain: Sustain = Sustain(),  # noqa: B008  a value, never changed
    step: timedelta = timedelta(weeks=1),
) -> list[Stand]:
    """The states of one reading after another, each fed with what the last one left."""
    past, stands = None, []
    for number, value in enumerate(values):
        day, reading = DAY + number * step, found(value)
        stand = advance(past, reading, sustain, SHOWN, day)
        stands.append(stand)
        past = after(past, stand, reading, day)
    return stands


def after(past: Past | None, stand: Stand, reading: Found, day: date) -> Past | None:
    if reading.crossed is None or stand.since is None:
        return past
    return Past(stand.state, stand.since, (*(past.crossings if past else ()), (day, reading.crossed)))


@given(st.lists(st.floats(CLEAR, 200), min_size=1), st.sampled_from([Sustain(), TWO_OF_FOUR]))
def test_between_clear_and_fire_nothing_flaps(values: list[float], sustain: Sustain) -> None:
    stands = walk([FIRE, FIRE, *values], sustain)
    assert {stand.state for stand in stands[1:]} == {FIRED}
    assert len({stand.since for stand in stands[1:]}) == 1


@given(st.lists(VALUES, min_size=1))
def test_it_is_resolved_only_after_it_fired_and_below_the_clear_level(values: list[float]) -> None:
    stands = walk(list(values))
    for before, now, value in zip(stands, stands[1:], values[1:], strict=False):
        if now.state == RESOLVED and before.state != RESOLVED:
            assert (before.state, value < CLEAR) == (FIRED, True)


@given(st.lists(st.booleans(), min_size=1, max_size=20), st.integers(1, 4), st.integers(0, 3))
def test_it_fires_first_when_enough_of_the_last_periods_were_past_the_level(
    crossed: list[bool], n: int, more: int
) -> None:
    of = n + more
    stands = walk([FIRE if each else 10.0 for each in crossed], Sustain(n, of, "week"))
    counts = [sum(crossed[max(0, at - of + 1) : at + 1]) for at in range(len(crossed))]
    assert [stand.count for stand in stands] == counts
    first = next((at for at, stand in enumerate(stands) if stand.state == FIRED), None)
    expected = next((at for at, many in enumerate(counts) if many >= n and crossed[at]), None)
    assert first == expected


def test_many_readings_in_one_period_count_once() -> None:
    stands = walk([FIRE] * 7, TWO_OF_FOUR, timedelta(days=1))
    assert {(stand.state, stand.count) for stand in stands} == {(NEAR, 1)}
    assert walk([FIRE] * 8, TWO_OF_FOUR, timedelta(days=1))[-1].state == FIRED


def test_the_last_reading_of_a_period_counts_for_it() -> None:
    stands = walk([FIRE, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, FIRE], TWO_OF_FOUR, timedelta(days=1))
    assert (stands[-1].state, stands[-1].count) == (NEAR, 1)


def test_months_follow_the_calendar() -> None:
    history = Past(NEAR, date(2025, 11, 30), ((date(2025, 11, 30), True), (date(2025, 12, 1), True)))
    stand = advance(history, found(FIRE), Sustain(3, 3, "month"), SHOWN, date(2026, 1, 31))
    assert (stand.state, stand.count) == (FIRED, 3)


def test_a_period_nobody_looked_at_counts_as_none() -> None:
    history = Past(NEAR, DAY, ((DAY, True),))
    stand = advance(history, found(FIRE), TWO_OF_FOUR, SHOWN, DAY + timedelta(weeks=4))
    assert (stand.state, stand.count) == (NEAR, 1)


@given(st.lists(st.one_of(st.none(), VALUES), min_size=2))
def test_a_gap_in_the_readings_changes_nothing_afterwards(values: list[float | None]) -> None:
    without = [value for value in values if value is not None]
    stands = walk(values, step=timedelta(0))
    seen = [stand.state for stand in stands if stand.state != NOT_EVALUATED]
    assert seen == [stand.state for stand in walk(list(without), step=timedelta(0))]


@given(VALUES, VALUES)
def test_a_level_from_above_is_the_mirror_of_one_from_below(first: float, second: float) -> None:
    rising = walk([first, second])
    past = None
    for number, value in enumerate([200 - first, 200 - second]):
        # 200 - x turns fire 100, near 80 and clear 90 into 100, 120 and 110; at the level itself one side is open
        if value in (FIRE, 110.0, 120.0):
            return
        reading, day = found(value, below=True), DAY + timedelta(weeks=number)
        stand = advance(past, reading, Sustain(), SHOWN, day)
        past = after(past, stand, reading, day)
        assert stand == rising[number]


def test_resolved_is_shown_for_a_month_and_can_fire_again() -> None:
    assert [stand.state for stand in walk([FIRE, 10.0, 85.0, 10.0, 10.0, 10.0, 85.0, FIRE])] == [
        "fired", "resolved", "resolved", "resolved", "resolved", "resolved", "near", "fired",
    ]  # fmt: skip


@given(
    st.builds(
        Past,
        st.sampled_from([NEAR, FIRED, RESOLVED]),
        st.dates(),
        st.lists(st.tuples(st.dates(), st.booleans())).map(tuple),
    )
)
def test_history_goes_through_data_unchanged(past: Past) -> None:
    assert as_past(as_data(past)) == past
