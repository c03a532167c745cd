"""Who owns what in the policy: a change is signed in a role that owns each layer it touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.engine.policy.cells import entries
from planner.engine.policy.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planner.engine.policy.diff import Change
    from planner.engine.policy.load import Policy

OTHER: Final = "other"

Owners = dict[str, tuple[str, ...]]


def as_owners(cells: Mapping[str, Any]) -> Owners:
    """Per layer or table the roles that may sign a change of it; `other` answers for what is not named."""
    for layer, roles in cells.items():
        if not isinstance(roles, list) or not roles or not all(isinstance(role, str) for role in roles):
            raise PolicyError(
                "policy.toml", "owners", layer, 'is not a list of roles; write it like ["reviewer"]'
            )
    if cells and OTHER not in cells:
        raise PolicyError("policy.toml", "owners", OTHER, "is missing; it names who owns what is not named")
    return {layer: tuple(roles) for layer, roles in cells.items()}


def needs(changes: Iterable[Change], old: Policy, new: Policy, owners: Owners) -> Owners:
    """Per layer the changes touch, the roles that may sign it."""
    layers = {layer for change in changes for layer in layers_of(change, old, new)}
    return {layer: roles_of(layer, owners) for layer in sorted(layers)}


def roles_of(layer: str, owners: Owners) -> tuple[str, ...]:
    return owners.get(layer) or owners[OTHER]


def layers_of(change: Change, old: Policy, new: Policy) -> frozenset[str]:
    """What a change touches: a rule's layer before and after, a parameter's through the rules that read it."""
    if change.table == "constraints":
        return _layers_of_rules(change, old) | _layers_of_rules(change, new)
    if change.table == "parameters":
        return _layers_reading(change.row, old) | _layers_reading(change.row, new) or frozenset(
            {"parameters"}
        )
    return frozenset({change.table})


def _layers_of_rules(change: Change, policy: Policy) -> frozenset[str]:
    return frozenset(
        row.layer for row in policy.rows("constraints") if change.is_order or row.id == change.row
    )


def _layers_reading(parameter: str, policy: Policy) -> frozenset[str]:
    return frozenset(
        row.layer
        for row in policy.rows("constraints")
        for expression in row.expressions.values()
        if parameter in expression.parameters
    )


def sources_missing(
    changes: Iterable[Change], documents: Mapping[str, Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """Table and row of everything added or changed that cites nobody: a quote of no words is none."""
    return [
        (change.table, change.row)
        for change in changes
        if change.kind != "removed" and not change.is_order and not _cited(change, documents)
    ]


def _cited(change: Change, documents: Mapping[str, Mapping[str, Any]]) -> bool:
    row = entries(documents[change.table])[change.row]
    sources = [value["reference"] for value in row.get("values", []) if isinstance(value, dict)]
    sources += [row["source"]] if "source" in row else []
    return all(
        str(source.get("quote", "")).strip() and str(source.get("document", "")).strip() for source in sources
    )
