"""What is on offer: providers, models, and offers of one by the other or of GPUs."""

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from pricing.models.feed import Feed


@pghistory.track()
class Provider(models.Model):
    """Who sells. The jurisdiction is in no feed; it is ours to keep."""

    slug = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    jurisdiction = models.CharField(max_length=2, blank=True, help_text="ISO 3166 country; empty is unknown.")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Model(models.Model):
    """A language model under one name, whatever each feed calls it."""

    slug = models.CharField(max_length=160, unique=True)
    name = models.CharField(max_length=160)
    open_weights = models.BooleanField(null=True, help_text="Empty is unknown: then no class can be told.")
    context_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    deprecation_date = models.DateField(null=True, blank=True)
    licence = models.CharField(max_length=120, blank=True, help_text="Empty is unknown.")
    params_total_b = models.FloatField(null=True, blank=True, help_text="Parameters, in billions.")
    params_active_b = models.FloatField(null=True, blank=True, help_text="Of these, read per token.")
    described_by = models.CharField(max_length=200, blank=True, help_text="Who says licence and size.")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Certificate(models.Model):
    """What a provider is certified for, as an operator read it somewhere, until a day where one is given."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="certificates")
    name = models.CharField(max_length=80, help_text="For example: ISO 27001, SecNumCloud, SOC 2 Type II.")
    source = models.CharField(max_length=300, help_text="Where it was read.")
    read_on = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="The last day it holds; empty: not said.")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    taken_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_out_at = models.DateTimeField(null=True, blank=True)
    taken_out_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("provider__name", "name", "-pk")
        constraints = (
            models.UniqueConstraint(
                "provider", "name", name="certificate_stands_once", condition=Q(taken_out_at=None)
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(
                name="certificates_are_kept", exclude=("taken_out_by", "taken_out_at", "taken_out_reason")
            ),
            pgtrigger.Protect(name="certificates_stay", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.name

    def holds_on(self, day: date) -> bool:
        """Whether nobody took it out and its last day has not passed."""
        return self.taken_out_at is None and (self.until is None or self.until >= day)


class OfferKind(models.TextChoices):
    TOKEN = "token", "Per token"
    GPU = "gpu", "GPU"


class Offer(models.Model):
    """One thing that can be bought: a provider's model in a region, or GPUs under an arrangement."""

    slug = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=10, choices=OfferKind)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="offers")
    model = models.ForeignKey(Model, null=True, blank=True, on_delete=models.PROTECT, related_name="offers")
    region = models.CharField(max_length=40, blank=True)
    gpu = models.CharField(max_length=40, blank=True)
    gpu_count = models.PositiveIntegerField(default=0)
    arrangement = models.CharField(max_length=10, blank=True, help_text="managed, rented or owned")
    terms = models.CharField(max_length=40, blank=True, help_text="Empty is on demand.")

    class Meta:
        ordering = ("provider__name", "slug")
        constraints = (
            models.CheckConstraint(
                name="offer_is_a_model_or_gpus",
                condition=Q(kind=OfferKind.TOKEN, model__isnull=False, gpu="")
                | (Q(kind=OfferKind.GPU, model__isnull=True, gpu_count__gt=0) & ~Q(gpu="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.what} at {self.provider.name}"

    @property
    def what(self) -> str:
        """The model, or the GPUs with how they are had."""
        if self.model:
            return f"{self.model.name} ({self.region})" if self.region else self.model.name
        how = ", ".join(part for part in (self.arrangement, self.terms, self.region) if part)
        return f"{self.gpu_count} x {self.gpu.upper()}, {how}"

    @property
    def commitment(self) -> str:
        """What is promised for the price, in words."""
        return self.terms or "on demand"


class Withdrawal(models.Model):
    """A feed says that the provider ends the offer: on a day, or on one it does not name. What it takes back stays."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="withdrawals")
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="withdrawals")
    ends_on = models.DateField(null=True, blank=True, help_text="Empty: announced without a day.")
    said_at = models.DateTimeField(help_text="When the feed first said so.")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("ends_on", "pk")
        constraints = (
            models.UniqueConstraint(
                "offer", "feed", name="one_end_per_offer_and_feed", condition=Q(taken_back_at=None)
            ),
        )

    def __str__(self) -> str:
        when = f"on {self.ends_on:%-d %b %Y}" if self.ends_on else "on a day it does not name"
        return f"{self.feed}: {self.offer} ends {when}"
