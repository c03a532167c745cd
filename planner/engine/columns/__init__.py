"""Many segments decided at once on numpy columns: the same answers as `decide`, ten thousand at a time."""

from planner.engine.columns.portfolio import Portfolio, State
from planner.engine.columns.program import Program
from planner.engine.columns.table import Given, Table

__all__ = ["Given", "Portfolio", "Program", "State", "Table"]
