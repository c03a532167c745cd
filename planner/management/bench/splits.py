"""Rows to learn from and rows to be scored on, drawn the same way every time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engine.capacity import Known
from planner.engine.capacity.neighbours import family

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from planner.engine.capacity import Calibration, Row

SEED = 20261121
ALIKE = 0.13  # ln units: some report nominal lengths, some the mean of 0.9 of them


@dataclass(frozen=True, slots=True)
class Errors:
    """ln(predicted / measured) of scored rows, and which of them have measured neighbours to learn from."""

    rows: list[Row]
    logarithms: Any
    with_neighbours: Any


def half_of_rows(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """A random half to learn from, the other half to be scored on."""
    order = np.random.default_rng(SEED).permutation(len(rows))
    cut = len(rows) // 2
    return [rows[place] for place in order[:cut]], [rows[place] for place in order[cut:]]


def folds(rows: Sequence[Row], number: int) -> Iterator[tuple[list[Row], list[Row]]]:
    """Whole configurations (model, GPU, precision, GPUs) left out in turn, in so many groups."""
    names = sorted({row.configuration for row in rows})
    order = np.random.default_rng(SEED).permutation(len(names))
    for part in np.array_split(order, number):
        apart = {names[place] for place in part}
        yield (
            [row for row in rows if row.configuration not in apart],
            [row for row in rows if row.configuration in apart],
        )


def scored(
    splits: Iterator[tuple[list[Row], list[Row]]], predict: Callable[[list[Row], list[Row]], Any]
) -> Errors:
    """The errors over all splits of what `predict(learnt, asked)` says."""
    rows, logarithms, neighboured = [], [], []
    for learnt, asked in splits:
        rows += asked
        measured = np.array([row.out_tok_s for row in asked], dtype=float)
        logarithms.append(np.log(predict(learnt, asked) / measured))
        families = {family(row) for row in learnt}
        neighboured.append([family(row) in families for row in asked])
    return Errors(rows, np.concatenate(logarithms), np.concatenate(neighboured))


def measured_again(rows: Sequence[Row]) -> Any:
    """The logarithm of one measurement over another of the same point: one configuration and concurrency, lengths alike. No
    prediction that knows the point alone comes closer.
    """
    points: dict[Any, list[Row]] = {}
    for row in rows:
        points.setdefault((row.configuration, row.concurrency), []).append(row)
    pairs = [pair for same in points.values() for pair in combinations(same, 2) if _alike(*pair)]
    measured = np.array([(one.out_tok_s, other.out_tok_s) for one, other in pairs], dtype=float)
    return np.log(measured[:, 0] / measured[:, 1])


def _alike(one: Row, other: Row) -> bool:
    lengths = ((one.input_tokens, other.input_tokens), (one.output_tokens, other.output_tokens))
    return all(abs(np.log(mine / theirs)) < ALIKE for mine, theirs in lengths)


def corrected(calibration: Calibration) -> Callable[[list[Row], list[Row]], Any]:
    """Predicts by the roofline under these constants and the measured rows it learns from."""
    return lambda learnt, asked: Known.of(learnt, calibration).corrected(asked)
