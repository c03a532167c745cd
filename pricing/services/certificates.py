"""What providers are certified for: read by an operator somewhere, kept with the place, taken out with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from pricing.models import Certificate, Provider
from pricing.services import reasons

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.contrib.auth.models import AbstractBaseUser


@transaction.atomic
def enter_certificate(
    provider_id: int,
    *,
    name: str,
    source: str,
    read_on: date,
    until: date | None,
    by: AbstractBaseUser,
    as_of: datetime,
) -> Certificate:
    """The provider has the certificate, to the end of UNTIL where a day is given.

    Raises ValidationError where it stands already: take that one out first, with the reason.
    """
    provider = Provider.objects.select_for_update().get(pk=provider_id)
    if until is not None and until < read_on:
        raise ValidationError({"until": "It was over already when it was read."})
    if provider.certificates.filter(name__iexact=name, taken_out_at=None).exists():
        raise ValidationError({"name": f"{name} stands already: take that one out first."})
    return Certificate.objects.create(
        provider=provider,
        name=name,
        source=source,
        read_on=read_on,
        until=until,
        entered_by_id=by.pk,
        entered_at=as_of,
    )


@transaction.atomic
def take_out_certificate(
    certificate_id: int, *, reason: str, by: AbstractBaseUser, as_of: datetime
) -> Certificate:
    """It no longer stands; that it did, and why it does not, stays."""
    found = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate_id)
    why = reasons.given(reason)
    if found.taken_out_at is not None:
        raise ValidationError("It was taken out already.")
    found.taken_out_by_id, found.taken_out_at, found.taken_out_reason = by.pk, as_of, why
    found.save(update_fields=["taken_out_by", "taken_out_at", "taken_out_reason"])
    return found
