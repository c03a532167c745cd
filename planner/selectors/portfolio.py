"""The portfolio in counts: tiles, the flow from today to target, and the lists behind both."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from planner.selectors.standing import CLASSES, NOWHERE, Posture, Standing, standings

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from workloads.models import Workload

OVERLAPPING = {"exposed": "Exposed today", "provisional": "Provisional"}


@dataclass(frozen=True)
class Tile:
    """A count and the list it counts: both come from `Portfolio.listed`."""

    show: str
    label: str
    count: int


@dataclass(frozen=True)
class Flow:
    """Workloads that run on one class today and have parts that should run on another."""

    today: str
    target: str
    count: int

    @property
    def tone(self) -> str:
        """How the cell looks: stays, goes up, goes down, or nobody."""
        if not self.count:
            return "nil"
        if self.today == self.target:
            return "stay"
        order = list(CLASSES)
        upwards = self.today == NOWHERE or order.index(self.target) > order.index(self.today)
        return "up" if upwards else "down"


@dataclass(frozen=True)
class FlowRow:
    today: str
    label: str
    cells: tuple[Flow, ...]
    total: int


@dataclass(frozen=True)
class Portfolio:
    """Every decided workload the person may see, and the ones no plan has reached yet."""

    standings: list[Standing]
    undecided: list[Workload]

    @cached_property
    def tiles(self) -> list[Tile]:
        shows = {str(posture.value): str(posture.label) for posture in Posture} | OVERLAPPING
        tiles = [Tile(show, label, len(self.listed(show))) for show, label in shows.items()]
        return [tile for tile in tiles if tile.count or tile.show != Posture.START]

    def listed(self, show: str = "", today: str = "", target: str = "") -> list[Standing]:
        """The workloads behind a tile (SHOW) or behind a cell of the flow (TODAY, TARGET)."""
        return [
            standing
            for standing in self.standings
            if (not show or shown_under(standing, show))
            and (not today or standing.today == today)
            and (not target or target in standing.targets)
        ]

    def count(self, show: str) -> int:
        return len(self.listed(show))

    @cached_property
    def moving(self) -> list[Standing]:
        return [standing for standing in self.standings if standing.should_move]

    @cached_property
    def flow(self) -> list[FlowRow]:
        """Rows: the class today. Cells: target classes. A workload in parts counts once in each cell."""
        counts = Counter((each.today, target) for each in self.standings for target in each.targets)
        labels = {NOWHERE: "Nothing yet"} | CLASSES
        rows = [
            FlowRow(
                today,
                label,
                tuple(Flow(today, target, counts[today, target]) for target in CLASSES),
                sum(counts[today, target] for target in CLASSES),
            )
            for today, label in labels.items()
        ]
        return [row for row in rows if row.total or row.today != NOWHERE]

    @cached_property
    def flow_totals(self) -> list[int]:
        return [sum(row.cells[place].count for row in self.flow) for place in range(len(CLASSES))]


def shown_under(standing: Standing, show: str) -> bool:
    """Whether the tile called SHOW counts the workload."""
    if show == "exposed":
        return standing.exposed
    if show == "provisional":
        return standing.provisional
    return str(standing.posture.value) == show


def portfolio(workloads: QuerySet[Workload]) -> Portfolio:
    """The portfolio of these workloads by their newest decisions."""
    decided = standings(workloads)
    known = {standing.workload.pk for standing in decided}
    rest = workloads.select_related("team").order_by("name")
    return Portfolio(decided, [workload for workload in rest if workload.pk not in known])
