"""A segment's reviewer-owned facts, proposed by one person and decided on by another."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from workloads.models.registry import Segment


class ClassificationState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    EXPIRED = "expired", "Expired"
    REVOKED = "revoked", "Replaced"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN_STATES = (ClassificationState.PROPOSED, ClassificationState.CHANGES_REQUESTED)


@pghistory.track()
class Classification(models.Model):
    """One proposal and what became of it. Any edit of what was decided voids the decision (a trigger)."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="classifications")
    state = models.CharField(max_length=20, choices=ClassificationState, default=ClassificationState.PROPOSED)
    facts = models.JSONField(help_text="Reviewer-owned facts, by input name.")
    reason = models.TextField()
    evidence = models.CharField(max_length=300, blank=True)
    revision_hash = models.CharField(max_length=64, help_text="sha256 of what a decision binds to.")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    editors = ArrayField(
        models.BigIntegerField(), default=list, help_text="Ids of everybody who wrote this row."
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)
    ends_on = models.DateField(null=True, blank=True)
    snapshot = models.JSONField(null=True, blank=True, help_text="What was approved, as it was.")
    snapshot_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                name="decider_is_not_the_proposer",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.UniqueConstraint(
                "segment", name="one_approved_classification", condition=Q(state="approved")
            ),
            models.UniqueConstraint(
                "segment", name="one_open_classification", condition=Q(state__in=OPEN_STATES)
            ),
            models.CheckConstraint(
                name="approved_has_decider_end_and_snapshot",
                condition=~Q(state="approved")
                | Q(
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    ends_on__isnull=False,
                    snapshot__isnull=False,
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.segment}: {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


ClassificationEvent = Classification.pgh_event_model  # type: ignore[attr-defined]
