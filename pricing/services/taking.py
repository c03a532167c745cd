"""A reading that was refused as a whole is right after all: an operator takes it, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from planner import jobs
from pricing.models import FeedRun, FeedSource
from pricing.services import reasons

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.contrib.auth.models import AbstractBaseUser


@transaction.atomic
def take_reading(
    run_id: int, *, reason: str, by: AbstractBaseUser, as_of: datetime, send: Callable[[int], object]
) -> FeedRun:
    """A run is on its way that reads exactly what the refused run read and is not judged again; no move is held.

    Raises ValidationError without a reason, for a run that was not refused, and after a newer good one.
    """
    refused = FeedRun.objects.select_for_update().get(pk=run_id)
    why = reasons.given(reason)
    if not refused.was_refused_whole:
        raise ValidationError("This reading was not refused as a whole: there is nothing to take.")
    newer = FeedRun.objects.filter(feed=refused.feed, pk__gt=refused.pk, state=jobs.RunState.DONE)
    if newer.exists():
        raise ValidationError("A newer reading is in the book: look at the feed again.")
    fields = {
        "feed": refused.feed,
        "source": FeedSource.FILE if refused.file else refused.source,
        "file": refused.file.name or None,
        "file_name": refused.file_name or f"what pull {refused.pk} read",
        "whose": refused.whose,
        "as_of": as_of,
        "asked_by": by,
        "takes": refused,
        "takes_reason": why,
    }
    return jobs.ask(FeedRun, f"feed:{refused.feed.name}:takes:{refused.pk}", send, **fields)[0]
