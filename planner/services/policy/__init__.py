"""Changing the policy: drafts, what they would move, four eyes, activation on a date, and the way back."""

from planner.services.policy.activation import activate, activate_due
from planner.services.policy.drafts import rebase, start_adoption, start_draft, start_rollback
from planner.services.policy.editing import (
    add_row,
    append_value,
    describe,
    discard_refused,
    remove_row,
    set_cell,
    undo,
)
from planner.services.policy.errors import ChangedMeanwhileError, StaleBaseError
from planner.services.policy.impact import ask_impact, impact_here, open_moved, run_impact
from planner.services.policy.signing import reject, sign, submit, take_back, withdraw

__all__ = [
    "ChangedMeanwhileError",
    "StaleBaseError",
    "activate",
    "activate_due",
    "add_row",
    "append_value",
    "ask_impact",
    "describe",
    "discard_refused",
    "impact_here",
    "open_moved",
    "rebase",
    "reject",
    "remove_row",
    "run_impact",
    "set_cell",
    "sign",
    "start_adoption",
    "start_draft",
    "start_rollback",
    "submit",
    "take_back",
    "undo",
    "withdraw",
]
