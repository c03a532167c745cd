"""The golden cases through the database: registered, classified and planned, they answer as `decide` does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from planner import services
from planner.management.sample.cases import CASES, Case, cases
from planner.management.sample.load import register_case
from planner.models import Decision
from workloads.models import OrganisationProfile, User
from workloads.services.facts import replace_facts

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
SAME = ("status", "now", "target", "allowed", "excluded")


@pytest.fixture(scope="module")
def by_script() -> dict[int, dict[str, Any]]:
    """What `manage.py decide` prints for the published list, by case number."""
    out = StringIO()
    call_command("decide", str(CASES), "--as-of=2026-01-31", stdout=out)
    numbers = [case["id"] for case in json.loads(Path(CASES).read_text())]
    return dict(zip(numbers, json.loads(out.getvalue())["workloads"], strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize("case", cases().values(), ids=lambda case: f"{case.number}: {case.title}")
def test_the_database_answers_as_the_script_does(
    case: Case, by_script: dict[int, dict[str, Any]], ana: User, rita: User, team: Any
) -> None:
    replace_facts(OrganisationProfile(pk=1), case.organisation, by=ana, as_of=NOW)
    register_case(case, name=case.title, team=team, by=ana, reviewer=rita, as_of=NOW)
    services.plan_here(as_of=NOW, snapshot=services.snapshot_named("reference-2026-01"))
    record = Decision.objects.get().record.record
    expected = by_script[case.number]
    assert record["headline"] == expected["headline"]
    for mine, theirs in zip(record["segments"], expected["segments"], strict=True):
        assert {key: mine[key] for key in SAME} == {key: theirs[key] for key in SAME}
        assert mine["costs"] == theirs["costs"]


def test_every_published_case_is_as_expected(by_script: dict[int, dict[str, Any]]) -> None:
    for case in json.loads(Path(CASES).read_text()):
        for segment, answer in zip(case["segments"], by_script[case["id"]]["segments"], strict=True):
            expect = segment["expect"]
            got = (answer["status"], answer["now"], answer["target"], answer["allowed"])
            assert got == (
                expect["status"], expect["now"], expect["target"], expect["allowed_by_must_rows"],
            ), case["title"]  # fmt: skip
