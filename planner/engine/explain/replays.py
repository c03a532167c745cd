"""What a replay found, in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from planner.engine.canonical import ABSENT

if TYPE_CHECKING:
    from planner.engine.canonical import Difference

AT_MOST: Final = 120


def equal_sentence(digest: str) -> str:
    return f"Computed again from its own facts, policy and prices, it is equal to the byte: {digest}."


def difference_sentence(difference: Difference) -> str:
    """Where the record and its recomputation part, and what stands there in each."""
    return (
        f"It differs first at {difference.path}: the record has {shown(difference.one)}, "
        f"computed again it is {shown(difference.other)}."
    )


def shown(value: Any) -> str:
    """A value as it stands in a record, cut where it gets long."""
    if value == ABSENT:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= AT_MOST else f"{text[: AT_MOST - 1]}…"


def altered_sentence(kept: str, hashed: str) -> str:
    return f"The kept record is not what its digest says: it is filed under {kept[:12]} and hashes to {hashed[:12]}."


def no_policy_sentence(sha: str, version: str) -> str:
    return f"The policy it was made with, {version} ({sha[:8]}), is not kept here."


def unreadable_policy_sentence(sha: str, problem: str) -> str:
    return f"The policy it was made with ({sha[:8]}) cannot be read by this engine: {problem}."


def no_prices_sentence(name: str, sha: str) -> str:
    return f"The prices it was made with, {name} ({sha[:8] or 'without a hash'}), are not kept here."


def altered_prices_sentence(name: str, sha: str, hashed: str) -> str:
    return f"The kept prices {name} are not what their hash says: {sha[:8]} is asked for, they hash to {hashed[:8]}."


def no_causes_sentence(problem: str) -> str:
    return f"Why they differ cannot be computed. {problem}"
