"""Every sentence a page, an export or an auditor reads about a decision."""

from planner.engine.explain.answer import headline, lede, segment_sentence, workload_sentence
from planner.engine.explain.classes import class_entries
from planner.engine.explain.reasons import (
    fact_entry,
    gate_entry,
    ladder_sentence,
    preference_sentence,
    relaxation_entry,
    row_entry,
    source_entry,
    unknown_entry,
)
from planner.engine.explain.watching import trigger_entry

__all__ = [
    "class_entries",
    "fact_entry",
    "gate_entry",
    "headline",
    "ladder_sentence",
    "lede",
    "preference_sentence",
    "relaxation_entry",
    "row_entry",
    "segment_sentence",
    "source_entry",
    "trigger_entry",
    "unknown_entry",
    "workload_sentence",
]
