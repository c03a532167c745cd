"""From a folder of TOML files to one checked policy version."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.engine.expression import suggestion
from planner.engine.policy.archetypes import Archetype, archetypes_of
from planner.engine.policy.errors import PolicyError
from planner.engine.policy.guides import Guides, guides_of
from planner.engine.policy.inputs import BLOCK, Input, as_input, check_value
from planner.engine.policy.levels import check_levels
from planner.engine.policy.owners import Owners, as_owners
from planner.engine.policy.parameters import Figure, Parameter, ParameterValue, as_parameter
from planner.engine.policy.rows import COLUMNS, Row, RowReader
from planner.engine.policy.scorecards import check_scorecards
from planner.engine.policy.shape import check_shape, in_kept_order, with_order
from planner.engine.policy.statements import read_statements
from planner.engine.policy.steps import check_steps
from planner.engine.policy.tiers import Tier, as_tier
from planner.engine.policy.unique import check_unique
from planner.engine.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

SHIPPED: Final = Path(__file__).resolve().parents[2] / "policy"
TABLES: Final = tuple(COLUMNS)
OTHER_FILES: Final = ("policy", "inputs", "parameters", "archetypes", "tiers", "coverage", "settlements")
LISTS: Final = ("statements",)  # comma-separated, everything else is TOML
RATIO_PARTS: Final = 2
OPTIONAL: Final = (
    *("steps", "triggers", "risks", "classify", "scorecards", "archetypes"),
    *("statements", "coverage", "settlements"),
)


@dataclass(frozen=True, eq=False)
class Policy:
    """One immutable version of the policy; `sha` identifies its content to the byte."""

    version: str
    title: str
    sha: str
    inputs: Mapping[str, Input]
    parameters: Mapping[str, Parameter]
    archetypes: Mapping[str, Archetype]
    tiers: Mapping[str, Tier]
    tables: Mapping[str, tuple[Row, ...]]
    tie_tolerance: str
    capacity: Mapping[str, str]
    owners: Owners
    who_changes: tuple[str, ...]
    guides: Guides

    @cached_property
    def assumptions(self) -> Mapping[str, Any]:
        """What is taken for every input while nobody knows it."""
        return {name: declared.assumed for name, declared in self.inputs.items()}

    @cached_property
    def ratios(self) -> Mapping[str, Input]:
        """The inputs that are the quotient of two others."""
        return {name: declared for name, declared in self.inputs.items() if declared.ratio}

    @cached_property
    def essential(self) -> tuple[str, ...]:
        """The inputs that matter to most decisions."""
        return tuple(name for name, declared in self.inputs.items() if declared.essential)

    def rows(self, kind: str) -> tuple[Row, ...]:
        """The rows of a table, in policy order."""
        return self.tables[kind]

    def parameter(self, name: str, as_of: date) -> ParameterValue:
        """What a parameter is worth on a day, since when, and who says so."""
        return self.parameters[name].on(as_of)

    def figures(self, as_of: date) -> dict[str, Figure]:
        """Every parameter's value on a day."""
        return {name: parameter.on(as_of).value for name, parameter in self.parameters.items()}


def load_policy(directory: Path | None = None) -> Policy:
    """The policy in a folder, checked; the shipped one by default. The same folder is read once."""
    return _load(Path(directory) if directory else SHIPPED)


@cache
def _load(directory: Path) -> Policy:
    return build_policy(read_documents(directory))


def read_documents(directory: Path) -> dict[str, Mapping[str, Any]]:
    """The files of a policy folder as they are, one entry each; optional ones that are not there are empty."""
    return {name: _read(directory, name) for name in (*OTHER_FILES, *TABLES, *LISTS)}


def as_kept(documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The documents as a version of the policy keeps and hashes them: with the order of their entries."""
    return {name: with_order(name, document) for name, document in documents.items()}


def build_policy(documents: Mapping[str, Mapping[str, Any]]) -> Policy:
    """The policy of documents already read, one for each file; refused with file, row and column when wrong.

    A policy kept before a file was thought of has none of it, and is as readable as one whose file is empty.
    """
    sha, documents = sha_of(documents), {**{name: {} for name in OPTIONAL}, **documents}
    for name, document in documents.items():
        check_shape(name, document)
    documents = {name: in_kept_order(name, document) for name, document in as_kept(documents).items()}
    head = documents["policy"].get("policy", {})
    inputs = {name: _input(name, cells) for name, cells in documents["inputs"].get("inputs", {}).items()}
    _check_ratios(inputs)
    parameters = {
        name: as_parameter(name, cells)
        for name, cells in documents["parameters"].get("parameters", {}).items()
    }
    tables = _tables(documents, inputs, parameters)
    return Policy(
        version=str(head.get("version", "")),
        title=str(head.get("title", "")),
        sha=sha,
        inputs=inputs,
        parameters=parameters,
        archetypes=archetypes_of(documents["archetypes"], inputs),
        tiers=_tiers(documents["tiers"], inputs),
        tables=tables,
        tie_tolerance=_parameter_name(head, "tie_tolerance", parameters),
        capacity={key: _parameter_name(head.get("economics", {}), key, parameters) for key in ECONOMICS},
        owners=as_owners(documents["policy"].get("owners", {})),
        who_changes=tuple(head.get("who_changes", ())),
        guides=guides_of(documents, tables, parameters),
    )


ECONOMICS: Final = (
    "hours_per_month",
    "in_out_ratio",
    "batch_discount",
    "seat_price",
    "planned_use",
    "team_cost_year",
    "amortisation_months",
    "owned_overhead",
)


def _read(directory: Path, name: str) -> Mapping[str, Any]:
    listed = name in LISTS
    path = directory / f"{name}.{'csv' if listed else 'toml'}"
    try:
        text = path.read_text(encoding="utf-8")
        return read_statements(text) if listed else tomllib.loads(text)
    except FileNotFoundError:
        if name in OPTIONAL:
            return {}
        raise PolicyError(path.name, "-", "-", "is missing from the policy folder") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(path.name, "-", "-", f"cannot be read: {error}") from error
    except OSError as error:
        raise PolicyError(path.name, "-", "-", f"cannot be read: {error.strerror}") from error


def sha_of(documents: Mapping[str, Mapping[str, Any]]) -> str:
    """The identity of a policy: sha256 of its canonical JSON, the order of its entries included."""
    text = json.dumps(
        as_kept(documents), sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _tables(
    documents: Mapping[str, Mapping[str, Any]],
    inputs: Mapping[str, Input],
    parameters: Mapping[str, Parameter],
) -> dict[str, tuple[Row, ...]]:
    """Every table; one that a policy kept from before does not know is empty."""
    given = {table: documents.get(table, {}) if table in OPTIONAL else documents[table] for table in TABLES}
    tables = {table: _rows(table, document, inputs, parameters) for table, document in given.items()}
    check_scorecards(tables["scorecards"], inputs, parameters)
    check_levels(tables["triggers"], inputs, parameters)
    return tables


def _rows(
    table: str, document: Mapping[str, Any], inputs: Mapping[str, Input], parameters: Mapping[str, Parameter]
) -> tuple[Row, ...]:
    reader = RowReader(f"{table}.toml", table, inputs, parameters)
    rows: dict[str, Row] = {}
    for position, cells in enumerate(document.get("rows", []), start=1):
        row = reader.read(cells, position)
        if row.id in rows:
            raise PolicyError(reader.file, row.id, "id", "is used twice; every row has an id of its own")
        rows[row.id] = row
    if table == "steps":
        check_steps(rows, inputs, parameters)
    if table == "classify":
        check_unique(rows.values(), inputs, parameters)
    return tuple(rows.values())


def _input(name: str, cells: Mapping[str, Any]) -> Input:
    known = {field.name for field in fields(Input)} - {"name"}
    for column in cells:
        if column not in known:
            raise PolicyError(
                "inputs.toml", name, column, f"is not known{suggestion(column, dict.fromkeys(known))}"
            )
    for column in ("label", "type", "scope", "supplied_by"):
        if column not in cells:
            raise PolicyError("inputs.toml", name, column, "is missing")
    if cells["type"] not in list(Kind):
        raise PolicyError("inputs.toml", name, "type", f"{cells['type']!r} is not one of {', '.join(Kind)}")
    declared = as_input(name, cells)
    if declared.unknown != BLOCK:
        check_value("inputs.toml", name, "unknown", declared, declared.unknown)
    return declared


def _check_ratios(inputs: Mapping[str, Input]) -> None:
    """Raises PolicyError unless every ratio is of two declared amounts."""
    for name, declared in inputs.items():
        for part in declared.ratio:
            if part not in inputs:
                raise PolicyError(
                    "inputs.toml", name, "ratio", f"unknown input {part!r}{suggestion(part, inputs)}"
                )
            if inputs[part].type not in (Kind.INT, Kind.NUMBER):
                raise PolicyError("inputs.toml", name, "ratio", f"{part} is no amount")
        if len(declared.ratio) not in (0, RATIO_PARTS):
            raise PolicyError("inputs.toml", name, "ratio", "takes two inputs: what is divided, and by what")


def _tiers(document: Mapping[str, Any], inputs: Mapping[str, Input]) -> dict[str, Tier]:
    tiers = {name: as_tier(name, cells) for name, cells in document.get("tiers", {}).items()}
    for name in inputs["complexity"].values if "complexity" in inputs else ():
        if name not in tiers:
            raise PolicyError(
                "tiers.toml", name, "tiers", "is missing; every complexity needs what serves it"
            )
    return tiers


def _parameter_name(cells: Mapping[str, Any], key: str, parameters: Mapping[str, Parameter]) -> str:
    name = str(cells.get(key, ""))
    if name not in parameters:
        raise PolicyError(
            "policy.toml", "policy", key, f"names no parameter: {name!r}{suggestion(name, parameters)}"
        )
    return name
