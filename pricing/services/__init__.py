from pricing.services.certificates import enter_certificate, take_out_certificate
from pricing.services.choosing import choose_feed
from pricing.services.deciding import decide_quote
from pricing.services.own_prices import Price, end_own_price, enter_own_price, price_new_offer
from pricing.services.pulling import Upload, ask_pull, pull_here, run_pull
from pricing.services.rates import enter_rate
from pricing.services.scheduling import due_feed_runs, source_for
from pricing.services.snapshots import freeze_snapshot, reference_snapshot_row
from pricing.services.taking import take_reading

__all__ = [
    "Price",
    "Upload",
    "ask_pull",
    "choose_feed",
    "decide_quote",
    "due_feed_runs",
    "end_own_price",
    "enter_certificate",
    "enter_own_price",
    "enter_rate",
    "freeze_snapshot",
    "price_new_offer",
    "pull_here",
    "reference_snapshot_row",
    "run_pull",
    "source_for",
    "take_out_certificate",
    "take_reading",
]
