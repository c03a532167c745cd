"""Every sentence people read about work on the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from planner.selectors.words import count_of, day_of, listed, usd

if TYPE_CHECKING:
    from planner.engine.policy.diff import Conflict
    from planner.models import PolicyApproval, PolicyDraft, PolicyEdit, PolicyImpact

LAYERS: Final = {
    "integrity": "Integrity",
    "compliance": "Compliance",
    "quality": "Capability",
    "latency": "Latency",
    "gates": "Gates",
    "preferences": "Preferences",
    "classify": "Readings",
    "steps": "Steps",
    "risks": "Risks",
    "triggers": "Triggers",
    "parameters": "Figures",
    "tiers": "Models and machines",
    "archetypes": "Archetypes",
    "inputs": "Facts asked for",
    "policy": "The policy as a whole",
}
ACTIONS: Final = {
    "begin": "began the draft",
    "set": "changed",
    "add": "added",
    "remove": "removed",
    "append": "appended a value to",
    "undo": "took back the change of",
    "discard": "discarded unread text in",
    "describe": "described the change",
}


def layer_label(layer: str) -> str:
    return LAYERS.get(layer, layer.capitalize())


def need_words(layer: str, roles: tuple[str, ...] | list[str]) -> str:
    """Compliance: a reviewer."""
    return f"{layer_label(layer)}: {_either(list(roles))}"


def _either(roles: list[str]) -> str:
    named = [f"an {role}" if role[0] in "aeiou" else f"a {role}" for role in roles]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"


def edit_words(edit: PolicyEdit) -> str:
    what = " ".join(part for part in (edit.row, edit.column) if part)
    return f"{ACTIONS.get(edit.action, edit.action)} {what}".strip()


def signature_words(approval: PolicyApproval) -> str:
    return f"signed {layer_label(approval.layer).lower()} as {approval.role}"


def impact_words(impact: PolicyImpact) -> str:
    return f"computed the impact of revision {impact.revision}"


def conflict_words(conflict: Conflict) -> str:
    """Why a change was not made again, and what to do about it."""
    place = f"{conflict.table}.toml, row {conflict.row}" + (
        f", column {conflict.column}" if conflict.column else ""
    )
    if conflict.found is None:
        return f"{place}: the active policy no longer has this row. The change was left out."
    if conflict.wanted is None:
        return f"{place}: the active policy has changed this row, so it was not removed."
    return f"{place}: the active policy says {words_of(conflict.found)}, the draft said {words_of(conflict.wanted)}. The active one stands; change it again where it is wrong."


def draft_words(draft: PolicyDraft, changes: int, unsigned: list[str]) -> str:
    """The draft in a line: how much it changes, where it stands, from when it holds."""
    what = f"{count_of(changes, 'change')} to policy {draft.base.version}" if changes else "No change yet"
    return f"{what}. {next_words(draft, unsigned)}".strip()


def next_words(draft: PolicyDraft, unsigned: list[str]) -> str:
    """What happens next with the draft, and what it waits for."""
    since = day_of(draft.effective_from.isoformat()) if draft.effective_from else ""
    match draft.state:
        case "submitted" if unsigned:
            return f"Waits for signatures: {listed([label.lower() for label in unsigned])}."
        case "approved":
            return f"Becomes active on {since}."
        case "active":
            return f"Active since {since}; the portfolio is planned again with it."
        case "editing" if since:
            return f"Would hold from {since}."
        case _:
            return ""


def cases_words(passed: int, total: int) -> str:
    """How the golden cases come out."""
    return (
        f"All {total} parts of the golden cases come out as published."
        if passed == total
        else f"{passed} of {total} parts of the golden cases come out as published."
    )


def value_words(value: Any, unit: str) -> str:
    """500 tokens."""
    return f"{words_of(value)} {unit}".strip()


def words_of(value: Any) -> str:
    """A cell as text."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(words_of(each) for each in value) or "an empty list"
    if isinstance(value, dict):
        return _table_words(value)
    return f"{value:,}" if isinstance(value, (int, float)) else str(value)


def _table_words(cells: dict[str, Any]) -> str:
    if {"from", "value"} <= set(cells):
        return f"{words_of(cells['value'])} from {cells['from']}"
    return "; ".join(f"{name} = {words_of(each)}" for name, each in cells.items())


def impact_outcome(counts: dict[str, Any]) -> str:
    """One sentence: what moves, what no longer fits anywhere, what it costs, and what could not be told."""
    if not counts["compared"] and not counts["failed"]:
        return "There is no workload yet, so nothing moves."
    moved = counts["moved"]
    parts = [
        f"{moved} of {count_of(counts['compared'], 'workload')} {'moves' if moved == 1 else 'move'}"
        if moved
        else f"None of {count_of(counts['compared'], 'workload')} moves"
    ]
    if counts["newly_infeasible"]:
        parts.append(f"{counts['newly_infeasible']} would fit nowhere any more")
    parts.append(_cost_words(counts))
    if counts["triggers_new"]:
        parts.append(f"{count_of(counts['triggers_new'], 'trigger')} would newly ask for an answer")
    if counts["failed"]:
        parts.append(f"{count_of(counts['failed'], 'workload')} could not be compared")
    return f"{listed(parts)}." if len(parts) > 1 else f"{parts[0]}."


def _cost_words(counts: dict[str, Any]) -> str:
    """What the targets cost, as far as both amounts are known."""
    unknown, difference = counts["cost_unknown"], round(counts["cost_after"] - counts["cost_before"], 2)
    if unknown == counts["compared"]:
        return "what the targets cost is unknown"
    known = f" where both costs are known ({unknown} unknown)" if unknown else ""
    if not difference:
        return f"the targets cost the same{known}"
    return f"the targets cost {usd(abs(difference))} a month {'more' if difference > 0 else 'less'}{known}"


def news_words(shipped: str, active: str, changes: int) -> str:
    """The finding on the policy page when the program brought another policy than the active one comes from."""
    return (
        f"The shipped policy changed: {shipped} differs in {count_of(changes, 'place')} from the shipped policy that the "
        f"active one ({active}) comes from. The active policy stays until somebody takes the changes over in a draft."
    )
