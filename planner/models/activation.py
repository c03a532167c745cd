"""Which policy was in force from when: one row for each time a draft became active."""

import pgtrigger
from django.conf import settings
from django.db import models

from planner.models.draft import PolicyDraft
from planner.models.plan import PlanRun
from planner.models.policy import PolicyVersion
from planner.models.rules import ACTIVATION_RULES


class PolicyActivation(models.Model):
    """The newest row names the policy in force; before the first it is the shipped one. Never changed (triggers)."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="activations")
    draft = models.OneToOneField(PolicyDraft, on_delete=models.PROTECT, related_name="activation")
    effective_from = models.DateField()
    activated_at = models.DateTimeField(db_index=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who signed last; empty where the date alone made it active.",
    )
    run = models.ForeignKey(
        PlanRun,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The plan it asked for.",
    )
    reason = models.TextField()
    rolled_back_from = models.ForeignKey(
        PolicyVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="What was active before, where this went back to an older version.",
    )

    class Meta:
        ordering = ("-pk",)
        triggers = (
            pgtrigger.Trigger(
                name="activation_rules",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("signed", "planner_policydraft%ROWTYPE"), ("standing", "text")],
                func=ACTIVATION_RULES,
            ),
            pgtrigger.Protect(name="activations_are_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.version} from {self.activated_at:%Y-%m-%d}"
