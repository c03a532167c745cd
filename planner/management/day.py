"""A day as commands take it."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date


def day(text: str) -> date:
    """The day TEXT names; refused in words that argparse prints."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date; write it like 2026-01-31") from None
