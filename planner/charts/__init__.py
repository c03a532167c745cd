from planner.charts.costs import cost_figure
from planner.charts.economics import future_figure, volume_figure, waterfall_figure
from planner.charts.lanes import Gantt, gantt

__all__ = ["Gantt", "cost_figure", "future_figure", "gantt", "volume_figure", "waterfall_figure"]
