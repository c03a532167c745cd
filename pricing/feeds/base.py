"""What a feed hands over: quotes as it gave them, or one error that says what to do."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

MTOK = "1M tokens"
TOKENS_PER_MTOK = 1_000_000
HOURS_PER_MONTH = 730  # the guides' own convention: 0.93 an hour x 730 = 679 a month


class FeedError(Exception):
    """The feed could not be read. `permanent`: the same document will fail again, so do not retry."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class OfferKey:
    """What is sold: a provider's model in a region, or GPUs under an arrangement."""

    provider: str
    model: str = ""
    region: str = ""
    gpu: str = ""
    gpu_count: int = 0
    arrangement: str = ""  # managed | rented | owned
    terms: str = ""  # "" is on demand

    @property
    def kind(self) -> str:
        return "gpu" if self.gpu else "token"

    @property
    def slug(self) -> str:
        """Readable and unique: groq:llama-3.1-8b, lambda:8xh100:rented."""
        what = f"{self.gpu_count}x{self.gpu}" if self.gpu else self.model
        return ":".join(
            part for part in (self.provider, what, self.arrangement, self.terms, self.region) if part
        )


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """One amount for one component of an offer, in the feed's currency and per the unit named."""

    offer: OfferKey
    component: str
    amount: Decimal
    source_key: str
    currency: str = "USD"
    per: str = MTOK
    tier_from_tokens: int = 0
    service_tier: str = ""
    batch: bool = False
    hours_utc: str = ""
    valid_from: date | None = None  # None: the feed has no date
    valid_to: date | None = None
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """What stays the same when the amount changes."""
        parts = (
            self.source_key,
            self.component,
            self.tier_from_tokens,
            self.service_tier,
            self.batch,
            self.hours_utc,
        )
        return "|".join(str(part) for part in parts)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a feed says about a model besides its price."""

    model: str
    context_tokens: int | None = None
    deprecation_date: date | None = None
    open_weights: bool | None = None  # None: the feed does not say


@dataclass(frozen=True, slots=True)
class OfferEnd:
    """The provider ends an offer: on a day, or on one nobody has named."""

    offer: OfferKey
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that could not be read, with the reason."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one document said."""

    rows: tuple[QuoteRow, ...]
    version: str
    models: tuple[ModelFacts, ...] = ()
    refused: tuple[Refusal, ...] = ()
    ends: tuple[OfferEnd, ...] = ()
    said_on: date | None = None  # None: the feed says it now
    whose: frozenset[str] = frozenset()  # the sellers a part of the feed is about; empty: all of them


Fetch = Callable[[str], bytes]


def whole(address: str, fetch: Fetch) -> bytes:
    """A feed that is one document."""
    return fetch(address)


@dataclass(frozen=True, slots=True)
class Feed:
    """A source of prices. A lower priority number wins where feeds disagree.

    It is read from what ships with the product (`shipped`), from a file, or from an address (`collect` puts pages
    together to one document). `parse` reads a document; `parse_of` one that does not say whose prices it holds.
    """

    name: str
    title: str
    words: str
    priority: int
    shipped: Callable[[], Reading] | None = None
    shipped_words: str = ""
    parse: Callable[[bytes], Reading] | None = None
    parse_of: Callable[[bytes, str], Reading] | None = None
    address: str = ""
    collect: Callable[[str, Fetch], bytes] = whole
    file_words: str = "Price file (JSON)"
    tells_ends: bool = False  # whether it says when a provider ends an offer

    @property
    def takes_a_file(self) -> bool:
        return self.parse is not None or self.parse_of is not None

    def read(self, document: bytes, whose: str = "") -> Reading:
        """What the document says; raises FeedError."""
        if self.parse_of is not None:
            return self.parse_of(document, whose)
        if self.parse is None:
            raise FeedError(
                f"{self.title} has no other form than the file that ships with the product.", permanent=True
            )
        return self.parse(document)


def load_json(document: bytes) -> Any:
    """The JSON in DOCUMENT with decimals exact; raises FeedError for anything else."""
    text = _text(document).lstrip()
    if not text:
        raise FeedError("The file is empty.", permanent=True)
    if text.startswith("<"):
        raise FeedError(
            "This is a web page (HTML), not a price file. Save the raw JSON file and give that.",
            permanent=True,
        )
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        if text[0] in "[{" and text.rstrip()[-1] not in "]}":
            raise FeedError("The file ends in the middle: fetch it again.", permanent=False) from error
        raise FeedError(
            f"This is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.", permanent=True
        ) from error


def load_rows(document: bytes, needed: set[str]) -> list[dict[str, str]]:
    """The rows of a CSV file by its header; lines that begin with # are comments. Raises FeedError."""
    lines = [line for line in _text(document).splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise FeedError("The file is empty.", permanent=True)
    if lines[0].lstrip().startswith("<"):
        raise FeedError("This is a web page (HTML), not a price file. Save the raw CSV file.", permanent=True)
    reader = csv.DictReader(io.StringIO("\n".join(lines)))
    missing = sorted(needed - set(reader.fieldnames or ()))
    if missing:
        raise FeedError(f"This is not the price file: it has no column {', '.join(missing)}.", permanent=True)
    return [{name: value or "" for name, value in row.items() if name} for row in reader]


def _text(document: bytes) -> str:
    try:
        return document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeedError(
            "The file is not UTF-8 text: give the JSON file, not an archive.", permanent=True
        ) from error


def price(value: object) -> Decimal:
    """A finite amount of at least 0; raises ValueError with words."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError(f"{value!r} is not a price")  # noqa: TRY004  the caller catches one kind
    try:
        amount = Decimal(str(value))
    except ArithmeticError as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{value} is not a price")
    return amount
