from pricing.selectors.snapshots import price_snapshot

__all__ = ["price_snapshot"]
