"""What is asked for in a month: requests, tokens and how they come, of one part of a workload or of many."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final

from planner.engine.economics.demand import OUTPUT, counted, split

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

PERCENT: Final = 100
SECONDS_PER_HOUR: Final = 3600
HOURS_A_DAY: Final = 24
# Of this part; else its share of those of the workload, which the facts hold divided already.
REQUESTS: Final = ("requests_month", "queries_month")


@dataclass(frozen=True, slots=True)
class Work:
    """The demand of a month. Every field is a number, or an array of one shape for many parts (or months) at once.

    Tokens are those the workload needs; retries, longer answers of an open model and reasoning nobody counted yet come
    on top.
    Shares are 0 to 1. `peak` is the 99th percentile of ten-minute bins over the mean. `stand_in` names the figures
    that stand in for facts nobody supplied.
    """

    requests_month: Any
    input_tokens_month: Any
    output_tokens_month: Any
    cached_share: Any
    written_share: Any
    batch_share: Any
    reasoning: Any
    longer: Any
    peak: Any
    stand_in: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, values: Mapping[str, Any], known: Container[str], a: Mapping[str, float]) -> Work | None:
        """The demand these facts describe; None while the volume is unknown, or nothing is asked for.

        `known` holds the names somebody supplied or that follow from supplied ones.
        """
        total = values.get("tokens_month") if "tokens_month" in known else None
        tokens = split(total, counted(values, known), a["in_out_ratio"])
        if tokens is None or sum(tokens[:2]) <= 0:
            return None
        tokens_in, tokens_out, parts = tokens
        stand_in: set[str] = set() if parts else {"in_out_ratio"}

        def told(name: str, figure: str, scale: float = 1) -> float:
            if name in known and values.get(name) is not None:
                return float(values[name]) / scale
            stand_in.add(figure)
            return a[figure]

        requests = next((values[name] for name in REQUESTS if name in known and values.get(name)), None)
        if requests is None:
            stand_in.add("tokens_per_request")
            requests = (tokens_in + tokens_out) / a["tokens_per_request"]
        cached = told("cached_input_share", "cache_hit_share", PERCENT)
        return cls(
            requests_month=float(requests),
            input_tokens_month=float(tokens_in),
            output_tokens_month=float(tokens_out),
            cached_share=cached,
            # What is read from the cache is not written to it.
            written_share=min(told("cache_write_share", "cache_write_share", PERCENT), 1 - cached),
            batch_share=told("batch_share", "batch_share_default", PERCENT),
            # Output that somebody gave or measured holds the reasoning (policy input output_tokens_month).
            reasoning=1.0 if OUTPUT in parts else told("reasoning_multiplier", "reasoning_multiplier"),
            longer=values.get("open_token_multiplier") or 1,
            peak=max(1.0, told("peak_to_avg", "peak_to_mean_workload")),
            stand_in=frozenset(stand_in),
        )

    @property
    def input_tokens(self) -> Any:
        """Of one request."""
        return self.input_tokens_month / self.requests_month

    @property
    def output_tokens(self) -> Any:
        """Of one request, reasoning included."""
        return self.output_tokens_month * self.reasoning / self.requests_month

    @property
    def tokens_month(self) -> Any:
        """In and out, as the workload needs them."""
        return self.input_tokens_month + self.output_tokens_month

    def grown(self, factor: Any) -> Work:
        """The same work, so many times as much of it: requests of the same length."""
        return replace(
            self,
            requests_month=self.requests_month * factor,
            input_tokens_month=self.input_tokens_month * factor,
            output_tokens_month=self.output_tokens_month * factor,
        )

    def requests_s(self, hours_month: Any) -> Any:
        """Mean requests a second."""
        return self.requests_month / (hours_month * SECONDS_PER_HOUR)

    def arrays(self) -> dict[str, Any]:
        """The fields that may be arrays, by name."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "stand_in"}
