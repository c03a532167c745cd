"""What an impact found, laid out for reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.engine.vocabulary import CLASS_LABELS
from planner.selectors.policy_words import impact_outcome
from planner.selectors.standing import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from planner.models import ImpactRow, PolicyImpact
    from workloads.models import Workload

CLASSES = (*CLASS_LABELS, NOWHERE)


@dataclass(frozen=True)
class MatrixRow:
    """Parts that were in one class, by the class they would be in."""

    label: str
    counts: tuple[int, ...]
    stays: int  # the place of the class itself
    name: str = ""  # the class alone, empty for nowhere

    @property
    def said(self) -> str:
        """The label without the class in front."""
        return self.label.removeprefix(self.name).strip()


@dataclass(frozen=True)
class Matrix:
    """From each class to each, counted in parts of workloads; classes nothing is or goes in are left out."""

    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    moved: int
    names: tuple[str, ...] = ()  # of the columns, the classes alone


def matrix(impact: PolicyImpact, which: str) -> Matrix:
    """The matrix of `now` or of `target`."""
    return matrix_of(impact.counts.get(which, {}))


def matrix_of(counts: Mapping[str, int]) -> Matrix:
    pairs = {tuple(key.split(">")): count for key, count in counts.items()}
    used = [name for name in CLASSES if any(name in pair for pair in pairs)]
    rows = tuple(
        MatrixRow(_label(was), tuple(pairs.get((was, to), 0) for to in used), used.index(was), _name(was))
        for was in used
        if any(pair[0] == was for pair in pairs)
    )
    moved = sum(count for (was, to), count in pairs.items() if was != to)
    return Matrix(tuple(_label(name) for name in used), rows, moved, tuple(_name(name) for name in used))


def _name(name: str) -> str:
    return "" if name == NOWHERE else name


def _label(name: str) -> str:
    return "Nowhere" if name == NOWHERE else f"{name} {CLASS_LABELS[name]}"


def impact_sentence(impact: PolicyImpact) -> str:
    """What the draft would do, in one sentence; how far it has got while it is being computed."""
    return impact_outcome(impact.counts) if impact.counts and not impact.is_open else impact.message


def _rows(impact: PolicyImpact, workloads: QuerySet[Workload]) -> QuerySet[ImpactRow]:
    rows = impact.rows.filter(workload__in=workloads)
    return rows.select_related("workload__team", "workload__owner")


def moved(impact: PolicyImpact, workloads: QuerySet[Workload]) -> list[ImpactRow]:
    """Workloads among these whose answer would be another, with owner and team."""
    return list(_rows(impact, workloads).exclude(moves=[]))


def hidden_count(impact: PolicyImpact, workloads: QuerySet[Workload]) -> int:
    """How many moved workloads are not among these."""
    return impact.rows.exclude(moves=[]).exclude(workload__in=workloads).count()


def newly_infeasible(impact: PolicyImpact, workloads: QuerySet[Workload]) -> list[ImpactRow]:
    """Workloads among these of which a part would fit nowhere any more."""
    return list(_rows(impact, workloads).filter(newly_infeasible=True))


def triggers_new(impact: PolicyImpact, workloads: QuerySet[Workload]) -> list[ImpactRow]:
    """Workloads among these with triggers that would newly ask for an answer."""
    return list(_rows(impact, workloads).exclude(triggers_new=[]))


def errors(impact: PolicyImpact, workloads: QuerySet[Workload]) -> list[ImpactRow]:
    """Workloads among these that could not be compared."""
    return list(_rows(impact, workloads).exclude(error=""))
