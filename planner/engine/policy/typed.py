"""What somebody typed into a cell of the policy, as the value that belongs there."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from planner.engine.facts import FactError
from planner.engine.policy.cells import columns_of, entries
from planner.engine.policy.errors import PolicyError
from planner.engine.policy.inputs import BLOCK, WORDS_FOR_FALSE, WORDS_FOR_TRUE

if TYPE_CHECKING:
    from planner.engine.policy.cells import Documents
    from planner.engine.policy.inputs import Input
    from planner.engine.policy.parameters import Parameter

SHIPPED_ONLY: Final = ("policy", "statements", "coverage")  # the guides' words, and what makes the product
OF_PARAMETERS: Final = ("label", "unit", "guess", "marker", "checked")
OF_INPUTS: Final = ("unknown",)  # the rest is a form's business and comes with the program
NOT_TYPED: Final = ("id", "values")


def why_not_typed(table: str, column: str) -> str:
    """Empty when people may write in this column, else the way that is open to them."""
    if table in SHIPPED_ONLY:
        return "belongs to the product; it changes with a new release"
    if table == "inputs" and column not in OF_INPUTS:
        return "comes with the product; only what is assumed while nobody knows can be changed here"
    if table == "parameters" and column not in OF_PARAMETERS:
        return "is never edited; append a value with its own date"
    if column in NOT_TYPED:
        return "names the row; add a row under the new name and remove this one"
    return ""


def typed(documents: Documents, table: str, row: str, column: str, text: str) -> Any:
    """The value TEXT means in this column: of the kind that the column has in the other rows of its table."""
    if why_not := why_not_typed(table, column):
        raise PolicyError(f"{table}.toml", row, column, why_not)
    others = _examples(documents, table, column)
    return _read(text.strip(), others, (f"{table}.toml", row, column))


def typed_assumption(declared: Input, text: str) -> Any:
    """What an input is taken for while nobody knows it."""
    if text.strip() == BLOCK:
        return BLOCK
    try:
        value = declared.parse(text)
    except FactError as error:
        raise PolicyError("inputs.toml", declared.name, "unknown", error.message) from error
    return sorted(value) if isinstance(value, frozenset) else value


def typed_value(parameter: Parameter, since: str, text: str) -> Any:
    """A parameter's value in its own kind; values are appended, so it begins after the last one."""
    where = ("parameters.toml", parameter.name)
    last = parameter.values[-1]
    if since <= last.since.isoformat():
        raise PolicyError(
            *where,
            "from",
            f"has to be after {last.since:%-d %b %Y}, when the last value began; values are appended",
        )
    value = _read(text.strip(), [last.value], (*where, "value"))
    if parameter.kind == "number" and isinstance(value, str):
        raise PolicyError(*where, "value", f"{text!r} is not a number")
    return value


def _examples(documents: Documents, table: str, column: str) -> list[Any]:
    rows = entries(documents.get(table, {})).values()
    return [cells[column] for cells in map(columns_of, rows) if column in cells]


def _read(text: str, examples: list[Any], where: tuple[str, str, str]) -> Any:
    kinds = {type(each) for each in examples}
    if kinds == {bool}:
        return _truth(text, where)
    if list in kinds and (kinds == {list} or "," in text):
        members = [member for each in examples if isinstance(each, list) for member in each]
        return [_read(part.strip(), members, where) for part in text.split(",") if part.strip()]
    if kinds & {int, float}:
        read = _number(text)
        return text if read is None and str in kinds else number(text, *where)
    return text


def _truth(text: str, where: tuple[str, str, str]) -> bool:
    word = text.lower()
    if word in WORDS_FOR_TRUE or word in WORDS_FOR_FALSE:
        return word in WORDS_FOR_TRUE
    raise PolicyError(*where, f"{text!r} is neither yes nor no")


def number(text: str, file: str, row: str, column: str) -> int | float:
    """The number TEXT means; refused with its place when it is none."""
    read = _number(text.strip())
    if read is None:
        raise PolicyError(file, row, column, f"{text!r} is not a number; write it like 12000 or 0.25")
    return read


def _number(text: str) -> int | float | None:
    plain = text.replace("_", "").replace(",", "").replace("\u00a0", "")
    with suppress(ValueError):
        return int(plain)
    with suppress(ValueError):
        number = float(plain)
        if abs(number) < float("inf"):
            return int(number) if number.is_integer() else number
    return None
