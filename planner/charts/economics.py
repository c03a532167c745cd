"""Costs taken apart, over volume and over time, as plotly figures: each says what it shows, app.css how it looks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import plotly.graph_objects as go

from planner.engine.vocabulary import CLASS_LABELS, CLASS_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.explain.costing import TermLine
    from planner.selectors.foreseen import Foreseen

FIGURES: Final = 4  # significant ones: more would only make the page heavier
DASHES: Final = ("solid", "dash", "dot", "dashdot")
ROW_PX: Final = 30
EDGES_PX: Final = 64
BAND: Final = 0.16
NEUTRAL: Final = "#8a8f98"


def waterfall_figure(lines: Sequence[TermLine], total: float | None) -> dict[str, Any] | None:
    """From the first term to the total, a bar each, from top to bottom; None where nothing is known."""
    if total is None or not lines:
        return None
    labels = [line.label for line in lines]
    bars = go.Waterfall(
        orientation="h",
        measure=["relative"] * len(lines) + ["total"],
        y=[*labels, "A month"],
        x=[*(round(line.usd_month, 2) for line in lines), round(total, 2)],
        connector={"line": {"width": 1, "color": NEUTRAL}},
        text=[*(f"${line.usd_month:,.0f}" for line in lines), f"${total:,.0f}"],
        textposition="outside",
        cliponaxis=False,
        increasing={"marker": {"color": "#3f8fd2"}},
        decreasing={"marker": {"color": "#009e73"}},
        totals={"marker": {"color": NEUTRAL}},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    layout = go.Layout(
        template="none",
        height=EDGES_PX + ROW_PX * (len(lines) + 1),
        margin={"l": 8, "r": 72, "t": 4, "b": 28},
        showlegend=False,
        xaxis={"tickprefix": "$", "tickformat": "~s", "fixedrange": True, "zeroline": True, "nticks": 5},
        yaxis={"autorange": "reversed", "fixedrange": True, "automargin": True, "type": "category"},
    )
    return _plain(go.Figure(bars, layout))


def volume_figure(volumes: dict[str, Any] | None, comparator: str) -> dict[str, Any] | None:
    """Dollars a month over tokens a month, both in powers of ten, with today's volume; None where it is not known."""
    if volumes is None or not volumes["lines"]:
        return None
    tokens = [_short(each) for each in volumes["tokens_month"]]
    lines = [
        go.Scatter(
            mode="lines",
            name=_named(variant),
            x=tokens,
            y=[_short(each) for each in usd],
            line={"dash": DASHES[place % len(DASHES)], "width": 3 if variant == comparator else 2},
            hovertemplate="%{x:.3s} tokens a month: $%{y:,.0f}<extra>" + variant + "</extra>",
        )
        for place, (variant, usd) in enumerate(volumes["lines"].items())
    ]
    crossings = [
        go.Scatter(
            mode="markers",
            showlegend=False,
            x=[_short(where)],
            y=[_short(np.interp(where, volumes["tokens_month"], volumes["lines"][variant]))],
            marker={"size": 11, "symbol": "diamond", "color": NEUTRAL},
            hovertemplate=f"{variant} is cheaper from here on<extra></extra>",
        )
        for variant, where in volumes["break_evens"].items()
        if variant in volumes["lines"]
    ]
    layout = go.Layout(
        template="none",
        margin={"l": 8, "r": 8, "t": 8, "b": 36},
        xaxis={
            "type": "log",
            "tickformat": "~s",
            "title": {"text": "tokens a month"},
            "fixedrange": True,
            "dtick": 1,
        },
        yaxis={"type": "log", "tickprefix": "$", "tickformat": "~s", "fixedrange": True, "dtick": 1},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        shapes=[
            {
                "type": "line",
                "x0": volumes["now"],
                "x1": volumes["now"],
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"dash": "dot", "width": 1.5, "color": NEUTRAL},
            }
        ],
        annotations=[
            {
                "x": float(np.log10(volumes["now"])),
                "yref": "paper",
                "y": 0,
                "text": "today",
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "bottom",
                "xshift": 4,
            }
        ],
    )
    return _plain(go.Figure([*lines, *crossings], layout))


def future_figure(future: Foreseen | None) -> dict[str, Any] | None:
    """Bills over the months ahead under each way prices may go: the middle as a line, eight in ten as a band."""
    if future is None:
        return None
    traces: list[Any] = []
    for place, way in enumerate(future.ways):
        band = way.forecast.bands[future.other]
        name = f"{future.other}, {way.scenario.label.lower()}"
        traces += _band(name, band, DASHES[place % len(DASHES)], legend=True)
    traces += _band(
        _named(future.own), future.ways[0].forecast.bands[future.own], "solid", legend=True, width=3
    )
    layout = go.Layout(
        template="none",
        margin={"l": 8, "r": 8, "t": 8, "b": 36},
        xaxis={"title": {"text": "months from now"}, "fixedrange": True, "dtick": 6},
        yaxis={"type": "log", "tickprefix": "$", "tickformat": "~s", "fixedrange": True, "dtick": 1},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        hovermode="x unified",
    )
    return _plain(go.Figure(traces, layout))


def _band(name: str, band: Any, dash: str, *, legend: bool, width: float = 2) -> list[Any]:
    """A line of the middle, named; its band is written into what one reads on pointing at it."""
    months = list(range(len(band.p50)))
    return [
        go.Scatter(
            mode="lines",
            name=name,
            x=months,
            y=[_short(each) for each in band.p50],
            line={"dash": dash, "width": width},
            customdata=[[_short(low), _short(high)] for low, high in zip(band.p10, band.p90, strict=True)],
            hovertemplate="$%{y:,.0f}, $%{customdata[0]:,.0f} to $%{customdata[1]:,.0f}",
            showlegend=legend,
        )
    ]


def _named(variant: str) -> str:
    return f"{variant} {CLASS_LABELS[CLASS_OF[variant]]}"


def _short(number: float) -> float:
    return float(f"{number:.{FIGURES}g}")


def _plain(figure: go.Figure) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(figure.to_json())
    return plain
