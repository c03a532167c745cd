from planner.charts.costs import cost_figure
from planner.charts.lanes import Gantt, gantt

__all__ = ["Gantt", "cost_figure", "gantt"]
