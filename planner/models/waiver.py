"""An exception to one rule for one workload, asked by one person, granted by another, with an end."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from planner.models.rules import WAIVER_RULES


class WaiverState(models.TextChoices):
    ASKED = "asked", "Waiting"
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"
    REVOKED = "revoked", "Revoked"
    ENDED = "ended", "Ended"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN_WAIVERS = (WaiverState.ASKED, WaiverState.GRANTED)


@pghistory.track()
class Waiver(models.Model):
    """For a workload (segment empty) or one segment: the row does not count until the end of its last day."""

    workload = models.ForeignKey("workloads.Workload", on_delete=models.CASCADE, related_name="waivers")
    segment = models.ForeignKey(
        "workloads.Segment", null=True, blank=True, on_delete=models.CASCADE, related_name="waivers"
    )
    row = models.CharField(max_length=80, help_text="Id of a rule of the policy.")
    role = models.CharField(max_length=10, help_text="The role that owns the rule and may grant.")
    reason = models.TextField()
    until = models.DateField(help_text="The last day on which it counts.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, help_text="Why it was granted, refused or revoked.")
    state = models.CharField(max_length=10, choices=WaiverState, default=WaiverState.ASKED)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(name="waiver_state_known", condition=Q(state__in=WaiverState.values)),
            models.CheckConstraint(
                name="waiver_grantor_is_not_the_asker",
                condition=Q(granted_by=None) | ~Q(granted_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="granted_waiver_has_a_grantor",
                condition=~Q(state="granted") | Q(granted_by__isnull=False, decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                "workload",
                "segment",
                "row",
                name="one_open_waiver",
                condition=Q(state__in=OPEN_WAIVERS),
                nulls_distinct=False,
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="waiver_rules",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=WAIVER_RULES,
            ),
        )

    def __str__(self) -> str:
        return f"{self.row} for {self.segment or self.workload}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_WAIVERS


WaiverEvent = Waiver.pgh_event_model  # type: ignore[attr-defined]
