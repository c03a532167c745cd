from pricing.models.book import Conflict, Quote, QuoteState
from pricing.models.catalogue import Model, Offer, Provider
from pricing.models.feed import Feed, FeedRun, FeedSource
from pricing.models.snapshot import FxRate, Snapshot

__all__ = [
    "Conflict",
    "Feed",
    "FeedRun",
    "FeedSource",
    "FxRate",
    "Model",
    "Offer",
    "Provider",
    "Quote",
    "QuoteState",
    "Snapshot",
]
