"""What a registration form amounts to while it is being filled in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from planner.engine import Fact
from tests import factories
from workloads.forms.segments import SegmentForm
from workloads.forms.workload import RegistrationForm, edited_workload
from workloads.selectors.facts import workload_input

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "posted", ["", "name=", "segments-TOTAL_FORMS=x", "team=999&tokens_month=-1&archetype=gone"]
)
def test_a_half_filled_form_is_never_an_error(ana: Any, posted: str) -> None:
    given = RegistrationForm(QueryDict(posted), user=ana).workload_input({}, timezone.now())
    assert (given.facts, given.segments) == ({}, ())


def test_what_cannot_be_read_counts_as_unknown(ana: Any, team: Any) -> None:
    posted = (
        f"team={team.pk}&stage=poc&tokens_month=-1&archetype=rag_qa&segments-TOTAL_FORMS=1"
        "&segments-INITIAL_FORMS=0&segments-0-name=all&segments-0-share=100&segments-0-ttft_target_ms=soon"
    )
    team.facts = {"dpa_signed": True}
    team.save()
    organisation = {"dpa_signed": Fact(False), "baa_signed": Fact(False)}
    given = RegistrationForm(QueryDict(posted), user=ana).workload_input(organisation, timezone.now())
    assert given.facts == {"stage": Fact("poc")}
    assert given.organisation == {"dpa_signed": Fact(True), "baa_signed": Fact(False)}
    assert [(each.name, each.share, each.classification) for each in given.segments] == [
        ("all", 100, "proposed")
    ]
    assert given.segments[0].facts == {"data_tags": Fact(frozenset({"internal_ops"}), "archetype")}


def test_an_untouched_edit_amounts_to_what_is_stored(ana: Any, rita: Any, team: Any) -> None:
    now = timezone.now()
    segment = factories.SegmentFactory(workload__team=team)
    factories.ClassificationFactory(
        segment=segment,
        state="approved",
        decided_by=rita,
        decided_at=now,
        ends_on=now.date() + timedelta(days=9),
        snapshot={},
    )
    factories.ClassificationFactory(segment=segment, facts={"data_tags": ["phi"]})
    assert RegistrationForm(user=ana, workload=segment.workload).workload_input({}, now) == workload_input(
        segment.workload, now
    )


def test_a_form_under_way_names_only_workloads_its_author_may_change(ana: Any, cleo: Any, team: Any) -> None:
    workload = factories.WorkloadFactory(team=team)
    assert edited_workload({"workload": str(workload.pk)}, ana) == workload
    assert edited_workload({"workload": str(workload.pk)}, cleo) is None
    assert edited_workload({"workload": "1; drop"}, ana) is None


def test_a_whole_share_is_written_as_people_write_it(ana: Any, team: Any) -> None:
    segment = factories.SegmentFactory(workload__team=team, share=100)
    (part,) = RegistrationForm(user=ana, workload=segment.workload).parts
    assert part["share"].value() == "100"


@pytest.mark.parametrize(
    ("read", "written", "told"),
    [
        ("80", "20", []),
        ("80", "", []),
        (
            "80",
            "60",
            [
                (
                    "Cached input and Cache writes are parts of the same input and cannot be 140 % of it together. "
                    "Write 20 or less, or leave it empty if you do not know."
                )
            ],
        ),
    ],
)
def test_no_more_of_the_input_is_read_and_written_than_there_is(
    read: str, written: str, told: list[str]
) -> None:
    shares = {"cached_input_share": read, "cache_write_share": written}
    form = SegmentForm({"name": "all", "share": "100", **shares})
    assert form.errors.get("cache_write_share", []) == told
    assert form.is_valid() == (not told)
    assert form.facts["cached_input_share"] == 80
