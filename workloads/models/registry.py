"""Workloads, their segments, and who said what about them when."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from workloads.models.people import Team


class FactSource(models.TextChoices):
    DECLARED = "declared", "Declared"
    OBSERVED = "observed", "Observed"
    ARCHETYPE = "archetype", "From the archetype"


@pghistory.track()
class Workload(models.Model):
    """Something that calls a language model, owned by one team."""

    name = models.CharField(max_length=120)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="workloads")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    archetype = models.CharField(max_length=60, blank=True)
    description = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="Workload-scope facts, by input name.")
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                "team", "name", name="workload_name_once_per_team", condition=Q(archived_at=None)
            ),
        )

    def __str__(self) -> str:
        return self.name


class SegmentsInUse(models.Manager["Segment"]):
    """Segments somebody removed are seen nowhere but in the history: decisions on them are kept."""

    def get_queryset(self) -> models.QuerySet["Segment"]:
        return super().get_queryset().filter(removed_at=None)


@pghistory.track()
class Segment(models.Model):
    """The unit decided on: one task type and sensitivity, with its share of the workload's tokens."""

    workload = models.ForeignKey(Workload, on_delete=models.CASCADE, related_name="segments")
    name = models.CharField(max_length=80)
    share = models.DecimalField(max_digits=5, decimal_places=2, help_text="Percent of the workload's tokens.")
    facts = models.JSONField(default=dict, blank=True, help_text="Segment-scope facts, by input name.")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = SegmentsInUse()
    ever = models.Manager["Segment"]()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                "workload", "name", name="segment_name_once_per_workload", condition=Q(removed_at=None)
            ),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=100), name="segment_share_is_percent"),
        )

    def __str__(self) -> str:
        return f"{self.workload} / {self.name}"


class FactScope(models.TextChoices):
    """Whose fact it is: said apart from the row it points to, so that a deleted team leaves no orphan."""

    ORGANISATION = "organisation", "Organisation"
    TEAM = "team", "Team"
    WORKLOAD = "workload", "Workload"
    SEGMENT = "segment", "Segment"


# What was said stays; only a link may be emptied when the row it points to is deleted.
REWRITES_HISTORY = " OR ".join(
    [
        f"NEW.{name} IS DISTINCT FROM OLD.{name}"
        for name in ("scope", "name", "value", "source", "said_at", "evidence")
    ]
    + [
        f"(NEW.{name} IS NOT NULL AND NEW.{name} IS DISTINCT FROM OLD.{name})"
        for name in ("workload_id", "segment_id", "team_id", "said_by_id")
    ]
)


class FactRecord(models.Model):
    """Who said what, when, from what: append-only, held by triggers."""

    scope = models.CharField(max_length=12, choices=FactScope)
    workload = models.ForeignKey(Workload, null=True, on_delete=models.SET_NULL, related_name="fact_records")
    segment = models.ForeignKey(Segment, null=True, on_delete=models.SET_NULL, related_name="fact_records")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="fact_records")
    name = models.CharField(max_length=80)
    value = models.JSONField(null=True, help_text="Null: no longer known.")
    source = models.CharField(max_length=10, choices=FactSource)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    said_at = models.DateTimeField()
    evidence = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-said_at", "-pk")
        indexes = (
            models.Index(fields=("workload", "name", "-said_at")),
            models.Index(fields=("segment", "name", "-said_at")),
            models.Index(fields=("team", "name", "-said_at")),
        )
        triggers = (
            pgtrigger.Protect(
                name="fact_records_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(REWRITES_HISTORY),
            ),
            pgtrigger.Protect(name="fact_records_are_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"
