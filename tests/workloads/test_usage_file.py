"""Reading a usage file: which rows go in, which are refused and with what words."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from workloads.usage.base import SourceError
from workloads.usage.csv_columns import template
from workloads.usage.csv_file import Line, RowKeys, UsageFile

LATEST = datetime(2026, 2, 1, tzinfo=UTC)
HEADER = "timestamp,model,input_tokens,output_tokens,cached_input_tokens,cost,key_alias,request_id"


def read(text: str | bytes) -> list[Line]:
    raw = text if isinstance(text, bytes) else text.encode()
    return list(UsageFile(io.BytesIO(raw), latest=LATEST).rows())


def bad(row: str) -> tuple[str, str]:
    (line,) = read(f"{HEADER}\n{row}\n")
    assert line.bad is not None
    return line.bad.column, line.bad.reason


def test_it_reads_every_documented_column() -> None:
    (line,) = read(
        "timestamp,provider,model,input_tokens,output_tokens,cached_input_tokens,cache_write_tokens,reasoning_tokens,"
        "requests,cost,currency,latency_ms,status,key_alias,tag,workload,request_id,metadata.project\n"
        '2026-01-15T10:30:00+01:00,openai,gpt-5.2,100,20,40,10,5,2,0.5,eur,250.7,timeout,bot,"a, b",FAQ,r1,apollo\n'
    )
    row = line.row
    assert row is not None
    assert (row.at, row.provider, row.model) == (
        datetime(2026, 1, 15, 9, 30, tzinfo=UTC),
        "openai",
        "gpt-5.2",
    )
    assert tuple(row.tokens) == (100, 20, 40, 10, 5, False)
    assert (row.requests, row.cost, row.currency, row.latency_ms, row.failed) == (
        2,
        Decimal("0.5"),
        "EUR",
        250,
        True,
    )
    assert dict(row.dimensions) == {
        "key_alias": "bot",
        "tag": "a, b",
        "workload": "FAQ",
        "metadata.project": "apollo",
    }


def test_its_own_template_goes_in() -> None:
    assert [line.bad for line in read(template())] == [None]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("2026-01-15T09:00:00Z,m,-5,1,,,bot,r", "input_tokens", "is negative"),
        ("2026-01-15T09:00:00Z,m,1.5,1,,,bot,r", "input_tokens", "is not a whole number"),
        ("2026-01-15T09:00:00Z,m,many,1,,,bot,r", "input_tokens", "is not a number"),
        ("2026-01-15T09:00:00Z,m,1e40,1,,,bot,r", "input_tokens", "is too large to be true"),
        ("2026-01-15T09:00:00Z,m,nan,1,,,bot,r", "input_tokens", "is not a number"),
        ("yesterday,m,1,1,,,bot,r", "timestamp", "is not a time: write 2026-01-15T09:30:00Z"),
        ("0001-01-01T00:00:00+14:00,m,1,1,,,bot,r", "timestamp", "is not a time: write 2026-01-15T09:30:00Z"),
        (",m,1,1,,,bot,r", "timestamp", "is empty"),
        ("2126-01-15T09:00:00Z,m,1,1,,,bot,r", "timestamp", "lies in the future"),
        ("2026-01-15T09:00:00Z,,1,1,,,bot,r", "model", "is empty"),
        ("2026-01-15T09:00:00Z,m,1,1,,$3,bot,r", "cost", "is not an amount: write 0.0123, with a point and no currency sign"),
        ("2026-01-15T09:00:00Z,m,1,1,,-3,bot,r", "cost", "is negative"),
        ("2026-01-15T09:00:00Z,m,1,1", "", "has 4 cells where the header names 8"),
        (
            "2026-01-15T09:00:00Z,m,,,,,bot,r",
            "input_tokens",
            "is empty, like the others: one of input_tokens, output_tokens, cost is needed",
        ),
        ("2026-01-15T09:00:00Z,m\0,1,1,,,bot,r", "model", "is not readable text (the file must be UTF-8)"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_by_column_and_reason(row: str, column: str, reason: str) -> None:
    assert bad(row) == (column, reason)


def test_a_row_that_is_not_utf8_is_refused_and_the_next_one_goes_in() -> None:
    raw = HEADER.encode() + b"\n2026-01-15T09:00:00Z,m\xff,1,1,,,bot,r\n2026-01-15T09:00:00Z,m,1,1,,,bot,r\n"
    first, second = read(raw)
    assert (first.bad and first.bad.column, second.bad) == ("model", None)


def test_lines_are_those_of_the_file_also_behind_a_row_of_two_lines() -> None:
    rows = read(
        f'{HEADER}\n2026-01-15T09:00:00Z,"a\nb",1,1,,,bot,r1\n\n2026-01-15T09:00:00Z,m,-1,1,,,bot,r2\n'
    )
    assert [(line.number, line.bad is None) for line in rows] == [(2, True), (5, False)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "model,input_tokens,key_alias\n",
            "Missing column: timestamp. Found: model, input_tokens, key_alias.",
        ),
        ("timestamp,model,key_alias\n", "Missing column: input_tokens and output_tokens (or cost)."),
        ("timestamp,model,cost\n", "Missing column: one of key_alias, tag or workload."),
        ("timestamp;model;cost\n", "separated by semicolons"),
        ("timestamp,model,cost,cost,tag\n", "The column cost stands twice"),
        ("<html><body>Sign in</body></html>\n", "This is a web page"),
        ("", "The file is empty"),
        ("PK\x03\x04", "This is not a text file"),
    ],
)
def test_a_file_that_is_no_usage_table_is_refused_with_the_way_out(text: str, words: str) -> None:
    with pytest.raises(SourceError) as refused:
        read(text)
    assert words in str(refused.value)


def test_tokens_counted_beside_their_whole_are_added_to_it() -> None:
    (line,) = read(f"{HEADER}\n2026-01-15T09:00:00Z,m,100,20,900,,bot,r\n")
    assert line.row is not None
    assert tuple(line.row.tokens) == (1000, 20, 900, None, None, True)


def test_a_cost_of_nothing_for_tokens_is_unknown_and_not_free() -> None:
    (line,) = read(f"{HEADER}\n2026-01-15T09:00:00Z,m,100,20,,0,bot,r\n")
    assert line.row is not None
    assert line.row.cost is None


def test_prompts_are_neither_read_nor_kept() -> None:
    header = "timestamp,model,cost,tag,prompt,metadata.messages,notes"
    file = UsageFile(io.BytesIO(f"{header}\nbad,m,1,t,SECRET,SECRET,SECRET\n".encode()), latest=LATEST)
    (line,) = file.rows()
    assert (file.header.bodies, file.header.unknown) == (("prompt", "metadata.messages"), ("notes",))
    assert line.kept == {"timestamp": "bad", "model": "m", "cost": "1", "tag": "t"}


def test_a_label_that_is_a_text_is_dropped_and_counted() -> None:
    (line,) = read(f"timestamp,model,cost,tag\n2026-01-15T09:00:00Z,m,1,{'x' * 129}\n")
    assert line.row is not None
    assert (line.row.dimensions, line.row.labels_dropped) == ((), 1)


def test_equal_rows_without_an_id_are_different_rows_and_the_same_in_another_file() -> None:
    text = f"{HEADER}\n" + "2026-01-15T09:00:00Z,m,1,1,,,bot,\n" * 2
    first, second = RowKeys(), RowKeys()
    keys = [first.of(line.row) for line in read(text) if line.row]
    again = [second.of(line.row) for line in read(text) if line.row]
    assert keys[0] != keys[1]
    assert again == keys
