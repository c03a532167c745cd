"""Cost a month of each placement, as a plotly figure."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go

from planner.engine.vocabulary import CLASS_LABELS, CLASS_OF

# The Okabe-Ito blue for the chosen placement, a neutral grey for the others; the label says which it is.
CHOSEN, OTHER = "#3f8fd2", "#8a8f98"
CENTS_BELOW = 100
HEIGHT = 292  # of eight placements; .plot-costs of app.css keeps the place for it


def cost_figure(segment: dict[str, Any]) -> dict[str, Any] | None:
    """A dot for each placement on a logarithmic scale, the cheapest on top; None where no cost is known."""
    known = {variant: cost for variant, cost in segment["costs"].items() if cost}
    if not known:
        return None
    variants = sorted(known, key=lambda variant: -known[variant])
    marks = {variant: _mark(segment, variant) for variant in variants}
    dots = go.Scatter(
        mode="markers+text",
        y=variants,
        x=[known[variant] for variant in variants],
        text=[_words(known[variant], marks[variant]) for variant in variants],
        textposition="middle right",
        cliponaxis=False,
        marker={
            "color": [CHOSEN if marks[variant] else OTHER for variant in variants],
            "opacity": 1,
            "size": [16 if marks[variant] else 9 for variant in variants],
        },
        hovertemplate="%{y}: $%{x:,.2f} a month<extra></extra>",
    )
    figure: dict[str, Any] = json.loads(go.Figure(dots, _layout(variants)).to_json())
    return figure


def _layout(variants: list[str]) -> go.Layout:
    """A line to each dot from its name; dollars in powers of ten."""
    return go.Layout(
        template="none",
        height=HEIGHT,
        margin={"l": 8, "r": 132, "t": 4, "b": 28},
        xaxis={
            "type": "log",
            "fixedrange": True,
            "dtick": 1,
            "tickprefix": "$",
            "tickformat": "~s",
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "type": "category",
            "fixedrange": True,
            "tickvals": variants,
            "ticktext": [f"{variant}  {CLASS_LABELS[CLASS_OF[variant]]}" for variant in variants],
            "ticklabelstandoff": 8,
            "showgrid": True,
            "griddash": "dot",
        },
        showlegend=False,
    )


def _words(usd: float, mark: str) -> str:
    amount = f"${usd:,.2f}" if usd < CENTS_BELOW else f"${usd:,.0f}"
    return f"{amount} {mark}".strip()


def _mark(segment: dict[str, Any], variant: str) -> str:
    now, target = segment["now"] == variant, segment["target"] == variant
    if now and target:
        return "now and target"
    return "now" if now else "target" if target else ""
