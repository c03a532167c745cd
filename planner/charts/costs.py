"""Cost a month of each placement, as a plotly figure."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go

# The Okabe-Ito blue for the chosen placement, a neutral grey for the others; the label says which it is.
CHOSEN, OTHER = "#0072b2", "#8a8f98"


def cost_figure(segment: dict[str, Any]) -> dict[str, Any] | None:
    """Horizontal bars on a logarithmic scale, the cheapest on top; None where no cost is known."""
    known = {variant: cost for variant, cost in segment["costs"].items() if cost}
    if not known:
        return None
    variants = sorted(known, key=lambda variant: -known[variant])
    bars = go.Bar(
        orientation="h",
        y=variants,
        x=[known[variant] for variant in variants],
        text=[f"${known[variant]:,.0f}{_mark(segment, variant)}" for variant in variants],
        textposition="outside",
        cliponaxis=False,
        marker={"color": [CHOSEN if _mark(segment, variant) else OTHER for variant in variants]},
        hovertemplate="%{y}: $%{x:,.2f} a month<extra></extra>",
    )
    layout = go.Layout(
        template="none",
        height=60 + 34 * len(variants),
        margin={"l": 40, "r": 110, "t": 8, "b": 36},
        xaxis={
            "type": "log",
            "title": {"text": "USD a month, logarithmic"},
            "fixedrange": True,
            "dtick": 1,
            "tickprefix": "$",
            "tickformat": "~s",
        },
        yaxis={"type": "category", "fixedrange": True, "ticklabelstandoff": 8},
        bargap=0.35,
        showlegend=False,
    )
    figure: dict[str, Any] = json.loads(go.Figure(bars, layout).to_json())
    return figure


def _mark(segment: dict[str, Any], variant: str) -> str:
    now, target = segment["now"] == variant, segment["target"] == variant
    if now and target:
        return " now and target"
    return " now" if now else " target" if target else ""
