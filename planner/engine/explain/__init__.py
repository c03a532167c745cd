"""Every sentence a page, an export or an auditor reads about a decision."""

from planner.engine.explain.answer import headline, lede, segment_sentence, workload_sentence
from planner.engine.explain.causes import causes_entry
from planner.engine.explain.classes import class_entries
from planner.engine.explain.flips import flip_groups
from planner.engine.explain.questions import question_entry, unknown_entry
from planner.engine.explain.reasons import (
    fact_entry,
    gate_entry,
    ladder_sentence,
    preference_entry,
    row_entry,
    source_entry,
)
from planner.engine.explain.scorecards import card_entries
from planner.engine.explain.staging import staging_entry
from planner.engine.explain.told import Told
from planner.engine.explain.waived import waived_entry
from planner.engine.explain.watching import trigger_entry
from planner.engine.explain.waves import order_sentence, shared_sentence, wave_sentence
from planner.engine.explain.ways import cheapest_way, class_ways, relaxation_entry

__all__ = [
    "Told",
    "card_entries",
    "causes_entry",
    "cheapest_way",
    "class_entries",
    "class_ways",
    "fact_entry",
    "flip_groups",
    "gate_entry",
    "headline",
    "ladder_sentence",
    "lede",
    "order_sentence",
    "preference_entry",
    "question_entry",
    "relaxation_entry",
    "row_entry",
    "segment_sentence",
    "shared_sentence",
    "source_entry",
    "staging_entry",
    "trigger_entry",
    "unknown_entry",
    "waived_entry",
    "wave_sentence",
    "workload_sentence",
]
