"""What was decided, kept by content: the same inputs give the same digest and no second record."""

import pgtrigger
from django.db import models

from planner.models.plan import PlanRun
from workloads.models import Workload


class DecisionRecord(models.Model):
    """The engine's answer for one workload with all it read. Never changed (a trigger)."""

    digest = models.CharField(max_length=64, primary_key=True)
    record = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = (pgtrigger.Protect(name="record_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return self.digest[:12]


class Decision(models.Model):
    """What a run said about a workload; its counts save lists from reading whole records."""

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="decisions")
    workload = models.ForeignKey(Workload, on_delete=models.CASCADE, related_name="decisions")
    record = models.ForeignKey(DecisionRecord, on_delete=models.PROTECT, related_name="+")
    if_approved = models.ForeignKey(
        DecisionRecord,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The answer if every waiting classification were approved as proposed.",
    )
    moves = models.JSONField(default=list, blank=True, help_text="Per segment: what it was and what it is.")
    triggers_due = models.PositiveIntegerField(default=0, help_text="Triggers that fired and are confirmed.")

    class Meta:
        ordering = ("-run", "workload")
        constraints = (models.UniqueConstraint("run", "workload", name="decided_once_per_run"),)
        indexes = (models.Index(fields=("workload", "-run")),)

    def __str__(self) -> str:
        return f"{self.workload}: {self.record.record['headline']}"
