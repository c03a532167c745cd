"""Rules that do not count because somebody with the right granted an exception, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.engine.explain.reasons import row_entry
from planner.engine.explain.words import lower_first, without_stop

if TYPE_CHECKING:
    from planner.engine.decision import Waived
    from planner.engine.explain.told import Told


def waived_entry(told: Told, waived: Waived) -> dict[str, Any]:
    """The rule with its facts and source, and who granted the exception, why, until when."""
    waiver = waived.waiver
    return {
        "row": row_entry(told, waived.row),
        "until": waiver.until.isoformat(),
        "granted_by": waiver.granted_by,
        "reason": waiver.reason,
        "sentence": waived_sentence(waived),
    }


def waived_sentence(waived: Waived) -> str:
    rule = lower_first(without_stop(waived.row.sentence or waived.row.label))
    by = f", granted by {waived.waiver.granted_by}" if waived.waiver.granted_by else ""
    return f"Waived until {waived.waiver.until:%-d %b %Y}{by}: {rule}."
