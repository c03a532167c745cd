"""What each placement costs a month at a snapshot of prices."""

from planner.engine.economics.breakeven import NEVER, Replica, break_even_tokens, lowest_break_even
from planner.engine.economics.costs import CostPart, VariantCost, costs_of
from planner.engine.economics.demand import Demand, Terms
from planner.engine.economics.offers import Machine, Priced, cheapest_machine, cheapest_tokens, priced_tokens

__all__ = [
    "NEVER",
    "CostPart",
    "Demand",
    "Machine",
    "Priced",
    "Replica",
    "Terms",
    "VariantCost",
    "break_even_tokens",
    "cheapest_machine",
    "cheapest_tokens",
    "costs_of",
    "lowest_break_even",
    "priced_tokens",
]
