"""What people settle about prices: the price of their own that wins over feeds, and which of two feeds is right."""

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from pricing.models.catalogue import Offer
from pricing.models.feed import Feed


class OwnPrice(models.Model):
    """A price an operator entered for an offer, from a day on: it is used whatever feeds say. Its amounts are quotes."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="own_prices")
    valid_from = models.DateField()
    until = models.DateField(
        null=True, blank=True, help_text="The last day it holds; empty: until it is ended."
    )
    reason = models.CharField(max_length=300)
    source = models.CharField(max_length=200, help_text="Where it can be looked up.")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-valid_from", "-pk")
        constraints = (
            models.CheckConstraint(
                name="own_price_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=F("valid_from"))
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(name="own_prices_are_kept", exclude=("ended_by", "ended_at", "end_reason")),
            pgtrigger.Protect(name="own_prices_stay", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"Own price, {self.entered_by}: {self.reason}"

    def stands_on(self, day: date) -> bool:
        """Whether it may still be ended: nobody ended it and its last day has not passed."""
        return self.ended_at is None and (self.until is None or self.until >= day)


class Choice(models.Model):
    """An operator's word on which feed is right about an offer. It holds while the quotes compared are those in force."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="choices")
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="+")
    over = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="+")
    compared = models.JSONField(help_text="Ids of the quotes of both feeds, in order.")
    reason = models.CharField(max_length=300)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        constraints = (models.CheckConstraint(name="one_feed_over_another", condition=~Q(feed=F("over"))),)
        triggers = (
            pgtrigger.Protect(name="choices_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"chosen by {self.chosen_by} over {self.over}: {self.reason}"
