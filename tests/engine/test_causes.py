"""Why a later decision differs: groups of inputs replaced one at a time, and what changed."""

from __future__ import annotations

import copy
import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.engine import Fact, PriceSnapshot, SegmentInput, WorkloadInput, explain, record
from planner.engine.causes import Grounds, causes, groups_between, swapped
from planner.engine.policy import build_policy
from tests.engine.laws import examples
from tests.engine.samples import AS_OF, POLICY, PRICES, workload
from tests.engine.test_policy import documents
from tests.engine.test_properties import FACTS, LAWS


def with_policy(change: Any) -> Any:
    changed = documents()
    change(changed)
    return build_policy(changed)


def without_first_rule(changed: Any) -> None:
    changed["constraints"]["rows"].pop(0)


def dearer(times: int = 3, only: str = "") -> PriceSnapshot:
    """The reference prices, open models' tokens dearer."""
    offers = tuple(
        dataclasses.replace(
            offer,
            input_usd_per_mtok=offer.input_usd_per_mtok * times,
            output_usd_per_mtok=offer.output_usd_per_mtok * times,
        )
        if only in offer.id
        else offer
        for offer in PRICES.token_offers
    )
    return dataclasses.replace(PRICES, name="dearer", token_offers=offers, sha="dearer")


OTHER_POLICY = with_policy(without_first_rule)
DEARER = dearer()


def grounds(given_workload: Any = None, **over: Any) -> Grounds:
    return dataclasses.replace(Grounds(POLICY, given_workload or workload(), PRICES, AS_OF), **over)


def told(values: Any, source: str) -> Any:
    return {name: Fact(value, source) for name, value in values.items()}


SOURCES = st.sampled_from(["declared", "observed", "approved"])
SOME_FACTS = st.builds(told, FACTS, SOURCES)
PARTS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True)


class Brief(Grounds):
    """Grounds that a failing example can print."""

    def __repr__(self) -> str:
        return f"{self.policy.sha[:6]} {self.prices.name} {self.as_of} {self.workload}"


@st.composite
def any_grounds(draw: Any) -> Grounds:
    names = draw(PARTS)
    segments = tuple(
        SegmentInput(
            name,
            100 / len(names),
            draw(st.sampled_from(["approved", "proposed"])),
            draw(SOME_FACTS),
            draw(st.one_of(st.none(), SOME_FACTS)),
        )
        for name in names
    )
    return Brief(
        draw(st.sampled_from([POLICY, OTHER_POLICY])),
        WorkloadInput(draw(st.sampled_from(["one", "other"])), draw(SOME_FACTS), draw(SOME_FACTS), segments),
        draw(st.sampled_from([PRICES, DEARER])),
        draw(st.sampled_from([AS_OF, date(2027, 6, 1)])),
    )


@settings(LAWS, max_examples=examples(40))
@given(any_grounds(), any_grounds())
def test_replacing_every_group_gives_exactly_the_other(one: Grounds, other: Grounds) -> None:
    groups = groups_between(one, other)
    every = swapped(one, other, groups)
    assert every.identity == other.identity
    assert record(every.decide()) == record(other.decide())
    assert swapped(one, other, ()).identity == one.identity
    assert groups_between(one, one) == ()


@settings(LAWS, max_examples=examples(40))
@given(any_grounds(), any_grounds())
def test_effects_and_the_rest_add_up_and_one_group_explains_all(one: Grounds, other: Grounds) -> None:
    found = causes(one, other)
    if found.rest is not None:
        amounts = [*(effect.usd_month for effect in found.effects), found.rest]
        exact = max(
            0.01, 1e-9 * max(map(abs, amounts))
        )  # absurd volumes cost more than a float can count in cents
        assert sum(amounts) == pytest.approx(found.usd_month, abs=exact)
    if len(found.effects) == 1:
        assert not any(move.together for move in found.moves)
        assert not found.rest
    for move in found.moves:
        assert {*move.alone, *move.elsewhere} <= {effect.group for effect in found.effects}
        assert move.moved or not move.together
    entry = explain.causes_entry(found)
    sentences = [
        entry["sentence"],
        *(each["sentence"] for key in ("parts", "effects") for each in entry[key]),
    ]
    for sentence in sentences:
        assert sentence.endswith("."), sentence
        assert "None" not in sentence, sentence


@pytest.mark.parametrize(
    ("other", "group"),
    [
        (grounds(prices=DEARER), "prices"),
        (grounds(workload(tokens_month=900_000_000)), "declared"),
        (grounds(workload(data_tags=["phi"])), "classification"),
        (grounds(workload(classification="proposed")), "classification"),
        (grounds(workload(pending={"data_tags": ["phi"]})), "classification"),
        (grounds(workload({"ml_engineers": 9})), "declared"),
        (grounds(policy=OTHER_POLICY), "policy"),
        (grounds(as_of=date(2026, 3, 1)), "day"),
    ],
)
def test_a_change_belongs_to_its_group(other: Grounds, group: str) -> None:
    assert groups_between(grounds(), other) == (group,)


def test_a_measured_fact_is_usage_also_where_it_was_declared_before() -> None:
    first = workload()
    facts = {**first.segments[0].facts, "tokens_month": Fact(5_000_000_000, "observed", "proxy: 30 days")}
    measured = dataclasses.replace(first, segments=(dataclasses.replace(first.segments[0], facts=facts),))
    assert groups_between(grounds(first), grounds(measured)) == ("usage",)
    assert groups_between(grounds(measured), grounds(first)) == ("usage",)


def test_one_cause_is_named_with_its_answer_and_price() -> None:
    found = explain.causes_entry(causes(grounds(), grounds(workload(data_tags=["phi"]))))
    assert found["sentence"] == (
        "The answer was an open-weight API; it is a closed API in an enterprise tenant. "
        "It follows from the classification alone."
    )
    assert [(each["label"], each["sentence"]) for each in found["effects"]] == [
        ("Classification", "Alone, it leads to the new answer; it costs $189 a month more.")
    ]
    assert found["together"] is None
    (fact,) = found["facts"]
    assert (fact["label"], fact["before"]["words"], fact["after"]["words"]) == (
        POLICY.inputs["data_tags"].label,
        "Public",
        POLICY.inputs["data_tags"].labels["phi"],
    )
    assert {"DAT-243"} <= {row["id"] for row in found["rows"] if row["state"] == "fires"}


def test_what_only_the_combination_explains_is_called_together() -> None:
    """Twenty times the volume, or twenty times the price, keep the API; both make machines cheaper."""
    found = causes(grounds(), grounds(workload(tokens_month=6_000_000_000), prices=dearer(20)))
    assert [(move.before.target, move.after.target, move.together) for move in found.moves] == [
        ("3", "4", True)
    ]
    entry = explain.causes_entry(found)
    assert entry["sentence"] == (
        "The answer was an open-weight API; it is dedicated machines run by a provider. "
        "No single change leads there; only together do they."
    )
    assert [effect["sentence"] for effect in entry["effects"]] == [
        "Alone, it changes no answer; it costs $328 a month more.",
        "Alone, it changes no answer; it costs $328 a month more.",
    ]
    assert entry["together"]["usd_month"] == found.rest == 1188.75
    assert sum(effect.usd_month for effect in found.effects) + found.rest == found.usd_month == 1844.25
    assert entry["together"]["sentence"] == (
        "Only the combination leads to the new answer; it adds $1,189 a month beyond what each does alone."
    )


def test_the_same_answer_says_what_happened_to_its_cost() -> None:
    found = explain.causes_entry(causes(grounds(), grounds(workload(tokens_month=310_000_000))))
    assert found["sentence"].startswith("The answer is the same; it costs $")
    assert found["sentence"].endswith(" more.")
    assert causes(grounds(), grounds()).effects == ()
    assert explain.causes_entry(causes(grounds(), grounds()))["sentence"].startswith("Nothing differs: ")


def test_a_price_that_changed_stands_beside_the_old_one() -> None:
    found = explain.causes_entry(causes(grounds(), grounds(prices=DEARER)))
    prices = {change["variant"]: (change["before"], change["after"]) for change in found["prices"]}
    assert "3" in prices
    before, after = prices["3"]
    assert before != after
    assert before.endswith("a million tokens")
    assert explain.causes_entry(causes(grounds(), grounds(workload(data_tags=["phi"]))))["prices"] == []


def test_an_offer_that_is_gone_is_no_comparable_price() -> None:
    gone = dataclasses.replace(PRICES, gpu_offers=(), sha="gone")
    found = explain.causes_entry(causes(grounds(), grounds(prices=gone)))
    assert {change["after"] for change in found["prices"]} == {"no comparable price"}
    back = explain.causes_entry(causes(grounds(prices=gone), grounds()))
    assert {change["before"] for change in back["prices"]} == {"no comparable price"}


def test_rows_that_are_new_gone_edited_or_apply_otherwise_are_told_apart() -> None:
    one = grounds(workload(data_tags=["phi"]))
    applying = {row.id for row in one.decide().segments[0].fired}
    name = min(applying)

    def edited(changed: Any) -> None:
        row = next(row for row in changed["constraints"]["rows"] if row["id"] == name)
        row["sentence"] += " Really."

    def renamed(changed: Any) -> None:
        row = next(row for row in changed["constraints"]["rows"] if row["id"] == name)
        changed["constraints"]["rows"].append(copy.deepcopy(row) | {"id": "NEW-1"})
        changed["constraints"]["rows"].remove(row)

    def states(policy: Any) -> Any:
        found = causes(one, dataclasses.replace(one, policy=policy))
        return {change.row.id: change.state for change in found.changes.rows}

    assert states(with_policy(edited)) == {name: "edited"}
    assert states(with_policy(renamed)) == {name: "gone", "NEW-1": "new"}
    other = causes(one, grounds())
    assert {change.state for change in other.changes.rows} <= {"fires", "rests"}
    assert applying - {row.id for row in grounds().decide().segments[0].fired} <= {
        change.row.id for change in other.changes.rows
    }


def test_a_figure_that_is_worth_something_else_is_listed() -> None:
    def changed(policy: Any) -> None:
        policy["parameters"]["parameters"]["team_cost_year"]["values"][-1]["value"] = 1

    found = explain.causes_entry(causes(grounds(), grounds(policy=with_policy(changed))))
    assert [figure["name"] for figure in found["figures"]] == ["team_cost_year"]
    assert found["figures"][0]["after"].startswith("$1")


def test_facts_that_one_policy_does_not_take_cannot_be_told_alone() -> None:
    def fewer(changed: Any) -> None:
        changed["inputs"]["inputs"]["answer_colour"] = {
            "label": "Colour",
            "type": "bool",
            "scope": "segment",
            "supplied_by": "architect",
            "unknown": False,
        }

    richer = with_policy(fewer)
    one = grounds()
    segment = dataclasses.replace(
        one.workload.segments[0], facts={**one.workload.segments[0].facts, "answer_colour": Fact(value=True)}
    )
    other = grounds(dataclasses.replace(one.workload, segments=(segment,)), policy=richer)
    effects = {effect.group: effect for effect in causes(one, other).effects}
    assert effects["declared"].answers is None
    assert effects["policy"].answers is not None
    entry = explain.causes_entry(causes(one, other))
    assert "does not fit" not in entry["sentence"]
    told_alone = {each["group"]: each["sentence"] for each in entry["effects"]}
    assert told_alone["declared"].startswith("Cannot be told alone")


def test_a_part_that_is_new_or_gone_is_a_move() -> None:
    one = grounds()
    segment = one.workload.segments[0]
    halves = (dataclasses.replace(segment, share=50), dataclasses.replace(segment, name="new", share=50))
    other = grounds(dataclasses.replace(one.workload, segments=halves))
    moves = {move.part: move for move in causes(one, other).moves}
    assert moves["new"].before is None
    assert moves["new"].alone == ("declared",)
    assert not moves["all"].moved
    assert {move.part: move.after for move in causes(other, one).moves}["new"] is None


def test_amounts_that_read_alike_are_written_out() -> None:
    found = explain.causes_entry(causes(grounds(), grounds(workload(tokens_month=300_000_001))))
    (fact,) = found["facts"]
    assert (fact["before"]["words"], fact["after"]["words"]) == ("300,000,000", "300,000,001")


def test_an_offer_in_another_currency_says_its_rate() -> None:
    def in_euro(rate: str) -> PriceSnapshot:
        offers = tuple(dataclasses.replace(offer, currency="EUR") for offer in PRICES.gpu_offers)
        return dataclasses.replace(PRICES, gpu_offers=offers, fx={"EUR": Decimal(rate)}, sha=rate)

    found = explain.causes_entry(causes(grounds(prices=in_euro("1.1")), grounds(prices=in_euro("1.2"))))
    assert any(change["after"].endswith(", at 1.2 dollars each") for change in found["prices"])
