"""Costs taken apart, over volume and over time, as plotly figures: each says what it shows, app.css how it looks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import plotly.graph_objects as go

from planner.engine.amounts import in_words
from planner.engine.vocabulary import CLASS_LABELS, CLASS_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.engine.explain.costing import TermLine
    from planner.selectors.foreseen import Foreseen

FIGURES: Final = 4  # significant ones: more would only make the page heavier
DASHES: Final = ("solid", "dash", "dot", "dashdot")
ROW_PX: Final = 30
EDGES_PX: Final = 64
NEUTRAL: Final = "#8a8f98"
COST: Final = "#3f8fd2"  # Okabe and Ito's blue, and their green for what is taken off
SAVED: Final = "#009e73"


def waterfall_figure(lines: Sequence[TermLine], total: float | None) -> dict[str, Any] | None:
    """From the first term to the total, a bar each, from top to bottom; None where nothing is known."""
    if total is None or not lines:
        return None
    labels = [*(line.label for line in lines), "A month"]
    amounts = [*(round(line.usd_month, 2) for line in lines), round(total, 2)]
    starts = [0.0, *np.cumsum(amounts[:-1])]
    starts[-1] = 0.0  # the total stands on the axis
    tones = [SAVED if usd < 0 else COST for usd in amounts[:-1]] + [NEUTRAL]
    bars = go.Bar(
        orientation="h",
        y=labels,
        x=amounts,
        base=[round(float(each), 2) for each in starts],
        marker={"color": tones},
        text=[f"-${-usd:,.0f}" if usd < 0 else f"${usd:,.0f}" for usd in amounts],
        textposition="outside",
        cliponaxis=False,
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
    return _plain(go.Figure([*lines, *crossings], _volume_layout(tokens, float(volumes["now"]))))


def _volume_layout(tokens: Sequence[float], now: float) -> go.Layout:
    """Powers of ten both ways, and a line where the volume is today."""
    return go.Layout(
        template="none",
        margin={"l": 8, "r": 8, "t": 8, "b": 36},
        xaxis={"type": "log", "title": {"text": "tokens a month"}, "fixedrange": True, **_powers(tokens)},
        yaxis={"type": "log", "tickprefix": "$", "tickformat": "~s", "fixedrange": True, "dtick": 1},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        shapes=[
            {
                "type": "line",
                "x0": now,
                "x1": now,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"dash": "dot", "width": 1.5, "color": NEUTRAL},
            }
        ],
        annotations=[
            {
                "x": float(np.log10(now)),
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


def future_figure(future: Foreseen | None) -> dict[str, Any] | None:
    """Bills over the months ahead under each way prices may go: the middle as a line, eight in ten as a band."""
    if future is None:
        return None
    traces = [
        _line(
            f"{future.other}, {way.scenario.label.lower()}",
            way.forecast.bands[future.other],
            DASHES[place % len(DASHES)],
        )
        for place, way in enumerate(future.ways)
    ]
    traces.append(_line(_named(future.own), future.ways[0].forecast.bands[future.own], "solid", width=3))
    layout = go.Layout(
        template="none",
        margin={"l": 8, "r": 8, "t": 8, "b": 36},
        xaxis={"title": {"text": "months from now"}, "fixedrange": True, "dtick": 6},
        yaxis={"type": "log", "tickprefix": "$", "tickformat": "~s", "fixedrange": True, "dtick": 1},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        hovermode="x unified",
    )
    return _plain(go.Figure(traces, layout))


def _line(name: str, band: Any, dash: str, width: float = 2) -> go.Scatter:
    """The middle as a line; where eight in ten lie is written into what one reads on pointing at it."""
    return go.Scatter(
        mode="lines",
        name=name,
        x=list(range(len(band.p50))),
        y=[_short(each) for each in band.p50],
        line={"dash": dash, "width": width},
        customdata=[[_short(low), _short(high)] for low, high in zip(band.p10, band.p90, strict=True)],
        hovertemplate="$%{y:,.0f}, $%{customdata[0]:,.0f} to $%{customdata[1]:,.0f}",
    )


def _powers(values: Sequence[float]) -> dict[str, Any]:
    """Ticks at the powers of ten, written as people write them: 1B and not 1G."""
    low, high = np.floor(np.log10(min(values))), np.ceil(np.log10(max(values)))
    ticks = [float(each) for each in 10.0 ** np.arange(low, high + 1)]
    return {"tickvals": ticks, "ticktext": [in_words(each) for each in ticks]}


def _named(variant: str) -> str:
    return f"{variant} {CLASS_LABELS[CLASS_OF[variant]]}"


def _short(number: float) -> float:
    return float(f"{number:.{FIGURES}g}")


def _plain(figure: go.Figure) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(figure.to_json())
    return plain
