"""A plan proved: all its decisions computed again as a job."""

from django.db import models

from planner.jobs import Run
from planner.models.plan import PlanRun


class ReplayRun(Run):
    """One replay of one plan; what is not equal to the byte is kept with the reason."""

    plan = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="replays")
    unproved = models.JSONField(
        default=list, blank=True, help_text="Records that are not equal: digest, name and what was found."
    )

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"Replay {self.pk} of plan {self.plan_id}"
