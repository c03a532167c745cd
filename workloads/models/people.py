"""People, teams and roles; what an organisation says of itself."""

from typing import Any, ClassVar

import pghistory
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models


class Role(models.TextChoices):
    ARCHITECT = "architect", "Architect"
    REVIEWER = "reviewer", "Reviewer"
    LEADER = "leader", "Leader"
    OPERATOR = "operator", "Operator"
    AUDITOR = "auditor", "Auditor"


class PeopleManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person, known by e-mail address."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=120, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = PeopleManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = str(self).replace("@", " ").split()
        return "".join(word[0] for word in words[:2]).upper()


@pghistory.track()
class Team(models.Model):
    name = models.CharField(max_length=120, unique=True)
    facts = models.JSONField(
        default=dict, blank=True, help_text="Where this team differs from the organisation."
    )
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Membership(models.Model):
    """A role, in one team or (team empty) in the whole organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        constraints = (
            models.UniqueConstraint("user", "team", "role", name="membership_once", nulls_distinct=False),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} of {self.team or 'the organisation'}"


MembershipEvent = Membership.pgh_event_model  # type: ignore[attr-defined]


@pghistory.track()
class OrganisationProfile(models.Model):
    """The organisation's name and its own facts: one row."""

    name = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="one_organisation_profile"),)

    def __str__(self) -> str:
        return self.name or "Organisation profile"


class SetupToken(models.Model):
    """A one-time permission to become the first operator; only its hash is kept."""

    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Set-up link of {self.created_at:%Y-%m-%d}"
