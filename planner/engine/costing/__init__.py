"""The full monthly cost of every placement, term by term: what a decision's planning price leaves out as well."""

from planner.engine.costing.many import columns_of, many_costs
from planner.engine.costing.people import people_usd, portfolio_people_usd
from planner.engine.costing.terms import Terms
from planner.engine.costing.variants import FullCost, full_costs
from planner.engine.costing.work import Work

__all__ = [
    "FullCost",
    "Terms",
    "Work",
    "columns_of",
    "full_costs",
    "many_costs",
    "people_usd",
    "portfolio_people_usd",
]
