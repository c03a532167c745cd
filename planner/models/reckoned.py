"""What traffic cost at the prices of its day: computed once, kept with the prices it was computed with."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from planner.engine.reconciling import Cause
from planner.jobs import Run
from workloads.models import UsageSource, Workload

COMPUTED = (
    "key",
    "day",
    "provider",
    "model",
    "reported",
    "currency",
    "reported_usd",
    "computed_usd",
    "input_tokens",
    "output_tokens",
    "why",
    "quotes",
    "price_source",
    "cause",
    "detail",
    "computed_at",
)


class Reckoning(Run):
    """One look over all counted usage: what is new or has changed is priced, everything else stays as it was."""

    reason = models.CharField(max_length=200)
    again = models.BooleanField(
        default=False,
        help_text="Price everything anew: what comes out otherwise takes the place of what stood.",
    )

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"Reckoning {self.pk}: {self.reason}"


class ReckonedDay(models.Model):
    """One kind of traffic of one source on one day. An amount is never changed: it is followed by another row, and
    the one before says since when it no longer counts. Null is unknown.
    """

    run = models.ForeignKey(Reckoning, on_delete=models.PROTECT, related_name="days")
    key = models.UUIDField(help_text="Hash of all that tells this traffic apart.")
    source = models.ForeignKey(UsageSource, on_delete=models.PROTECT, related_name="+")
    workload = models.ForeignKey(
        Workload, null=True, blank=True, on_delete=models.SET_NULL, related_name="reckoned"
    )
    day = models.DateField()
    provider = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=120)
    service_tier = models.CharField(max_length=128, blank=True)
    batch = models.BooleanField(default=False)
    region = models.CharField(max_length=128, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    reported_known = models.BooleanField(help_text="Buckets with and without a cost are kept apart.")
    tokens_known = models.BooleanField(help_text="Buckets with and without tokens are kept apart.")
    requests = models.BigIntegerField(null=True)
    errors = models.BigIntegerField(null=True)
    input_tokens = models.BigIntegerField(null=True)
    cached_input_tokens = models.BigIntegerField(null=True)
    cache_write_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    reasoning_tokens = models.BigIntegerField(null=True)
    reported = models.DecimalField(max_digits=20, decimal_places=8, null=True, help_text="In `currency`.")
    reported_usd = models.DecimalField(max_digits=20, decimal_places=8, null=True)
    computed_usd = models.DecimalField(max_digits=20, decimal_places=8, null=True)
    stand_in = models.BooleanField(
        default=False, help_text="Priced with the first price known, which is later than the day."
    )
    why = models.CharField(max_length=300, blank=True, help_text="Why it is unknown, or what was assumed.")
    quotes = ArrayField(models.BigIntegerField(), default=list, help_text="Prices it was computed with.")
    price_source = models.CharField(max_length=300, blank=True)
    cause = models.CharField(max_length=20, choices=[(cause.value, cause.value) for cause in Cause])
    detail = models.CharField(max_length=300, blank=True)
    computed_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("day", "pk")
        constraints = (models.UniqueConstraint("key", name="reckoned_once", condition=Q(superseded_at=None)),)
        indexes = (
            models.Index(fields=("workload", "day"), condition=Q(superseded_at=None), name="reckoned_in_use"),
            models.Index(fields=("day",), condition=Q(superseded_at=None), name="reckoned_by_day"),
        )
        triggers = (
            pgtrigger.ReadOnly(name="reckoned_amounts_stay", fields=COMPUTED),
            pgtrigger.Protect(name="reckoned_days_are_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.model}: {self.computed_usd}"
