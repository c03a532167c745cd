"""Exceptions: asked by one person, granted by the owner of the rule, with an end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from planner.engine import load_policy
from planner.models import PlanRun, Waiver, WaiverEvent, WaiverState
from planner.selectors import exceptions, inputs
from planner.services import waivers
from tests import factories
from tests.planner.policy.cast import NOW, TODAY, send
from workloads.models import User, Workload

if TYPE_CHECKING:
    from workloads.models import Team

pytestmark = pytest.mark.django_db
END = TODAY + timedelta(days=30)
ROW = "DAT-243-BAA"


@pytest.fixture
def bot(team: Team, ana: User) -> Workload:
    workload = factories.WorkloadFactory(name="Bot", team=team, owner=ana)
    factories.SegmentFactory(workload=workload, name="all")
    return workload


def ask(workload: Workload, by: User, row: str = ROW, **changes: Any) -> Waiver:
    told: dict[str, Any] = {"reason": "A pilot with made-up patients.", "until": END} | changes
    return waivers.ask(workload, row, by=by, as_of=NOW, **told)


def grant(waiver: Waiver, by: User) -> Waiver:
    return waivers.grant(waiver.pk, by=by, note="", as_of=NOW, send=send)


def test_the_owner_of_the_rule_grants_and_a_plan_is_asked_for(bot: Workload, ana: User, rita: User) -> None:
    waiver = grant(ask(bot, ana), rita)
    assert (waiver.state, waiver.granted_by, waiver.role) == (WaiverState.GRANTED, rita, "reviewer")
    assert [run.reason for run in PlanRun.objects.all()] == ["a waiver was granted"]
    ((_, given),) = inputs.portfolio_inputs([bot], NOW)
    assert [(each.row, each.until, each.granted_by) for each in given.waivers] == [(ROW, END, "Rita")]


def test_a_waiver_of_one_part_reaches_the_engine_with_that_part(bot: Workload, ana: User, rita: User) -> None:
    other = factories.SegmentFactory(workload=bot, name="other")
    grant(ask(bot, ana, segment=other), rita)
    ((_, given),) = inputs.portfolio_inputs([bot], NOW)
    assert given.waivers == ()
    assert {part.name: [each.row for each in part.waivers] for part in given.segments} == {
        "all": [],
        "other": [ROW],
    }


@pytest.mark.parametrize("state", ["asked", "refused", "revoked", "ended"])
def test_only_a_granted_waiver_counts(bot: Workload, ana: User, rita: User, state: str) -> None:
    waiver = ask(bot, ana)
    if state == "refused":
        waivers.refuse(waiver.pk, by=rita, note="No.", as_of=NOW)
    elif state == "revoked":
        grant(waiver, rita)
        waivers.revoke(waiver.pk, by=rita, note="The pilot is over.", as_of=NOW, send=send)
    elif state == "ended":
        grant(waiver, rita)
        assert waivers.end_due(NOW + timedelta(days=31), send) == 1
    waiver.refresh_from_db()
    assert waiver.state == state
    ((_, given),) = inputs.portfolio_inputs([bot], NOW)
    assert given.waivers == ()


def test_a_waiver_ends_after_its_last_day_and_a_plan_is_asked_for(
    bot: Workload, ana: User, rita: User
) -> None:
    grant(ask(bot, ana), rita)
    PlanRun.objects.all().delete()
    assert waivers.end_due(NOW + timedelta(days=30), send) == 0
    assert waivers.end_due(NOW + timedelta(days=31), send) == 1
    assert [run.reason for run in PlanRun.objects.all()] == ["a waiver ended"]


def test_nobody_grants_what_they_asked_for_not_even_as_reviewer_and_superuser(
    bot: Workload, ana: User, team: Team
) -> None:
    ana.memberships.create(role="reviewer", team=team)
    User.objects.filter(pk=ana.pk).update(is_superuser=True)
    waiver = ask(bot, ana)
    with pytest.raises(PermissionDenied, match="You asked for this"):
        grant(waiver, ana)
    with pytest.raises(IntegrityError, match="waiver_grantor_is_not_the_asker"):
        granted_by_sql(ana)


def granted_by_sql(person: User) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "update planner_waiver set state = 'granted', granted_by_id = %s, decided_at = now()", [person.pk]
        )


@pytest.mark.parametrize("who", ["ben", "omar", "other reviewer", "superuser"])
def test_only_the_owner_role_grants_in_the_team_or_everywhere(
    bot: Workload, ana: User, ben: User, omar: User, who: str
) -> None:
    waiver = ask(bot, ana)
    person = {
        "ben": lambda: ben,
        "omar": lambda: omar,
        "other reviewer": lambda: factories.person("rene", "reviewer", factories.TeamFactory()),
        "superuser": lambda: User.objects.create_superuser("root@example.com", "correct horse battery"),
    }[who]()
    with pytest.raises(PermissionDenied, match="Only a reviewer"):
        grant(waiver, person)
    with pytest.raises(IntegrityError, match="role that owns the rule"):
        granted_by_sql(person)


@pytest.mark.parametrize("who", ["cleo", "rita", "omar"])
def test_only_an_architect_of_the_team_asks(
    bot: Workload, cleo: User, rita: User, omar: User, who: str
) -> None:
    person = {"cleo": cleo, "rita": rita, "omar": omar}[who]
    with pytest.raises(PermissionDenied, match="Only an architect of the owning team"):
        ask(bot, person)


def test_statutory_rules_and_rules_without_exceptions_are_never_asked_about(bot: Workload, ana: User) -> None:
    rows = load_policy().rows("constraints")
    statutory = next(row for row in rows if row.statutory)
    for row, words in (
        (statutory.id, "required by law"),
        ("INT-TAGS", "takes no exceptions"),
        ("NO-1", "not a rule"),
    ):
        with pytest.raises(ValidationError, match=words):
            ask(bot, ana, row=row)
        assert words in exceptions.why_not_waivable(load_policy(), row)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"reason": " "}, "Say why"), ({"until": TODAY}, "after today")],
)
def test_a_question_needs_a_reason_and_an_end(bot: Workload, ana: User, changes: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ask(bot, ana, **changes)


def test_a_part_of_another_workload_is_refused(bot: Workload, ana: User) -> None:
    with pytest.raises(ValidationError, match="another workload"):
        ask(bot, ana, segment=factories.SegmentFactory())


def test_one_open_waiver_for_a_rule_also_for_the_database(bot: Workload, ana: User) -> None:
    waiver = ask(bot, ana)
    with pytest.raises(ValidationError, match="already"):
        ask(bot, ana)
    with pytest.raises(IntegrityError, match="one_open_waiver"), transaction.atomic():
        Waiver.objects.create(
            workload=bot, row=ROW, role="reviewer", reason="x", until=END, asked_by=ana, asked_at=NOW
        )
    waivers.withdraw(waiver.pk, by=ana, as_of=NOW)
    assert ask(bot, ana).state == WaiverState.ASKED


@pytest.mark.parametrize(
    "change", ["until = until + 300", "row = 'DAT-243'", "reason = 'x'", "segment_id = 1", "state = 'asked'"]
)
def test_what_was_granted_stays_as_it_was_granted_in_plain_sql(
    bot: Workload, ana: User, rita: User, change: str
) -> None:
    grant(ask(bot, ana), rita)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update planner_waiver set {change}")


def test_a_waiver_is_not_written_as_granted_in_plain_sql(bot: Workload, ana: User, rita: User) -> None:
    with pytest.raises(IntegrityError, match="begins as a question"):
        Waiver.objects.create(
            workload=bot, row=ROW, role="reviewer", reason="x", until=END, asked_by=ana, asked_at=NOW,
            granted_by=rita, decided_at=NOW, state="granted",
        )  # fmt: skip


def test_a_refusal_and_a_revocation_say_why(bot: Workload, ana: User, rita: User) -> None:
    waiver = ask(bot, ana)
    with pytest.raises(ValidationError, match="Say why"):
        waivers.refuse(waiver.pk, by=rita, note="", as_of=NOW)
    grant(waiver, rita)
    with pytest.raises(ValidationError, match="Say why"):
        waivers.revoke(waiver.pk, by=rita, note="", as_of=NOW, send=send)
    with pytest.raises(PermissionDenied, match="does not wait"):
        grant(waiver, rita)


def test_who_asked_withdraws_or_gives_up_and_nobody_else(
    bot: Workload, ana: User, ben: User, rita: User
) -> None:
    waiver = ask(bot, ana)
    with pytest.raises(PermissionDenied, match="Only who asked"):
        waivers.withdraw(waiver.pk, by=ben, as_of=NOW)
    grant(waiver, rita)
    with pytest.raises(PermissionDenied, match="Only a reviewer"):
        waivers.revoke(waiver.pk, by=ben, note="x", as_of=NOW, send=send)
    assert waivers.revoke(waiver.pk, by=ana, note="Done.", as_of=NOW, send=send).state == WaiverState.REVOKED


def test_every_step_is_in_the_history(bot: Workload, ana: User, rita: User) -> None:
    grant(ask(bot, ana), rita)
    assert list(WaiverEvent.objects.order_by("pgh_id").values_list("state", flat=True)) == [
        "asked",
        "granted",
    ]


def test_those_that_end_soon_are_listed_the_nearest_first(bot: Workload, ana: User, rita: User) -> None:
    later = grant(ask(bot, ana, until=TODAY + timedelta(days=29)), rita)
    sooner = grant(ask(bot, ana, row="DAT-243", until=TODAY + timedelta(days=2)), rita)
    grant(ask(bot, ana, row="DAT-424", until=TODAY + timedelta(days=99)), rita)
    assert list(exceptions.expiring(Workload.objects.all(), TODAY)) == [sooner, later]
