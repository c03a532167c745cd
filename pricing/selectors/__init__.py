from pricing.selectors.snapshots import price_snapshot
from pricing.selectors.traffic import Priced, Traffic, cost_of, costs_of

__all__ = ["Priced", "Traffic", "cost_of", "costs_of", "price_snapshot"]
