"""Why a step with a draft was not taken."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError

OVERTAKEN: Final = "Another policy became active since this draft began. Begin again on top of it."


class ChangedMeanwhileError(Exception):
    """The draft is no longer the one that was on the screen."""


class StaleBaseError(ValidationError):
    """Another policy became active since the draft began: it goes on as a new draft on top of that one."""
