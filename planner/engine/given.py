"""What the engine was given of one workload, as a block of its record, and back without loss.

Written and read by the fields the dataclasses declare: a field added to an input stands in records made from then on
wherever it says something, and is read back from them, without a line here. What a field leaves empty by default is
not written, so a new field changes no older record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from planner.engine.facts import WorkloadInput
from planner.engine.vocabulary import Source

# Names that facts.py imports for its annotations only.
ANNOTATED: Final = {"date": date, "datetime": datetime}
EMPTY: Final[tuple[object, ...]] = (None, "", (), {}, frozenset())


def block_of(workload: WorkloadInput) -> dict[str, Any]:
    """Everything known of the workload when it was decided, as JSON."""
    block: dict[str, Any] = _written(workload)
    return block


def workload_of(block: Mapping[str, Any]) -> WorkloadInput:
    """The workload a block was written from; raises ValueError for a block of another shape."""
    try:
        workload: WorkloadInput = _read(WorkloadInput, block)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the block of inputs cannot be read: {error}") from error
    return workload


def usage_window(workload: WorkloadInput) -> list[str]:
    """What was measured of the workload, and in which days; nothing where all was declared."""
    told = (workload.facts, *(segment.facts for segment in workload.segments))
    return sorted({fact.by for facts in told for fact in facts.values() if fact.source == Source.OBSERVED})


def _written(value: Any) -> Any:
    if is_dataclass(value):
        cells = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _written(cell) for field, cell in cells if not _left_empty(field, cell)}
    if isinstance(value, Mapping):
        return {name: _written(each) for name, each in sorted(value.items())}
    if isinstance(value, (tuple, list)):
        return [_written(each) for each in value]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)  # a database would round a large one on its own
    return value.isoformat() if isinstance(value, date) else value


def _left_empty(field: Field[Any], cell: object) -> bool:
    factory = field.default_factory
    return cell in EMPTY and cell == (field.default if factory is MISSING else factory())


@cache
def _kinds(declared: Any) -> dict[str, Any]:
    return get_type_hints(declared, localns=ANNOTATED)


def _read(kind: Any, raw: Any) -> Any:
    """The value that was written as RAW under an annotation."""
    if isinstance(kind, UnionType):
        return _read_one_of(get_args(kind), raw)
    if isinstance(kind, type) and is_dataclass(kind):
        kinds = _kinds(kind)
        return kind(**{name: _read(kinds[name], each) for name, each in raw.items()})
    if kind in (date, datetime):
        return datetime.fromisoformat(raw) if "T" in raw else date.fromisoformat(raw)
    return _read_several(get_origin(kind), get_args(kind), raw)


def _read_several(holder: Any, kinds: tuple[Any, ...], raw: Any) -> Any:
    if holder is tuple:
        each_kind = [kinds[0]] * len(raw) if Ellipsis in kinds else kinds
        return tuple(_read(kind, each) for kind, each in zip(each_kind, raw, strict=True))
    if holder is Mapping:
        return {name: _read(kinds[1], each) for name, each in raw.items()}
    return frozenset(raw) if holder is frozenset else raw


def _read_one_of(kinds: tuple[Any, ...], raw: Any) -> Any:
    """None, numbers, truth and text are what they are; a list is a set, a text a day where no text is declared."""
    if raw is None or isinstance(raw, (bool, int, float)):
        return raw
    if isinstance(raw, str):
        return raw if str in kinds else _read(date, raw)
    return _read(next(kind for kind in kinds if get_origin(kind) or is_dataclass(kind)), raw)
