"""The columns of a usage file: what each means, which must be there, and the template made from them."""

from __future__ import annotations

from typing import NamedTuple

from workloads.usage.base import BODIES, SourceError


class Column(NamedTuple):
    name: str
    meaning: str
    example: str
    need: str = "optional"


COLUMNS = (
    Column("timestamp", "When the request was made: ISO 8601; without a zone it is read as UTC.",
           "2026-01-15T09:30:00Z", "required"),
    Column("provider", "Who bills for it.", "anthropic"),
    Column("model", "The model, as the provider calls it.", "claude-sonnet-4-5", "required"),
    Column("input_tokens", "Prompt tokens, cached ones included.", "1200", "tokens or cost"),
    Column("output_tokens", "Answer tokens, reasoning included.", "300", "tokens or cost"),
    Column("cached_input_tokens", "The part of the input that was read from a cache.", "1024"),
    Column("cache_write_tokens", "The part of the input that was written to a cache.", "0"),
    Column("reasoning_tokens", "The part of the output that was reasoning.", "0"),
    Column("requests", "How many requests the row stands for; 1 when left out.", "1"),
    Column("cost", "What the source says it cost; leave it empty when unknown.", "0.0053352", "tokens or cost"),
    Column("currency", "Three letters; USD when left out.", "USD"),
    Column("latency_ms", "Milliseconds until the answer was complete.", "251"),
    Column("status", "success, or whatever the error was.", "success"),
    Column("key_alias", "The name of the API key.", "support-bot", "one of three"),
    Column("tag", "Tags, separated by commas; workload:NAME names the workload.", "team:service", "one of three"),
    Column("workload", "The registered workload's name.", "", "one of three"),
    Column("request_id", "The request's own id: it is counted once, in however many files it stands.", "req-0001"),
    Column("metadata.*", "Further labels with few values (metadata.project): up to 128 characters each. The labels "
           "metadata.batch, metadata.service_tier and metadata.region say which price applies.", ""),
)  # fmt: skip
NAMES = tuple(column.name for column in COLUMNS if column.name != "metadata.*")
TOKENS_OR_COST = ("input_tokens", "output_tokens", "cost")
WORKLOAD_FIELDS = ("key_alias", "tag", "workload")


class Header(NamedTuple):
    """Where each known column stands, which labels come with it, and what is left out."""

    width: int
    place: dict[str, int]
    labels: tuple[tuple[str, int], ...]
    bodies: tuple[str, ...]
    unknown: tuple[str, ...]


def read_header(cells: list[str]) -> Header:
    """The columns by name; refuses a file that lacks one it needs, naming it and those found."""
    names = [cell.strip().lstrip("\ufeff").lower() for cell in cells]
    refuse_unusable(names)
    place = {name: number for number, name in enumerate(names) if name in NAMES}
    labels = tuple((name, number) for number, name in enumerate(names) if _is_label(name))
    read = {*place, *(name for name, _ in labels)}
    left = [name for name in names if name and name not in read]
    bodies = tuple(name for name in left if _is_body(name))
    return Header(len(names), place, labels, bodies, tuple(name for name in left if name not in bodies))


def _is_body(name: str) -> bool:
    return not BODIES.isdisjoint(name.split("."))


def _is_label(name: str) -> bool:
    return name.startswith("metadata.") and not _is_body(name)


def refuse_unusable(names: list[str]) -> None:
    found = ", ".join(name for name in names if name)
    if len(names) == 1 and ";" in names[0]:
        raise SourceError(
            "The columns are separated by semicolons; separate them by commas and upload it again."
        )
    twice = sorted({name for name in names if name in NAMES and names.count(name) > 1})
    if twice:
        raise SourceError(f"The column {twice[0]} stands twice; found: {found}. Nothing was counted.")
    missing = [name for name in ("timestamp", "model") if name not in names]
    if not set(TOKENS_OR_COST) & set(names):
        missing.append("input_tokens and output_tokens (or cost)")
    if not set(WORKLOAD_FIELDS) & set(names):
        missing.append("one of key_alias, tag or workload")
    if missing:
        columns = "Missing column" if len(missing) == 1 else "Missing columns"
        raise SourceError(
            f"{columns}: {'; '.join(missing)}. Found: {found or 'nothing'}. Nothing was counted."
        )


def template() -> str:
    """A file with every documented column and one row that goes in."""
    columns = [column for column in COLUMNS if column.name != "metadata.*"]
    return "\r\n".join((",".join(c.name for c in columns), ",".join(c.example for c in columns), ""))
