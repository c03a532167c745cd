"""The portfolio over the months ahead, and the figures it hangs on, as plotly figures."""

from __future__ import annotations

import json
from textwrap import wrap
from typing import Any, Final

import plotly.graph_objects as go

# Okabe and Ito's blue, vermilion and green, at a lightness that is told from paper and from ink; the dash says it too.
LINES: Final = (("63,143,210", "solid"), ("214,108,42", "dash"), ("31,158,119", "dot"))
LOWER, HIGHER = "#3f8fd2", "#d66c2a"
NEUTRAL: Final = "#8a8f98"
SHOWN: Final = 10
A_LINE: Final = 26  # letters of a label before it goes on below
FIGURES: Final = 4


def months_figure(courses: list[dict[str, Any]], case: str) -> dict[str, Any] | None:
    """One line for each way prices may go, the middle of all futures, in the band that eight in ten lie in."""
    if not courses:
        return None
    traces: list[Any] = []
    for (colour, dash), course in zip(LINES, courses, strict=False):
        traces += _band(course["label"], course["bands"][case], colour, dash)
    layout = go.Layout(
        template="none",
        margin={"l": 8, "r": 8, "t": 8, "b": 36},
        xaxis={"title": {"text": "months from now"}, "fixedrange": True, "dtick": 6},
        yaxis={"tickprefix": "$", "tickformat": "~s", "fixedrange": True, "rangemode": "tozero"},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
    return _plain(go.Figure(traces, layout))


def _band(label: str, band: dict[str, list[float]], colour: str, dash: str) -> list[Any]:
    months = list(range(len(band["p50"])))
    quiet = {"mode": "lines", "x": months, "showlegend": False, "hoverinfo": "skip", "line": {"width": 0}}
    high = go.Scatter(y=_short(band["p90"]), **quiet)
    low = go.Scatter(y=_short(band["p10"]), fill="tonexty", fillcolor=f"rgba({colour},0.14)", **quiet)
    middle = go.Scatter(
        mode="lines",
        name=label,
        x=months,
        y=_short(band["p50"]),
        line={"color": f"rgb({colour})", "dash": dash, "width": 2.5},
        customdata=list(zip(_short(band["p10"]), _short(band["p90"]), strict=True)),
        hovertemplate="month %{x}: $%{y:,.0f}, $%{customdata[0]:,.0f} to $%{customdata[1]:,.0f}",
    )
    return [high, low, middle]


def matters_figure(swings: list[dict[str, Any]], usd_month: float | None) -> dict[str, Any] | None:
    """A bar for each figure from the bill at one end of its range to the bill at the other, the widest on top."""
    shown = [each for each in swings if each["width_usd"]][:SHOWN][::-1]
    if not shown or usd_month is None:
        return None
    names = ["<br>".join(wrap(each["label"], A_LINE)) for each in shown]
    bars = [
        _bars(names, shown, "usd_at_low", usd_month, "At its low end", LOWER, ""),
        _bars(names, shown, "usd_at_high", usd_month, "At its high end", HIGHER, "/"),
    ]
    layout = go.Layout(
        template="none",
        barmode="overlay",
        bargap=0.35,
        margin={"l": 8, "r": 8, "t": 8, "b": 28},
        xaxis={"tickprefix": "$", "tickformat": "~s", "fixedrange": True},
        yaxis={"fixedrange": True, "ticklabelstandoff": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        shapes=[
            {"type": "line", "x0": usd_month, "x1": usd_month, "yref": "paper", "y0": 0, "y1": 1,
             "line": {"dash": "dot", "width": 1.5, "color": NEUTRAL}},
        ],
    )  # fmt: skip
    return _plain(go.Figure(bars, layout))


def _bars(
    names: list[str],
    swings: list[dict[str, Any]],
    end: str,
    base: float,
    label: str,
    colour: str,
    pattern: str,
) -> Any:
    return go.Bar(
        orientation="h",
        name=label,
        y=names,
        base=[base] * len(swings),
        x=_short([each[end] - base for each in swings]),
        marker={"color": colour, "pattern": {"shape": pattern, "solidity": 0.35}},
        customdata=_short([each[end] for each in swings]),
        hovertemplate="%{y}: $%{customdata:,.0f} a month<extra>" + label + "</extra>",
    )


def _short(numbers: list[float]) -> list[float]:
    return [float(f"{number:.{FIGURES}g}") for number in numbers]


def _plain(figure: go.Figure) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(figure.to_json())
    return plain
