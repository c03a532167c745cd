"""What a list shows and what an object answers are the same, for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from workloads import access, models
from workloads.models import Role

pytestmark = pytest.mark.django_db
MODELS = (models.Team, models.Workload, models.Segment, models.Classification)
grants = st.lists(st.tuples(st.sampled_from(Role.values), st.sampled_from([None, 0, 1, 2])), max_size=4)


def opens(person: Any, model: Any, pk: int) -> bool:
    try:
        access.get_for(person, model.objects.all(), pk)
    except Http404:
        return False
    return True


def changes(person: Any, model: Any, pk: int) -> bool:
    try:
        access.get_rw_for(person, model.objects.all(), pk)
    except (Http404, PermissionDenied):
        return False
    return True


@given(held=grants)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_listed_is_what_opens(db: None, held: list[tuple[str, int | None]]) -> None:
    models.Classification.objects.all().delete()
    teams = [factories.TeamFactory() for _ in range(3)]
    rows = [factories.ClassificationFactory(segment__workload__team=team) for team in teams]
    person = factories.UserFactory()
    for role, number in dict.fromkeys(held):
        team = None if number is None else teams[number]
        models.Membership.objects.create(user=person, team=team, role=role)
    for model in MODELS:
        pks = [related(row, model) for row in rows]
        objects = model.objects.filter(pk__in=pks)
        listed = set(access.visible(person, objects).values_list("pk", flat=True))
        editable = set(access.editable(person, objects).values_list("pk", flat=True))
        assert listed == {pk for pk in pks if opens(person, model, pk)} == expected(held, rows, model)
        assert editable == {pk for pk in pks if changes(person, model, pk)}
        assert editable <= listed


def related(row: Any, model: Any) -> int:
    segment = row.segment
    of = {models.Team: segment.workload.team, models.Workload: segment.workload, models.Segment: segment}
    return int(of.get(model, row).pk)


def expected(held: list[tuple[str, int | None]], rows: list[Any], model: Any) -> set[int]:
    """Said again in other words: readers of everything, and people of the team."""
    everything = any(role in {"leader", "operator", "auditor"} for role, _ in held)
    own = {number for role, number in held if role in {"architect", "reviewer"}}
    return {related(row, model) for number, row in enumerate(rows) if everything or {None, number} & own}


def test_a_superuser_is_an_operator_and_edits_nothing(team: Any) -> None:
    root = models.User.objects.create_superuser("root@example.com", "correct horse battery")
    workload = factories.WorkloadFactory(team=team)
    assert opens(root, models.Workload, workload.pk)
    with pytest.raises(PermissionDenied):
        access.get_rw_for(root, models.Workload.objects.all(), workload.pk)


def test_a_superuser_has_no_way_round_four_eyes(team: Any) -> None:
    root = models.User.objects.create_superuser("root@example.com", "correct horse battery")
    proposal = factories.ClassificationFactory(segment__workload__team=team)
    assert access.why_not_decide(root, proposal) == "Only a reviewer of this team may decide."
    own = factories.ClassificationFactory(segment__workload__team=team, proposed_by=root)
    models.Membership.objects.create(user=root, team=team, role=Role.REVIEWER)
    assert access.why_not_decide(root, own) == "You proposed this; somebody else has to decide."
    assert list(access.reviewable(root, models.Classification.objects.all())) == [proposal]


def test_a_reviewer_who_edited_a_proposal_may_not_decide_on_it(rita: Any, team: Any) -> None:
    proposal = factories.ClassificationFactory(segment__workload__team=team, editors=[rita.pk])
    assert access.why_not_decide(rita, proposal) == "You edited this; somebody else has to decide."


@pytest.mark.parametrize("right", sorted(access.ROLE_PERMISSIONS))
@pytest.mark.parametrize("role", Role.values)
def test_a_right_follows_its_roles(team: Any, right: str, role: str) -> None:
    person = factories.person("pat", role, team)
    assert person.has_perm(right) is (role in access.ROLE_PERMISSIONS[right])


def test_somebody_who_left_has_no_rights(omar: Any) -> None:
    omar.is_active = False
    omar.save()
    assert not omar.has_perm("workloads.manage_teams")
