"""A decision on a price is nothing without its reason."""

from __future__ import annotations

from django.core.exceptions import ValidationError


def given(reason: str) -> str:
    """The reason without blanks around it; raises ValidationError where there is none."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why: the reason is shown wherever this price is."})
    return reason.strip()
