"""One spelling for one content: the bytes a record is identified by, wherever it was kept in between.

A database keeps neither the order of keys nor the spelling of numbers: 1e22 comes back as a whole number, -0.0 as
0.0. So keys are sorted and a number without a fraction is written as a whole number, before anything is hashed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

AS_IT_IS: Final = frozenset({str, int, bool, type(None)})  # most of a record: not worth a call


def canonical(content: object) -> bytes:
    """The content as bytes: equal for equal content."""
    settled = _settled(content)
    text = json.dumps(settled, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest(content: object) -> str:
    """The identity of a record: sha256 of its canonical bytes."""
    return hashlib.sha256(canonical(content)).hexdigest()


def _settled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: each if type(each) in AS_IT_IS else _settled(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [each if type(each) in AS_IT_IS else _settled(each) for each in value]
    # by its shortest spelling, as the database reads it: 7.205759403792143e+16 is 72057594037921430 there
    return int(Decimal(repr(value))) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where two contents differ, and what stands there in each; ABSENT for nothing at all."""

    path: str
    one: object
    other: object


ABSENT = "(absent)"


def first_difference(one: object, other: object, path: str = "") -> Difference | None:
    """Where two contents part, in the order of canonical bytes; None when they are the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = [
            (f".{name}", one.get(name, ABSENT), other.get(name, ABSENT)) for name in sorted({*one, *other})
        ]
    elif isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        places = range(max(len(one), len(other)))
        pairs = [(f"[{place}]", _at(one, place), _at(other, place)) for place in places]
    elif canonical(one) == canonical(other):
        return None
    else:
        return Difference(path.removeprefix(".") or "(everything)", one, other)
    found = (first_difference(left, right, path + step) for step, left, right in pairs)
    return next((difference for difference in found if difference), None)


def _at(items: list[Any] | tuple[Any, ...], place: int) -> Any:
    return items[place] if place < len(items) else ABSENT
