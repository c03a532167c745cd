"""What a snapshot holds, for people: its offers with their sources, and its exchange rates with their day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pricing.models.book import COMPONENTS
from pricing.selectors.snapshots import is_stale

if TYPE_CHECKING:
    from pricing.models import Snapshot

AMOUNTS = {
    "input_usd_per_mtok": "input",
    "output_usd_per_mtok": "output",
    "cached_input_usd_per_mtok": "cached_input",
    "amount_per_hour": "gpu_hour",
    "capex_low": "capex_low",
    "capex_high": "capex_high",
}
BY_PEOPLE = (", chosen by ", "own price, entered by ")


@dataclass(frozen=True, slots=True)
class FrozenOffer:
    """An offer of a snapshot: its amounts by component in words, and who says them."""

    id: str
    amounts: list[tuple[str, str]]
    currency: str
    source: str
    valid_from: date | None

    @property
    def settled_by_people(self) -> bool:
        return any(words in self.source for words in BY_PEOPLE)


@dataclass(frozen=True, slots=True)
class FrozenRate:
    """A rate of a snapshot; `day` and `source` are None where the snapshot is older than they are kept."""

    currency: str
    usd_per_unit: str
    day: date | None
    source: str
    stale: bool


def offers_of(snapshot: Snapshot, words: str = "") -> list[FrozenOffer]:
    """The offers whose name or source has all the words, in the snapshot's order."""
    rows = [*snapshot.document["token_offers"], *snapshot.document["gpu_offers"]]
    wanted = words.lower().split()
    found = [_offer(row) for row in rows]
    return [each for each in found if all(word in f"{each.id} {each.source}".lower() for word in wanted)]


def settled_by_people(snapshot: Snapshot) -> list[FrozenOffer]:
    """The offers whose price an operator entered or chose."""
    return [each for each in offers_of(snapshot) if each.settled_by_people]


def rates_of(snapshot: Snapshot) -> list[FrozenRate]:
    """The exchange rates the snapshot's prices are compared with, each with its day."""
    told: dict[str, dict[str, str]] = snapshot.document.get("rates", {})
    return [
        _rate(currency, rate, told.get(currency, {}), snapshot.as_of)
        for currency, rate in sorted(snapshot.document["fx"].items())
    ]


def _offer(row: dict[str, Any]) -> FrozenOffer:
    amounts = [(COMPONENTS[part], row[name]) for name, part in AMOUNTS.items() if row.get(name) is not None]
    day = row.get("valid_from")
    return FrozenOffer(
        row["id"], amounts, row["currency"], row["source"], date.fromisoformat(day) if day else None
    )


def _rate(currency: str, rate: str, told: dict[str, str], as_of: date) -> FrozenRate:
    day = date.fromisoformat(told["day"]) if told else None
    return FrozenRate(currency, rate, day, told.get("source", ""), day is not None and is_stale(day, as_of))
