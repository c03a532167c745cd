"""A waiver lifts its own row until its last day, and nothing else ever."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine import Waiver, decide_workload, parse_workloads, record
from planner.engine.vocabulary import VARIANTS
from tests.engine.laws import examples
from tests.engine.samples import AS_OF, CASES, POLICY, PRICES, workload

RULES = {row.id: row for row in POLICY.rows("constraints")}


def decided(given_workload: Any) -> Any:
    return decide_workload(POLICY, given_workload, PRICES, AS_OF).segments[0]


def waived(given_workload: Any, *rows: str, until: Any = AS_OF, whole: bool = True) -> Any:
    """The workload with waivers of these rows, for all of it or for each part."""
    waivers = tuple(Waiver(row, until, "Rita", "A pilot.") for row in rows)
    if whole:
        return dataclasses.replace(given_workload, waivers=waivers)
    parts = tuple(dataclasses.replace(each, waivers=waivers) for each in given_workload.segments)
    return dataclasses.replace(given_workload, segments=parts)


HEALTH = workload(data_tags=["phi"], baa_signed=False)


@pytest.mark.parametrize("whole", [True, False])
def test_a_waived_row_does_not_fire_and_is_listed(whole: bool) -> None:
    before, after = decided(HEALTH), decided(waived(HEALTH, "DAT-243-BAA", whole=whole))
    assert "DAT-243-BAA" in [row.id for row in before.fired]
    assert [row.id for row in after.fired] == [row.id for row in before.fired if row.id != "DAT-243-BAA"]
    ((entry,),) = ([(each.row.id, each.waiver.granted_by) for each in after.waived],)
    assert entry == ("DAT-243-BAA", "Rita")
    assert "2e" in after.allowed
    assert "2e" not in before.allowed


def test_the_record_says_who_granted_it_until_when_and_what_it_lifts() -> None:
    content = record(decide_workload(POLICY, waived(HEALTH, "DAT-243-BAA"), PRICES, AS_OF))
    (entry,) = content["segments"][0]["waived"]
    assert (entry["row"]["id"], entry["granted_by"], entry["reason"]) == ("DAT-243-BAA", "Rita", "A pilot.")
    assert entry["sentence"].startswith(
        f"Waived until {AS_OF:%-d %b %Y}, granted by Rita: without a signed BAA"
    )


def test_a_waiver_counts_on_its_last_day_and_not_after() -> None:
    ended = decided(waived(HEALTH, "DAT-243-BAA", until=AS_OF - timedelta(days=1)))
    assert (ended.fired, ended.waived) == (decided(HEALTH).fired, ())


SEGMENTS = st.sampled_from([parse_workloads([case], POLICY)[0] for case in CASES])


@settings(max_examples=examples(300), deadline=None)
@given(SEGMENTS, st.sets(st.sampled_from(sorted(RULES)), max_size=4), st.integers(-2, 2))
def test_a_waiver_loosens_nothing_but_its_own_row(given_workload: Any, rows: set[str], days: int) -> None:
    """What is left is what the other fired rows leave; statutory rows and those without exceptions always count."""
    live = days >= 0
    lifted = {row for row in rows if live and RULES[row].waivable and not RULES[row].statutory}
    again = waived(given_workload, *sorted(rows), until=AS_OF + timedelta(days=days))
    for before, after in zip(
        decide_workload(POLICY, given_workload, PRICES, AS_OF).segments,
        decide_workload(POLICY, again, PRICES, AS_OF).segments,
        strict=True,
    ):
        counting = [row for row in before.fired if row.id not in lifted]
        assert list(after.fired) == counting
        assert set(after.allowed) == {v for v in VARIANTS if all(v in row.mask for row in counting)}
        assert {each.row.id for each in after.waived} == {row.id for row in before.fired} & lifted
        assert after.gates == before.gates
