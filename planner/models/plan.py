"""A plan run: the whole portfolio decided once, with one policy and one set of prices."""

from django.db import models

from planner.jobs import Run
from planner.models.policy import PolicyVersion


class PlanRun(Run):
    """Policy and snapshot are empty until the run begins: it decides on what holds then."""

    reason = models.CharField(max_length=200)
    policy = models.ForeignKey(
        PolicyVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="runs"
    )
    snapshot = models.ForeignKey(
        "pricing.Snapshot", null=True, blank=True, on_delete=models.PROTECT, related_name="plan_runs"
    )
    errors = models.JSONField(
        default=list, blank=True, help_text="Workloads that could not be decided, each with its reason."
    )

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"Plan {self.pk}: {self.reason}"
