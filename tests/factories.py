"""One factory per model, no hidden behaviour."""

from __future__ import annotations

from typing import Any

import factory
from django.utils import timezone

from workloads import models


class TeamFactory(factory.django.DjangoModelFactory[models.Team]):
    class Meta:
        model = models.Team

    name = factory.Sequence(lambda n: f"Team {n}")


class UserFactory(factory.django.DjangoModelFactory[models.User]):
    class Meta:
        model = models.User

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")


def person(name: str, role: str, team: Any) -> models.User:
    """NAME with ROLE in TEAM (None: in the whole organisation); password `correct horse battery`."""
    user = models.User.objects.create_user(f"{name}@example.com", "correct horse battery", name=name.title())
    models.Membership.objects.create(user=user, team=team, role=role)
    return user


class WorkloadFactory(factory.django.DjangoModelFactory[models.Workload]):
    class Meta:
        model = models.Workload

    name = factory.Sequence(lambda n: f"Workload {n}")
    team = factory.SubFactory(TeamFactory)
    owner = factory.SubFactory(UserFactory)
    facts = factory.LazyFunction(lambda: {"stage": "production", "tokens_month": 50_000_000})


class SegmentFactory(factory.django.DjangoModelFactory[models.Segment]):
    class Meta:
        model = models.Segment

    workload = factory.SubFactory(WorkloadFactory)
    name = factory.Sequence(lambda n: f"segment {n}")
    share = 100
    facts = factory.LazyFunction(lambda: {"task_type": "faq"})


class ClassificationFactory(factory.django.DjangoModelFactory[models.Classification]):
    class Meta:
        model = models.Classification

    segment = factory.SubFactory(SegmentFactory)
    facts = factory.LazyFunction(lambda: {"data_tags": ["public"]})
    reason = "Only published texts."
    revision_hash = "0" * 64
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = factory.LazyFunction(timezone.now)
