"""The policies that decisions were made with, kept as they were."""

import pgtrigger
from django.db import models


class PolicyVersion(models.Model):
    """One policy, known by the hash of its text; never changed (a trigger)."""

    sha = models.CharField(max_length=64, primary_key=True)
    version = models.CharField(max_length=40)
    document = models.JSONField(help_text="Every table, as it was when first used.")
    first_used_at = models.DateTimeField()

    class Meta:
        ordering = ("-first_used_at",)
        triggers = (pgtrigger.Protect(name="policy_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.version} ({self.sha[:8]})"
