"""Small feeds for tests: LiteLLM's file and the genai-prices file with a few models at Groq."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pricing import services
from pricing.models import FeedRun, Quote
from pricing.selectors.current import FeedPrice, prices_on

DAY = datetime(2026, 11, 21, 6, tzinfo=UTC)
TODAY = DAY.date()


def entry(price_in: float, price_out: float, **more: Any) -> dict[str, Any]:
    """One model of LiteLLM's file, in dollars per million tokens."""
    return {
        "litellm_provider": "groq",
        "mode": "chat",
        "input_cost_per_token": price_in / 1e6,
        "output_cost_per_token": price_out / 1e6,
    } | more


def litellm(at: datetime = DAY, **entries: Any) -> FeedRun:
    """LiteLLM's file with these entries, pulled at AT; an underscore in a name is a hyphen."""
    document = {name.replace("_", "-"): value for name, value in entries.items()}
    return pulled("litellm", at, document)


def genai(at: datetime = DAY, *, provider: str = "groq", **models: Any) -> FeedRun:
    """The genai-prices file with these models, each as (input, output) in dollars per million tokens."""
    priced = [
        {"id": name.replace("_", "-"), "prices": {"input_mtok": amounts[0], "output_mtok": amounts[1]}}
        for name, amounts in models.items()
    ]
    return pulled("genai-prices", at, [{"id": provider, "models": priced}])


def pulled(feed: str, at: datetime, document: Any) -> FeedRun:
    upload = services.Upload("prices.json", json.dumps(document).encode())
    return services.pull_here(feed, as_of=at, source="file", upload=upload)


def used(slug: str = "groq:llama", at: datetime = DAY) -> FeedPrice:
    """The price in use for the offer at AT."""
    pk = Quote.objects.filter(offer__slug=slug).values_list("offer_id", flat=True)[0]
    return prices_on(at.date(), [pk])[pk][0]
