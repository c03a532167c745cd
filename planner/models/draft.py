"""A policy being changed: the draft, who edited and signed it, and what it would move. Four eyes are held by triggers."""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from planner.jobs import Run
from planner.models.policy import PolicyVersion
from planner.models.rules import APPROVAL_RULES, DRAFT_RULES


class DraftState(models.TextChoices):
    EDITING = "editing", "Being edited"
    SUBMITTED = "submitted", "Waiting for approval"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    ACTIVE = "active", "Became active"
    WITHDRAWN = "withdrawn", "Withdrawn"
    SUPERSEDED = "superseded", "Overtaken"


OPEN_DRAFTS = (DraftState.EDITING, DraftState.SUBMITTED, DraftState.APPROVED)


@pghistory.track(exclude=["document"])
class PolicyDraft(models.Model):
    """A policy on its way: always readable by the engine, frozen once submitted, signed by others than its writers."""

    base = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="drafts")
    restores = models.ForeignKey(
        PolicyVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The version it goes back to, or the shipped one it takes over.",
    )
    document = models.JSONField(help_text="Every table, as it would become.")
    sha = models.CharField(max_length=64)
    refused = models.JSONField(
        default=list, blank=True, help_text="Texts that could not be read: kept, counting for nothing."
    )
    title = models.CharField(max_length=120)
    reason = models.TextField(blank=True)
    effective_from = models.DateField(null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    editors = ArrayField(
        models.BigIntegerField(), default=list, help_text="Ids of everybody who wrote this draft."
    )
    state = models.CharField(max_length=12, choices=DraftState, default=DraftState.EDITING)
    revision = models.PositiveIntegerField(default=1, help_text="Counts every change of what is signed.")
    needs = models.JSONField(
        default=dict,
        blank=True,
        help_text="Per changed layer the roles that may sign it, from submission on.",
    )
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, help_text="Why it was rejected, withdrawn or overtaken.")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(name="draft_state_known", condition=Q(state__in=DraftState.values)),
            models.CheckConstraint(
                name="submitted_draft_is_complete",
                condition=~Q(state__in=("submitted", "approved", "active"))
                | (Q(effective_from__isnull=False) & ~Q(reason="") & ~Q(needs={}) & Q(refused=[])),
            ),
            models.CheckConstraint(
                name="draft_decider_is_not_the_author",
                condition=~Q(state__in=("approved", "rejected"))
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("author"))),
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="draft_rules",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("person", "bigint"), ("unsigned", "int")],
                func=DRAFT_RULES,
            ),
            pgtrigger.Protect(name="drafts_are_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_DRAFTS

    @property
    def is_editing(self) -> bool:
        return self.state == DraftState.EDITING

    @property
    def version(self) -> str:
        """The name it will have as a version."""
        return str(self.document["policy"]["policy"]["version"])


DraftEvent = PolicyDraft.pgh_event_model  # type: ignore[attr-defined]


class PolicyEdit(models.Model):
    """What somebody changed in a draft, in the order it was done. Never changed (a trigger)."""

    draft = models.ForeignKey(PolicyDraft, on_delete=models.PROTECT, related_name="edits")
    revision = models.PositiveIntegerField(help_text="The revision it made.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    action = models.CharField(max_length=20)
    table = models.CharField(max_length=40, blank=True)
    row = models.CharField(max_length=80, blank=True)
    column = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)
        triggers = (pgtrigger.Protect(name="edits_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.action} {self.table} {self.row} {self.column}".strip()


class PolicyImpact(Run):
    """What exactly one revision of a draft would move: every workload decided under the base and under the draft."""

    draft = models.ForeignKey(PolicyDraft, on_delete=models.PROTECT, related_name="impacts")
    revision = models.PositiveIntegerField()
    snapshot = models.ForeignKey(
        "pricing.Snapshot", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=("draft", "revision", "-id")),)
        triggers = (
            pgtrigger.Protect(
                name="finished_impacts_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="done"),
            ),
            pgtrigger.Protect(name="impacts_are_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"Impact of {self.draft}, revision {self.revision}"


class ImpactRow(models.Model):
    """One workload whose answer, cost or triggers differ between the two policies."""

    impact = models.ForeignKey(PolicyImpact, on_delete=models.CASCADE, related_name="rows")
    workload = models.ForeignKey("workloads.Workload", on_delete=models.CASCADE, related_name="+")
    moves = models.JSONField(
        default=list, help_text="Per segment that moves: what it was and what it would be."
    )
    cost_before = models.FloatField(null=True, blank=True)
    cost_after = models.FloatField(null=True, blank=True)
    newly_infeasible = models.BooleanField(default=False)
    triggers_new = models.JSONField(default=list, help_text="Triggers due under the draft alone.")
    error = models.TextField(blank=True, help_text="Why it could not be compared.")

    class Meta:
        ordering = ("workload__name",)
        constraints = (models.UniqueConstraint("impact", "workload", name="compared_once_per_impact"),)

    def __str__(self) -> str:
        return f"{self.workload}: {len(self.moves)} moved"


class ImpactOpened(models.Model):
    """Somebody opened the list of moved workloads of an impact."""

    impact = models.ForeignKey(PolicyImpact, on_delete=models.PROTECT, related_name="opened")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint("impact", "person", name="opened_once"),)
        triggers = (
            pgtrigger.Protect(name="openings_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.person} opened {self.impact}"


class PolicyApproval(models.Model):
    """One layer of one revision signed by somebody who owns it, wrote none of it, and opened the list."""

    draft = models.ForeignKey(PolicyDraft, on_delete=models.PROTECT, related_name="approvals")
    revision = models.PositiveIntegerField()
    layer = models.CharField(max_length=40)
    role = models.CharField(max_length=10, help_text="The role the person signed in.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint("draft", "revision", "layer", name="layer_signed_once"),)
        triggers = (
            pgtrigger.Trigger(
                name="approval_rules",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("signed", "planner_policydraft%ROWTYPE")],
                func=APPROVAL_RULES,
            ),
            pgtrigger.Protect(name="approvals_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.layer} of {self.draft}, signed by {self.person}"
