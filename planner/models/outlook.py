"""The outlook of a plan: what the portfolio costs today, at target and pooled, ahead and in scenarios. Kept as it was."""

import pgtrigger
from django.db import models

from planner.jobs import Run
from planner.models.plan import PlanRun
from workloads.models import Workload


class Outlook(Run):
    """One outlook of one plan, on the plan's facts, policy, prices and day. `document` holds for the organisation."""

    plan = models.ForeignKey(PlanRun, on_delete=models.PROTECT, related_name="outlooks")
    seed = models.BigIntegerField(help_text="The same seed gives the same futures.")
    document = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=("plan", "-id")),)
        triggers = (
            pgtrigger.Protect(
                name="finished_outlooks_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="done"),
            ),
            pgtrigger.Protect(name="outlooks_are_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"Outlook {self.pk} of plan {self.plan_id}"


class OutlookRow(models.Model):
    """One workload in an outlook: its bill, its parts at target, and what each scenario does to them."""

    outlook = models.ForeignKey(Outlook, on_delete=models.CASCADE, related_name="rows")
    workload = models.ForeignKey(Workload, on_delete=models.CASCADE, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("workload__name",)
        constraints = (models.UniqueConstraint("outlook", "workload", name="in_an_outlook_once"),)
        triggers = (pgtrigger.Protect(name="outlook_rows_stay", operation=pgtrigger.Update),)

    def __str__(self) -> str:
        return f"{self.workload} in {self.outlook}"
