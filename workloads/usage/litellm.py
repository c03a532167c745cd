"""LiteLLM's spend log, `GET /spend/logs/v2`: hours to pages, rows to UsageRow. Bodies are never read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from workloads.usage import base
from workloads.usage.base import BadRowError, SourceError, UsageRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PATH = "/spend/logs/v2"
PAGE_SIZE = 1000
SHORTEST = timedelta(seconds=1)
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
USUAL_TIERS = ("", "auto", "default", "standard")
PAGES_PER_WINDOW = 100_000  # a source that never sends a short page is broken


class Hour(NamedTuple):
    """Everything the log says of one hour, each request once."""

    rows: list[UsageRow]
    bad: list[tuple[BadRowError, dict[str, str]]]


def read_hour(get: Callable[[str, Mapping[str, str | int]], Any], start: datetime) -> Hour:
    """The rows that began in the hour from START. Both ends of a window are inclusive, so the edges are cut here."""
    end = start + timedelta(hours=1)
    rows: dict[str, UsageRow] = {}
    bad: dict[str, tuple[BadRowError, dict[str, str]]] = {}
    for raw in window(get, start, end):
        if not begins_within(raw, start, end):
            continue
        identity = str(raw.get("request_id") or "")
        try:
            rows[identity] = parse(raw)
        except BadRowError as error:
            bad[identity] = (error, kept(raw))
    return Hour(list(rows.values()), list(bad.values()))


def begins_within(raw: Mapping[str, Any], start: datetime, end: datetime) -> bool:
    """Whether the row is of this hour; one whose time cannot be read is, so that it is listed."""
    try:
        return start <= moment(raw.get("startTime")) < end
    except BadRowError:
        return True


def window(
    get: Callable[[str, Mapping[str, str | int]], Any], start: datetime, end: datetime
) -> Iterator[dict[str, Any]]:
    """Raw rows between START and END, page by page until a short one; a window whose count is capped is split."""
    for page in range(1, PAGES_PER_WINDOW):
        body = get(PATH, query(start, end, page))
        data = rows_of(body)
        if page == 1 and body.get("total_is_capped") and end - start > SHORTEST:
            middle = start + timedelta(seconds=(end - start) // SHORTEST // 2)
            yield from window(get, start, middle)
            yield from window(get, middle, end)
            return
        yield from data
        if len(data) < PAGE_SIZE:
            return
    raise SourceError("The source sends pages without end.")


def query(start: datetime, end: datetime, page: int) -> dict[str, str | int]:
    return {
        "start_date": start.strftime(TIME_FORMAT),
        "end_date": end.strftime(TIME_FORMAT),
        "page": page,
        "page_size": PAGE_SIZE,
        "sort_by": "startTime",
        "sort_order": "asc",
        "exclude_internal_health_checks": "true",
    }


def rows_of(body: object) -> list[dict[str, Any]]:
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise SourceError("The source's answer has no list `data`: this is not LiteLLM's /spend/logs/v2.")
    return data


def parse(raw: Mapping[str, Any]) -> UsageRow:
    """One row of the spend log. Prompt tokens are inclusive already, for every provider."""
    if not raw.get("request_id"):
        raise BadRowError("request_id", "is empty")
    metadata = as_object(raw.get("metadata"))
    usage = as_object(metadata.get("usage_object"))
    tokens = tokens_of(raw, usage)
    cost = base.money(text(raw.get("spend")), "spend")
    return UsageRow(
        at=moment(raw.get("startTime")),
        provider=text(raw.get("custom_llm_provider"))[:80],
        model=model_of(raw),
        dimensions=dimensions_of(raw, metadata),
        requests=1,
        failed=raw.get("status") not in {None, "", "success"},
        tokens=tokens,
        cost=base.reported_cost(cost, tokens),
        currency="" if cost is None else "USD",
        latency_ms=base.whole_number(text(raw.get("request_duration_ms")), "request_duration_ms"),
        request_id=str(raw["request_id"]),
    )


def tokens_of(raw: Mapping[str, Any], usage: Mapping[str, Any]) -> base.Tokens:
    prompt = as_object(usage.get("prompt_tokens_details"))
    completion = as_object(usage.get("completion_tokens_details"))
    cached = usage.get("cache_read_input_tokens")
    if cached is None:
        cached = prompt.get("cached_tokens")
    named = (
        ("prompt_tokens", raw.get("prompt_tokens")),
        ("completion_tokens", raw.get("completion_tokens")),
        ("cache_read_input_tokens", cached),
        ("cache_creation_input_tokens", usage.get("cache_creation_input_tokens")),
        ("reasoning_tokens", completion.get("reasoning_tokens")),
    )
    return base.inclusive(*(base.whole_number(text(value), name) for name, value in named))


def dimensions_of(raw: Mapping[str, Any], metadata: Mapping[str, Any]) -> base.Dimensions:
    """Key alias, tags, team and project, and the workload the caller names; no end user, no address. The service tier
    where it is another than the usual one, for it has prices of its own.
    """
    tags = [str(tag) for tag in as_list(raw.get("request_tags"))]
    named = base.first_named_workload(tags) or text(
        as_object(metadata.get("spend_logs_metadata")).get("workload")
    )
    tier = text(as_object(metadata.get("usage_object")).get("service_tier")).lower()
    found = {
        "key_alias": text(metadata.get("user_api_key_alias")),
        "tag": ",".join(tags),
        "workload": named,
        "metadata.project": text(metadata.get("user_api_key_project_alias")),
        "metadata.team": text(metadata.get("user_api_key_team_alias")),
        "metadata.service_tier": "" if tier in USUAL_TIERS else tier,
    }
    return tuple(
        sorted((name, value) for name, value in found.items() if 0 < len(value) <= base.DIMENSION_LENGTH)
    )


def model_of(raw: Mapping[str, Any]) -> str:
    name = text(raw.get("model"))
    if not name:
        raise BadRowError("model", "is empty")
    return name[:120]


def moment(value: object) -> datetime:
    """UTC, with or without the offset: the proxy's database keeps no zone."""
    try:
        at = datetime.fromisoformat(text(value))
    except ValueError:
        raise BadRowError("startTime", "is not a time") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def kept(raw: Mapping[str, Any]) -> dict[str, str]:
    """What is kept of a row that cannot be counted: figures and names, by an allow-list."""
    names = (
        "request_id",
        "startTime",
        "model",
        "custom_llm_provider",
        "prompt_tokens",
        "completion_tokens",
        "spend",
    )
    found = ((name, raw.get(name)) for name in names)
    return {
        name: text(value).replace("\0", "")[: base.DIMENSION_LENGTH]
        for name, value in found
        if is_plain(value)
    }


def is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def text(value: object) -> str:
    """Plain values as text; floats exactly as they were written; anything else is no value."""
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def as_object(value: object) -> dict[str, Any]:
    """LiteLLM sends objects as objects or as JSON in a string."""
    found = decoded(value)
    return found if isinstance(found, dict) else {}


def as_list(value: object) -> list[Any]:
    found = decoded(value)
    return found if isinstance(found, list) else []


def decoded(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None
