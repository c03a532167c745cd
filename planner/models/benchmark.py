"""A serving benchmark somebody ran on machines of their own, which estimates follow."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

WITHDRAWAL = ("withdrawn_by", "withdrawn_at")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class OwnBenchmark(models.Model):
    """One run as it was pasted. Never edited: what was wrong is withdrawn and pasted again (triggers)."""

    model = models.CharField(max_length=80, help_text="Name in the table of models.")
    gpu = models.CharField(max_length=40, help_text="Name in the table of GPUs.")
    gpus = models.PositiveSmallIntegerField(help_text="GPUs of one replica.")
    precision = models.CharField(max_length=10)
    engine = models.CharField(max_length=20, blank=True)
    input_tokens = models.FloatField(help_text="Mean of a request.")
    output_tokens = models.FloatField(help_text="Mean of a request.")
    concurrency = models.FloatField(help_text="Requests in flight.")
    out_tok_s = models.FloatField(help_text="Output tokens a second of the whole replica.")
    ttft_ms = models.FloatField(null=True, blank=True)
    tpot_ms = models.FloatField(null=True, blank=True)
    completed = models.PositiveIntegerField(help_text="Requests that succeeded.")
    text = models.TextField(help_text="As it was pasted.")
    note = models.TextField(blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                name="benchmark_figures_positive",
                condition=Q(
                    gpus__gte=1,
                    completed__gte=1,
                    input_tokens__gt=0,
                    output_tokens__gt=0,
                    concurrency__gt=0,
                    out_tok_s__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="benchmark_withdrawn_by_somebody",
                condition=Q(withdrawn_by=None, withdrawn_at=None)
                | Q(withdrawn_by__isnull=False, withdrawn_at__gte=F("added_at")),
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(name="benchmark_is_kept", exclude=WITHDRAWAL),
            pgtrigger.Protect(
                name="benchmark_stays_withdrawn",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} on {self.gpus} x {self.gpu}: {self.out_tok_s:,.0f} tokens a second"


OwnBenchmarkEvent = OwnBenchmark.pgh_event_model  # type: ignore[attr-defined]
