"""The price book. Amounts are written once; what changes is until when they hold and when they were last seen."""

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from pricing.models.catalogue import Offer
from pricing.models.feed import Feed, FeedRun
from pricing.models.settled import Choice, OwnPrice


class QuoteState(models.TextChoices):
    USED = "used", "In the book"
    HELD = "held", "Held"
    UNKNOWN = "unknown", "Unknown"
    REFUSED = "refused", "Refused"
    PAST = "past", "Ended"
    WITHDRAWN = "withdrawn", "Withdrawn"


CURRENT = (QuoteState.USED, QuoteState.HELD, QuoteState.UNKNOWN, QuoteState.REFUSED)
IN_FORCE = (QuoteState.USED, QuoteState.PAST)  # on a day within their dates
WAITING = (QuoteState.HELD, QuoteState.UNKNOWN)
COMPONENTS = {
    "input": "input",
    "cached_input": "cached input",
    "cache_write": "cache write",
    "cache_write_1h": "cache write, one hour",
    "output": "output",
    "reasoning": "reasoning",
    "gpu_hour": "hour",
    "capex_low": "to buy, at least",
    "capex_high": "to buy, at most",
}
CHANGEABLE = (
    "state",
    "valid_to",
    "checked_at",
    "missing_since",
    "decided_by",
    "decided_at",
    "decision_reason",
)


class Quote(models.Model):
    """An amount one feed gave for one component of an offer, from a day on."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="quotes")
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="quotes")
    run = models.ForeignKey(FeedRun, null=True, blank=True, on_delete=models.PROTECT, related_name="quotes")
    own_price = models.ForeignKey(
        OwnPrice, null=True, blank=True, on_delete=models.PROTECT, related_name="quotes"
    )
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source_key = models.CharField(max_length=255, help_text="The feed's own id.")
    line = models.CharField(max_length=400, help_text="What stays the same when the amount changes.")
    component = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=22, decimal_places=10)
    currency = models.CharField(max_length=3)
    per = models.CharField(max_length=20)
    tier_from_tokens = models.PositiveBigIntegerField(default=0)
    service_tier = models.CharField(max_length=20, blank=True)
    batch = models.BooleanField(default=False)
    hours_utc = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    dated = models.BooleanField(help_text="False: the feed gave no date, so it is the day first seen.")
    raw = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=QuoteState)
    valid_to = models.DateField(null=True, blank=True, help_text="Exclusive; empty is open.")
    checked_at = models.DateTimeField(help_text="When the feed last said so.")
    missing_since = models.DateTimeField(null=True, blank=True, help_text="First pull that no longer had it.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-valid_from", "-pk")
        constraints = (
            models.CheckConstraint(
                name="a_quote_comes_from_a_run_or_a_person",
                condition=Q(run__isnull=False, own_price=None) | Q(run=None, own_price__isnull=False),
            ),
            models.CheckConstraint(name="amount_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="quote_ends_after_it_begins",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                "feed",
                "line",
                "valid_from",
                name="one_price_per_line_and_day",
                condition=Q(state__in=IN_FORCE),
            ),
        )
        indexes = (
            models.Index(fields=("offer", "component", "-valid_from")),
            models.Index(fields=("feed", "state")),
            models.Index(fields=("run", "state")),
        )
        triggers = (
            pgtrigger.ReadOnly(name="amounts_are_kept", exclude=CHANGEABLE),
            pgtrigger.Protect(name="quotes_are_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.offer} {self.component} {self.amount.normalize():f} {self.currency}"

    @property
    def part(self) -> str:
        """The component in words."""
        return COMPONENTS.get(self.component, self.component)

    @property
    def conditions(self) -> str:
        """When this amount applies, in words; empty for the plain price."""
        parts = (
            f"from {self.tier_from_tokens:,} tokens" if self.tier_from_tokens else "",
            f"tier {self.service_tier}" if self.service_tier else "",
            "batch" if self.batch else "",
            f"{self.hours_utc} UTC" if self.hours_utc else "",
        )
        return ", ".join(part for part in parts if part)

    @property
    def is_plain(self) -> bool:
        """Whether it applies to any request at any hour that is not a batch."""
        return not (self.tier_from_tokens or self.service_tier or self.batch or self.hours_utc)

    @property
    def is_plain_batch(self) -> bool:
        return self.batch and not (self.tier_from_tokens or self.service_tier or self.hours_utc)

    @property
    def waits(self) -> bool:
        return self.state in WAITING

    @property
    def why_it_waits(self) -> str:
        """Why an operator has to look, in words; empty for what does not wait."""
        if self.state == QuoteState.UNKNOWN:
            return "A price of 0 is unknown until somebody confirms that it is free."
        if self.state != QuoteState.HELD or self.replaces is None:
            return ""
        move = (self.amount / self.replaces.amount - 1) * 100
        return f"It moved by {move:+.0f} % at once; the old price is used meanwhile."


class Conflict(models.Model):
    """Two feeds that say different amounts for the same thing on the same day. Both stay."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="conflicts")
    used = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    choice = models.ForeignKey(
        Choice, null=True, blank=True, on_delete=models.PROTECT, related_name="conflicts"
    )

    class Meta:
        ordering = ("offer__provider__name", "offer__slug", "used__component", "pk")
        constraints = (
            models.UniqueConstraint("used", "other", name="conflict_open_once", condition=Q(closed_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.offer}: {self.used.amount} and {self.other.amount}"

    @property
    def apart(self) -> Decimal | None:
        """By which share of the price in use the other one differs; None across currencies or from nothing."""
        if self.used.currency != self.other.currency or not self.used.amount:
            return None
        return abs(self.other.amount - self.used.amount) / self.used.amount
