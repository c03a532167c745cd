from planner.charts.costs import cost_figure
from planner.charts.economics import future_figure, volume_figure, waterfall_figure
from planner.charts.lanes import Gantt, gantt
from planner.charts.outlook import matters_figure, months_figure
from planner.charts.pools import hours_figure

__all__ = [
    "Gantt",
    "cost_figure",
    "future_figure",
    "gantt",
    "hours_figure",
    "matters_figure",
    "months_figure",
    "volume_figure",
    "waterfall_figure",
]
