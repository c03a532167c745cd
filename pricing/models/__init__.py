from pricing.models.book import Conflict, Quote, QuoteState
from pricing.models.catalogue import Certificate, Model, Offer, Provider, Withdrawal
from pricing.models.feed import Feed, FeedRun, FeedSource
from pricing.models.settled import Choice, OwnPrice
from pricing.models.snapshot import FxRate, Snapshot

__all__ = [
    "Certificate",
    "Choice",
    "Conflict",
    "Feed",
    "FeedRun",
    "FeedSource",
    "FxRate",
    "Model",
    "Offer",
    "OwnPrice",
    "Provider",
    "Quote",
    "QuoteState",
    "Snapshot",
    "Withdrawal",
]
