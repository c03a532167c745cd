"""Exchange rates: entered by an operator with the place they were read. Nothing converts without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from pricing import signals
from pricing.models import FxRate

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from django.contrib.auth.models import AbstractBaseUser


@transaction.atomic
def enter_rate(
    *, currency: str, usd_per_unit: Decimal, day: date, source: str, by: AbstractBaseUser, as_of: datetime
) -> FxRate:
    """Prices in CURRENCY are comparable from DAY on; earlier rates stay for earlier days."""
    rate = FxRate.objects.create(
        currency=currency,
        usd_per_unit=usd_per_unit,
        day=day,
        source=source,
        entered_by_id=by.pk,
        entered_at=as_of,
    )
    transaction.on_commit(lambda: signals.prices_changed.send(sender=FxRate, run_id=None))
    return rate
