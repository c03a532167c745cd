"""What each placement costs a month at a snapshot of prices."""

from planner.engine.economics.costs import CostPart, VariantCost, costs_of
from planner.engine.economics.demand import Demand, Terms
from planner.engine.economics.offers import Machine, Priced, cheapest_machine, cheapest_tokens, priced_tokens

__all__ = [
    "CostPart",
    "Demand",
    "Machine",
    "Priced",
    "Terms",
    "VariantCost",
    "cheapest_machine",
    "cheapest_tokens",
    "costs_of",
    "priced_tokens",
]
