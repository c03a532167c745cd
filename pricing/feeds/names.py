"""One name per model and per provider, whatever a feed calls them. The knowledge is in data/*.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
REGION = re.compile(r"^(eu|us|global|[a-z]{2}(-gov)?-[a-z]+-\d)$")


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def _provider_aliases() -> dict[str, str]:
    return {
        alias: slug
        for slug, row in _table("providers.toml").items()
        if isinstance(row, dict)
        for alias in row.get("aliases", ())
    }


def provider_slug(raw: str) -> str:
    return _provider_aliases().get(raw.lower(), raw.lower())


def provider_name(slug: str) -> str:
    row: dict[str, str] = _table("providers.toml").get(slug, {})
    return row.get("name", slug)


def jurisdiction(slug: str) -> str:
    """The country whose law the provider answers to, or nothing where nobody has looked it up."""
    row: dict[str, str] = _table("providers.toml").get(slug, {})
    return row.get("jurisdiction", "")


def is_router(provider: str) -> bool:
    """Whether the provider passes calls on to hosts it does not name."""
    return provider.startswith(tuple(_table("providers.toml")["routers"]))


def model_slug(raw: str) -> str:
    """meta-llama/Llama-3.3-70B-Instruct-Turbo -> llama-3.3-70b."""
    last = raw.rsplit("/", 1)[-1].lower()
    aliases: dict[str, str] = _table("models.toml")["aliases"]
    return aliases.get(last, last)


def model_name(slug: str) -> str:
    names: dict[str, str] = _table("models.toml")["names"]
    return names.get(slug, slug)


def region_in(raw: str) -> str:
    """The region inside an id such as eu/gpt-4o or us-east-1/anthropic.claude-v1."""
    return next((part.lower() for part in raw.split("/")[:-1] if REGION.match(part.lower())), "")


@cache
def open_weights(slug: str) -> bool | None:
    """Whether the weights can be downloaded; None when the data does not say."""
    families = _table("models.toml")
    matches = [
        (len(prefix), is_open)
        for is_open, key in ((True, "open"), (False, "closed"))
        for prefix in families[key]
        if slug.startswith(prefix)
    ]
    return max(matches)[1] if matches else None
