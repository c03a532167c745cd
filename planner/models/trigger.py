"""What runs found of each trigger over time, and what people said about it."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from planner.engine import triggers as engine
from planner.models.plan import PlanRun
from workloads.models import Segment


class TriggerReading(models.Model):
    """What a run found of one trigger of a segment, where it was another than before. Never changed (a trigger)."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="trigger_readings")
    trigger = models.CharField(max_length=60, help_text="The id of its row in the policy.")
    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="trigger_readings")
    as_of = models.DateTimeField(help_text="The moment the run worked for.")
    state = models.CharField(max_length=20)
    since = models.DateField(null=True, help_text="The day the state began; empty while it is not evaluated.")
    crossed = models.BooleanField(null=True, help_text="Whether the level was passed in this reading.")
    confirmed = models.BooleanField(null=True)
    value = models.FloatField(null=True)
    level = models.FloatField(null=True)

    class Meta:
        ordering = ("segment", "trigger", "as_of")
        constraints = (
            models.UniqueConstraint("segment", "trigger", "run", name="trigger_read_once_per_run"),
            models.CheckConstraint(
                name="evaluated_trigger_has_since_and_crossed",
                condition=Q(state=engine.NOT_EVALUATED, since=None, crossed=None)
                | (~Q(state=engine.NOT_EVALUATED) & Q(since__isnull=False)),
            ),
        )
        indexes = (models.Index(fields=("segment", "trigger", "-as_of")),)
        triggers = (pgtrigger.Protect(name="reading_is_kept", operation=pgtrigger.Update),)

    def __str__(self) -> str:
        return f"{self.trigger}: {self.state}"


class AnswerKind(models.TextChoices):
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    SNOOZED = "snoozed", "Snoozed"
    RESOLVED = "resolved", "Resolved"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class TriggerAnswer(models.Model):
    """What somebody said about a trigger; it holds for the state it was said about, and a new one asks again."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="trigger_answers")
    trigger = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=AnswerKind)
    state = models.CharField(max_length=20, help_text="The state it answers.")
    since = models.DateField(help_text="The day that state began.")
    until = models.DateField(
        null=True, blank=True, help_text="The day on which a snoozed trigger asks again."
    )
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        ordering = ("segment", "trigger")
        constraints = (
            models.UniqueConstraint("segment", "trigger", name="trigger_answered_once"),
            models.CheckConstraint(
                name="only_a_snooze_ends", condition=Q(kind="snoozed") ^ Q(until__isnull=True)
            ),
            models.CheckConstraint(
                name="silence_has_a_reason", condition=Q(kind="acknowledged") | ~Q(reason__regex=r"^\s*$")
            ),
        )

    def __str__(self) -> str:
        return f"{self.trigger}: {self.get_kind_display()}"
