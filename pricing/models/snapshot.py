"""Exchange rates, and the prices of one day frozen for decisions."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q


class FxRate(models.Model):
    """US dollars for one unit of a currency, from a day on, as an operator read it somewhere."""

    currency = models.CharField(max_length=3)
    usd_per_unit = models.DecimalField(max_digits=16, decimal_places=8)
    day = models.DateField()
    source = models.CharField(max_length=200, help_text="Where you read it.")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ("currency", "-day", "-pk")
        constraints = (
            models.CheckConstraint(name="rate_is_positive", condition=Q(usd_per_unit__gt=0)),
            models.CheckConstraint(name="the_dollar_needs_no_rate", condition=~Q(currency="USD")),
        )
        triggers = (pgtrigger.Protect(name="rates_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.usd_per_unit.normalize():f} USD"


class Snapshot(models.Model):
    """The prices decisions were made with, known by their hash; never changed."""

    name = models.CharField(max_length=60, unique=True)
    as_of = models.DateField()
    sha = models.CharField(max_length=64, unique=True)
    document = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        triggers = (
            pgtrigger.Protect(name="snapshot_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.name
