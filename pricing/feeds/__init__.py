"""The feeds there are, in the order in which they win where two disagree."""

from pricing.feeds import genai_prices, gpuhunt, litellm, models_dev, reference, scaleway, skypilot
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
            address=genai_prices.ADDRESS,
        ),
        Feed(
            "scaleway",
            "Scaleway catalogue",
            "Managed and rented GPUs of Scaleway in euros, as Scaleway publishes them.",
            15,
            parse=scaleway.parse,
            address=scaleway.ADDRESS,
            collect=scaleway.collect,
            file_words="Product catalogue (JSON)",
            tells_ends=True,
        ),
        Feed(
            "litellm",
            "LiteLLM price file",
            "Token prices of some 150 hosts, with dates of deprecation; no dates of prices.",
            20,
            litellm.shipped,
            "the excerpt of November 2026 that ships with the product",
            litellm.parse,
            tells_ends=True,
        ),
        Feed(
            "models-dev",
            "models.dev",
            "Token prices of some 150 hosts, European ones among them; whose weights are open, what is deprecated.",
            25,
            parse=models_dev.parse,
            address=models_dev.ADDRESS,
            file_words="api.json",
            tells_ends=True,
        ),
        Feed(
            "gpuhunt",
            "gpuhunt catalogue",
            "Rented GPUs by the hour, on demand and spot; one file for each provider.",
            26,
            parse_of=gpuhunt.parse_of,
            file_words="Catalogue of one provider (CSV)",
        ),
        Feed(
            "skypilot",
            "SkyPilot catalogue",
            "Rented GPUs by the hour, on demand and spot; one vms.csv for each cloud.",
            28,
            parse_of=skypilot.parse_of,
            file_words="vms.csv of one cloud",
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
