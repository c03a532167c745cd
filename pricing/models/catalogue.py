"""What is on offer: providers, models, and offers of one by the other or of GPUs."""

import pghistory
from django.db import models
from django.db.models import Q


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

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


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
        how = f"{self.arrangement}, {self.terms}" if self.terms else self.arrangement
        return f"{self.gpu_count} x {self.gpu.upper()}, {how}"
