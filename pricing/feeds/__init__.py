"""The feeds there are, in the order in which they win where two disagree."""

from pricing.feeds import genai_prices, litellm, reference
from pricing.feeds.base import Feed, FeedError

FEEDS = {
    feed.name: feed
    for feed in (
        Feed(
            "genai-prices",
            "genai-prices",
            "Token prices of some fifty providers, dated and tiered, kept by Pydantic.",
            10,
            genai_prices.shipped,
            "the data inside the installed package",
            genai_prices.parse,
            genai_prices.ADDRESS,
        ),
        Feed(
            "litellm",
            "LiteLLM price file",
            "Token prices of some 150 hosts, with dates of deprecation; no dates of prices.",
            20,
            litellm.shipped,
            "the excerpt of November 2026 that ships with the product",
            litellm.parse,
        ),
        Feed(
            reference.NAME,
            "Reference, January 2026",
            "Token, GPU and hardware prices as the guides quote them; the golden cases are decided on these.",
            30,
            reference.shipped,
            "the file that ships with the product",
        ),
    )
}

__all__ = ["FEEDS", "Feed", "FeedError"]
