"""Flips in words: what would have to be so, what it is now, and the answer then."""

from __future__ import annotations

from typing import Any

import pytest

from planner.engine.explain import flip_groups
from planner.engine.flips import Flip
from tests.engine.samples import POLICY


def flip(name: str, value: Any, to: Any, operator: str = "=", **over: Any) -> Flip:
    told = {"now": "3", "target": "3", "status": "decided", "group": "looser", "supplied_by": "architect"}
    return Flip(name=name, value=value, to=to, operator=operator, **{"distance_pct": None, **told, **over})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (flip("willing_to_hire", False, True), "Willing to hire: yes, no today"),
        (flip("tokens_month", 4e7, 1e8, ">="), "Tokens a month: at least 100M tokens a month, 40M tokens a month today"),
        (flip("tokens_month", 4e7, 1e8, ">", until=2e8), "Tokens a month: above 100M tokens a month and not beyond 200M tokens a month, 40M tokens a month today"),
        (flip("data_tags", frozenset({"phi"}), "phi", "-"), "Data tags: without Health data (PHI), Health data (PHI) today"),
        (flip("data_tags", frozenset({"phi"}), "pii", "+"), "Data tags: with Personal data (PII), Health data (PHI) today"),
        (flip("complexity", None, "frontier"), "Difficulty: Frontier only, not known today"),
    ],
)  # fmt: skip
def test_a_change_names_the_value_now_and_then(given: Flip, words: str) -> None:
    assert flip_groups(POLICY, [given])[0]["flips"][0]["change"] == words


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({}, "An open-weight API, at once."),
        ({"target": None, "now": None}, "Nothing would fit."),
        ({"now": None}, "An open-weight API, once its gates are closed; nothing until then."),
        ({"now": "2e"}, "An open-weight API, once its gates are closed; a closed API in an enterprise tenant until then."),
        ({"status": "provisional"}, "Provisionally: an open-weight API, at once."),
    ],
)  # fmt: skip
def test_the_answer_then_is_a_sentence(over: Any, words: str) -> None:
    assert flip_groups(POLICY, [flip("stage", "mvp", "poc", **over)])[0]["flips"][0]["then"] == words


def test_flips_stand_under_what_they_would_do() -> None:
    near = flip("tokens_month", 4e7, 1e8, ">", group="on_course", distance_pct=150.0)
    groups = flip_groups(POLICY, [near, flip("stage", "mvp", "poc", group="stricter")])
    assert [(each["label"], len(each["flips"])) for each in groups] == [
        ("Would allow less sovereignty", 0),
        ("Would force more", 1),
        ("Numbers on course to cross", 1),
    ]
    assert groups[2]["flips"][0]["distance"] == "+150 %"
    assert groups[1]["flips"][0]["distance"] == ""
