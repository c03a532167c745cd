"""`manage.py bench engine` on few segments: every figure has a line, and the compared table is the policy's own."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command

from planner.engine import load_policy
from planner.management.bench import segments
from planner.management.bench.comparison import ROWS, forty
from tests.engine.samples import AS_OF


def test_every_figure_is_printed_beside_what_it_has_to_reach() -> None:
    out = StringIO()
    call_command("bench", "engine", "--segments", "40", "--times", "1", stdout=out)
    printed = out.getvalue()
    for figure in (
        "full decision, 40 segments",
        "over 12 months",
        "with its trace",
        "flips of one",
        "analysis of a policy of 400 rows",
        "golden",
    ):
        assert figure in printed
    assert "40 of 40 answers equal" in printed


def test_the_table_compared_with_is_made_of_the_policys_own_rows() -> None:
    policy = load_policy()
    rules = forty(policy, policy.figures(AS_OF))
    assert len(rules) == ROWS
    assert all(policy.rows(name.partition("/")[0]) for name in rules)


def test_the_same_seed_gives_the_same_segments() -> None:
    policy = load_policy()
    assert segments.many(policy, 30, seed=3) == segments.many(policy, 30, seed=3)
    assert segments.many(policy, 30, seed=3) != segments.many(policy, 30, seed=4)
