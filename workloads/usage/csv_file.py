"""A usage file read row by row: every row is a UsageRow or a BadRowError, with its line and byte position."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from workloads.usage import base
from workloads.usage.base import BadRowError, SourceError, UsageRow
from workloads.usage.csv_columns import TOKENS_OR_COST, WORKLOAD_FIELDS, Header, read_header
from workloads.usage.tally import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_BYTES = 1_000_000
SUCCESS = frozenset(("", "success", "ok", "200", "succeeded", "completed"))
CURRENCY_LETTERS = 3
TOKENS = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "reasoning_tokens")


class Line(NamedTuple):
    """One row of the file: where it begins and ends, and what was made of it."""

    number: int
    end: int
    row: UsageRow | None
    bad: BadRowError | None
    kept: dict[str, str]


class UsageFile:
    """Reads STREAM from its start. Refuses the whole file when it is no usage CSV (SourceError)."""

    def __init__(self, stream: BinaryIO, *, latest: datetime) -> None:
        self._stream = stream
        self._latest = latest
        self._number = 0
        self._end = 0
        self._reader = csv.reader(self._lines())
        self.header = self._read_header()
        self._parser = RowParser(self.header, latest)

    def _lines(self) -> Iterator[str]:
        while raw := self._stream.readline(LINE_BYTES):
            self._number += 1
            self._end += len(raw)
            yield raw.decode("utf-8", "replace")

    def _read_header(self) -> Header:
        start = self._stream.read(4)
        self._stream.seek(0)
        if start[:2] == b"PK" or start[:2] == b"\x1f\x8b" or b"\0" in start:
            raise SourceError("This is not a text file. Save the table as CSV (UTF-8) and upload that.")
        try:
            cells = next(self._reader, [])
        except csv.Error:
            raise SourceError("The first line is not a line of column names.") from None
        if not cells:
            raise SourceError("The file is empty: the first line must name the columns.")
        if cells[0].lstrip().startswith("<"):
            raise SourceError(
                "This is a web page, not a CSV file: the download probably asked for a sign-in."
            )
        return read_header(cells)

    def rows(self) -> Iterator[Line]:
        while True:
            start = self._number + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Line(start, self._end, None, BadRowError("", f"cannot be read as CSV ({error})"), {})
                continue
            if any(cells):
                yield self._line(start, cells)

    def _line(self, number: int, cells: list[str]) -> Line:
        try:
            return Line(number, self._end, self._parser.parse(cells), None, {})
        except BadRowError as bad:
            return Line(number, self._end, None, bad, self._parser.kept(cells))


class RowParser:
    """Cells to a UsageRow, by the places its header gives."""

    def __init__(self, header: Header, latest: datetime) -> None:
        self.header = header
        self.latest = latest
        self.place = header.place
        labels = [(name, header.place[name]) for name in WORKLOAD_FIELDS if name in header.place]
        labels += header.labels
        self.label_names = tuple(name for name, _ in labels)
        self.label_places = [at for _, at in labels]

    def kept(self, cells: list[str]) -> dict[str, str]:
        """What is kept of a rejected row: known columns, shortened; never an unknown column or a prompt."""
        found = ((name, cells[at]) for name, at in self.place.items() if at < len(cells))
        return {name: text.replace("\0", "")[: base.DIMENSION_LENGTH] for name, text in found if text}

    def parse(self, cells: list[str]) -> UsageRow:
        if len(cells) != self.header.width:
            raise BadRowError("", f"has {len(cells)} cells where the header names {self.header.width}")
        value = {name: cells[at].strip() for name, at in self.place.items()}
        self._refuse_unreadable(value)
        tokens = self._tokens(value)
        cost = base.money(value.get("cost", ""), "cost")
        currency = self._currency(value)
        if tokens.input is None and tokens.output is None and cost is None:
            raise BadRowError(
                "input_tokens", f"is empty, like the others: one of {', '.join(TOKENS_OR_COST)} is needed"
            )
        requests = base.whole_number(value.get("requests", ""), "requests")
        if requests == 0:
            raise BadRowError("requests", "is 0: a row stands for at least one request")
        labels, dropped = dimensions(self.label_names, tuple([cells[at] for at in self.label_places]))
        return UsageRow(
            at=self._moment(value["timestamp"]),
            provider=self._name(value, "provider"),
            model=self._model(value),
            dimensions=labels,
            requests=1 if requests is None else requests,
            failed=value.get("status", "").lower() not in SUCCESS,
            tokens=tokens,
            cost=base.reported_cost(cost, tokens),
            currency=currency if cost is not None else "",
            latency_ms=self._latency(value.get("latency_ms", "")),
            request_id=value.get("request_id", ""),
            labels_dropped=dropped,
        )

    def _refuse_unreadable(self, value: dict[str, str]) -> None:
        joined = "".join(value.values())
        if "\0" in joined or "\ufffd" in joined:
            column = next(name for name, text in value.items() if "\0" in text or "\ufffd" in text)
            raise BadRowError(column, "is not readable text (the file must be UTF-8)")

    def _moment(self, text: str) -> datetime:
        try:
            at = datetime.fromisoformat(text)
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError):
            reason = "is empty" if not text else "is not a time: write 2026-01-15T09:30:00Z"
            raise BadRowError("timestamp", reason) from None
        if at > self.latest:
            raise BadRowError("timestamp", "lies in the future")
        return at

    def _name(self, value: dict[str, str], column: str) -> str:
        text = value.get(column, "")
        if len(text) > 80:  # noqa: PLR2004  the column's width in the database
            raise BadRowError(column, "is longer than 80 characters")
        return text

    def _model(self, value: dict[str, str]) -> str:
        text = value["model"]
        if not text or len(text) > 120:  # noqa: PLR2004  the column's width in the database
            raise BadRowError("model", "is longer than 120 characters" if text else "is empty")
        return text

    def _tokens(self, value: dict[str, str]) -> base.Tokens:
        return base.inclusive(*[base.whole_number(value.get(name, ""), name) for name in TOKENS])

    def _currency(self, value: dict[str, str]) -> str:
        text = value.get("currency", "").upper() or "USD"
        if len(text) != CURRENCY_LETTERS or not text.isalpha() or not text.isascii():
            raise BadRowError("currency", "is not three letters such as USD")
        return text

    def _latency(self, text: str) -> int | None:
        amount = base.money(text, "latency_ms") if text else None
        return None if amount is None else int(amount)


@lru_cache(maxsize=10_000)
def dimensions(names: tuple[str, ...], values: tuple[str, ...]) -> tuple[base.Dimensions, int]:
    """The labels a row carries, and how many were dropped because they are texts rather than labels."""
    found = {name: text.strip() for name, text in zip(names, values, strict=True)}
    tags = [tag.strip() for tag in found.get("tag", "").split(",")]
    found["workload"] = found.get("workload") or base.first_named_workload(tags)
    short = tuple(sorted((name, text) for name, text in found.items() if text and _is_label(text)))
    return short, sum(1 for text in found.values() if text and not _is_label(text))


def _is_label(text: str) -> bool:
    return len(text) <= base.DIMENSION_LENGTH and "\0" not in text


class RowKeys:
    """What makes a row the same row in another file: its request id, else its content and how often it came."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}

    def of(self, row: UsageRow) -> str:
        if row.request_id:
            return digest("id", row.request_id)
        content = digest("row", json.dumps(row, default=str))
        place = int(content[:16], 16)
        times = self._seen[place] = self._seen.get(place, 0) + 1
        return digest(content, str(times))
