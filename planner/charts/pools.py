"""A pool hour by hour, as a plotly figure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.selectors.pools import PoolPage

# Okabe and Ito's colours, at a lightness that is told from paper and from ink; the pattern says it too.
TONES: Final = (
    ("#3f8fd2", ""),
    ("#d66c2a", "/"),
    ("#1f9e77", "x"),
    ("#b06cc0", "."),
    ("#a08a1c", "\\"),
    ("#8a8f98", "-"),
)
NEUTRAL: Final = "#8a8f98"
PLACES: Final = 3
NAMED: Final = len(TONES) - 1  # members with a bar of their own, the largest; the others share the last


def hours_figure(page: PoolPage) -> dict[str, Any]:
    """Replicas kept busy at planned use by hour of the day, stacked by who keeps them busy, under those that serve."""
    bars = [
        go.Bar(
            name=label,
            x=list(range(len(loads))),
            y=[round(each, PLACES) for each in loads],
            marker={"color": colour, "pattern": {"shape": pattern, "solidity": 0.3}},
            hovertemplate="%{x}:00: %{y:.2f} replicas<extra>" + label + "</extra>",
        )
        for (label, loads), (colour, pattern) in zip(_bars(page), TONES, strict=False)
    ]
    layout = go.Layout(
        template="none",
        barmode="stack",
        bargap=0.15,
        margin={"l": 8, "r": 8, "t": 8, "b": 36},
        xaxis={"title": {"text": "hour of the day, UTC"}, "fixedrange": True, "dtick": 3},
        yaxis={"title": {"text": "replicas"}, "fixedrange": True, "rangemode": "tozero"},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        shapes=[
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": page.serving, "y1": page.serving,
             "line": {"dash": "dot", "width": 1.5, "color": NEUTRAL}},
        ],
        annotations=[
            {"xref": "paper", "x": 1, "y": page.serving, "text": f"{page.serving} serving", "showarrow": False,
             "xanchor": "right", "yanchor": "bottom"},
        ],
    )  # fmt: skip
    plain: dict[str, Any] = json.loads(go.Figure(bars, layout).to_json())
    return plain


def _bars(page: PoolPage) -> list[tuple[str, Sequence[float]]]:
    """The largest members by name, the others together."""
    members = sorted(page.members, key=lambda each: -each.peak)
    named = members if len(members) <= len(TONES) else members[:NAMED]
    found = [(each.label, each.data["hours"]) for each in named]
    others = [each.data["hours"] for each in members[len(named) :]]
    if others:
        found.append((f"{len(others)} others", [sum(hour) for hour in zip(*others, strict=True)]))
    return found
