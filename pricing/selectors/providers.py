"""A provider with what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, F

from pricing.models import Certificate, Provider

if TYPE_CHECKING:
    from django.db.models import QuerySet


def providers() -> QuerySet[Provider]:
    return Provider.objects.annotate(offer_count=Count("offers"))


def certificates_of(provider: Provider) -> QuerySet[Certificate]:
    """Every certificate ever entered, those that stand first."""
    rows = provider.certificates.select_related("entered_by", "taken_out_by")
    return rows.order_by(F("taken_out_at").desc(nulls_first=True), "name", "-pk")
