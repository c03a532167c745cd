"""Every statement of the guides has a row or a reason, and the account notices when one is lost."""

from __future__ import annotations

from planner.engine import load_policy

STATEMENTS, CANONICAL = 364, 237


def test_the_guides_are_there_whole() -> None:
    statements = load_policy().statements.values()
    assert (len(statements), sum(each.canonical for each in statements)) == (STATEMENTS, CANONICAL)
    assert {each.source.document for each in statements} == {"000", "001", "002", "003", "004"}
