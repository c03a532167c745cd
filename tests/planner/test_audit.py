"""The pages of whoever checks: replay, earlier decisions, and why a later one differs."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from planner import services
from planner.engine.policy import build_policy
from planner.jobs import RunState
from planner.models import Decision, DecisionRecord, PlanRun
from planner.selectors import basis, current_decision
from pricing import services as pricing_services
from tests.factories import ClassificationFactory
from tests.planner.records import decided, segment
from tests.planner.test_plans import AS_OF, finished, workload
from tests.planner.test_replay import other_prices
from tests.workloads.test_usage_observed import fill
from workloads.models import Workload

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(adam: object) -> Client:
    client = Client()
    client.force_login(adam)
    return client


@pytest.fixture
def bot(team: object) -> Workload:
    found = workload("Bot")
    Workload.objects.filter(pk=found.pk).update(team=team)
    return found


def later(week: int = 1) -> PlanRun:
    """A plan a week later with dearer prices."""
    run = services.ask_plan(
        reason="later", as_of=AS_OF + timedelta(weeks=week), snapshot=other_prices(), send=lambda _: None
    )
    services.run_plan(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.DONE, run.message
    return run


def get(client: Client, name: str, bot: Workload, **query: str) -> str:
    answer = client.get(reverse(f"planner:{name}", args=[bot.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_replay_of_an_earlier_decision_is_equal_and_changes_nothing(client: Client, bot: Workload) -> None:
    finished()
    digest = current_decision(bot).record_id
    later()
    before = (Decision.objects.count(), DecisionRecord.objects.count())
    page = client.post(reverse("planner:replay", args=[bot.pk]), {"digest": digest}).content.decode()
    for words in ("The same bytes", "Equal", digest, "Replayed ", "reference-2026-01"):
        assert words in page
    assert (Decision.objects.count(), DecisionRecord.objects.count()) == before


def stricter_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy in force has one rule more and a dearer team."""
    documents = copy.deepcopy(basis.policy_document())
    rule = copy.deepcopy(documents["constraints"]["rows"][0])
    documents["constraints"]["rows"].append(
        rule | {"id": "NEW-1", "when": "tokens_month > 1", "allow": ["4", "5a", "5b"]}
    )
    documents["parameters"]["parameters"]["team_cost_year"]["values"][-1]["value"] = 1_000_000
    policy = build_policy(documents)
    monkeypatch.setattr(basis, "policy", lambda: policy)
    monkeypatch.setattr(basis, "policy_document", lambda: documents)


def test_last_weeks_decision_is_the_same_after_prices_usage_and_policy_changed_and_the_new_one_is_explained(
    client: Client, bot: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished()
    then = current_decision(bot).record_id
    stricter_policy(monkeypatch)
    fill(bot, 14, end=AS_OF + timedelta(weeks=1), input_tokens=3_000_000)
    ClassificationFactory(segment=bot.segments.get(), facts={"data_tags": ["phi"]})
    Workload.objects.filter(pk=bot.pk).update(facts=bot.facts | {"stage": "mvp"})
    later()
    assert current_decision(bot).record_id != then
    replayed = client.post(reverse("planner:replay", args=[bot.pk]), {"digest": then}).content.decode()
    assert "The same bytes" in replayed
    page = get(client, "compare", bot, a=then)
    assert "Both were computed again for this page and are equal to the byte." in page
    for cause in (
        "Prices",
        "Measured usage",
        "Declared facts",
        "Classification",
        "Policy",
        "The day",
        "In all",
    ):
        assert f">{cause}</th>" in page, cause
    for change in (
        "NEW-1",
        "New in the policy",
        "team_cost_year",
        "Health data (PHI)",
        "Gateway: 14 days to",
    ):
        assert change in page, change


def test_the_decision_page_gets_just_the_verdict(client: Client, bot: Workload) -> None:
    finished()
    page = get(client, "decision", bot)
    assert reverse("planner:replay", args=[bot.pk]) in page
    answer = client.post(reverse("planner:replay", args=[bot.pk]), headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith('<div id="replayed"')


def test_a_record_without_its_inputs_says_why_it_cannot_be_replayed(client: Client, bot: Workload) -> None:
    decided(bot, segment("2", "3r"))
    page = client.post(reverse("planner:replay", args=[bot.pk])).content.decode()
    assert "It cannot be replayed" in page
    assert "made by engine 1, whose records do not hold the facts they were made from." in page


def test_replay_takes_a_press_of_a_button(client: Client, bot: Workload) -> None:
    finished()
    looked_at = client.get(reverse("planner:replay", args=[bot.pk]))
    assert looked_at.url == reverse("planner:decision", args=[bot.pk])


def test_what_changed_is_told_with_its_causes(client: Client, bot: Workload) -> None:
    finished()
    Workload.objects.filter(pk=bot.pk).update(facts=bot.facts | {"tokens_month": 900_000_000})
    later()
    page = get(client, "compare", bot)
    for words in (
        "Both were computed again for this page and are equal to the byte.",
        "Declared facts",
        "Prices",
        "The day",
        "50M tokens a month",
        "900M tokens a month",
        "dearer",
        "In all",
    ):
        assert words in page, words
    assert page.index("<del") < page.index("<ins")


def test_any_two_decisions_can_be_compared(client: Client, bot: Workload) -> None:
    digests = []
    for week, tokens in enumerate((1, 2, 3)):
        Workload.objects.filter(pk=bot.pk).update(facts=bot.facts | {"tokens_month": tokens * 100_000_000})
        finished(AS_OF + timedelta(weeks=week))
        digests.append(current_decision(bot).record_id)
    assert "100M tokens" in get(client, "compare", bot, a=digests[0])
    assert "200M tokens" in get(client, "compare", bot)
    page = get(client, "compare", bot, a=digests[0], b=digests[1])
    assert "200M tokens" in page
    assert "300M tokens" not in page


def test_the_same_decision_every_time_leaves_nothing_to_compare(client: Client, bot: Workload) -> None:
    finished()
    finished()
    assert "Nothing to compare with" in get(client, "compare", bot)
    page = get(client, "compare", bot, a=current_decision(bot).record_id)
    assert "Nothing differs: both rest on the same facts, prices, policy and day." in page


def test_an_old_record_is_compared_without_causes(client: Client, bot: Workload) -> None:
    old = decided(bot, segment("2", "5a"), cost=35_000.0)
    finished()
    page = get(client, "compare", bot, a=old.record_id)
    assert "Why they differ cannot be computed. It was made by engine 1" in page
    assert "$35,000" in page


def test_the_answer_after_an_approval_can_be_compared_too(client: Client, bot: Workload) -> None:
    ClassificationFactory(segment=bot.segments.get(), facts={"data_tags": ["phi"]})
    finished()
    found = current_decision(bot)
    page = get(client, "compare", bot, a=found.record_id, b=found.if_approved_id)
    assert "if approved" in page
    assert "Classification" in page


@pytest.mark.parametrize("count", [1, 3])
def test_earlier_decisions_are_listed_in_as_many_queries(
    count: int, client: Client, bot: Workload, django_assert_num_queries: Any
) -> None:
    for week in range(count):
        finished(AS_OF + timedelta(weeks=week))
    get(client, "decisions", bot)
    with django_assert_num_queries(14):
        page = get(client, "decisions", bot)
    assert page.count("With the one before") == count - 1
    assert page.count("With the current one") == count - 1
    assert "Plan " in page


def test_the_list_marks_what_moved_and_what_is_the_same(client: Client, bot: Workload) -> None:
    finished()
    finished()
    page = get(client, "decisions", bot)
    assert page.count("the same as before") == 1
    assert current_decision(bot).record.record["headline"] in page


def test_a_record_downloads_by_its_digest(client: Client, bot: Workload) -> None:
    finished()
    digest = current_decision(bot).record_id
    later()
    answer = client.get(reverse("planner:record", args=[bot.pk]), {"digest": digest})
    assert json.loads(answer.content)["digest"] == digest
    assert json.loads(answer.content)["record"]["as_of"] == "2026-01-22"


@pytest.mark.parametrize("name", ["compare", "decisions", "replay"])
def test_a_stranger_gets_404(name: str, bot: Workload, cleo: object) -> None:
    finished()
    stranger = Client()
    stranger.force_login(cleo)
    ask = stranger.post if name == "replay" else stranger.get
    assert ask(reverse(f"planner:{name}", args=[bot.pk])).status_code == 404


def test_a_record_of_another_workload_is_not_shown_here(client: Client, bot: Workload) -> None:
    other = workload("Other")
    finished()
    digest = current_decision(other).record_id
    for name, query in (("compare", {"a": digest}), ("record", {"digest": digest}), ("compare", {"a": "x"})):
        assert client.get(reverse(f"planner:{name}", args=[bot.pk]), query).status_code == 404
    assert client.post(reverse("planner:replay", args=[bot.pk]), {"digest": digest}).status_code == 404


def test_an_undecided_workload_has_nothing_to_check(client: Client, bot: Workload) -> None:
    assert "No decision yet" in get(client, "decisions", bot)
    for name in ("compare", "record"):
        assert client.get(reverse(f"planner:{name}", args=[bot.pk])).status_code == 404


def test_a_plan_names_the_command_that_proves_it(client: Client, bot: Workload) -> None:
    run = finished()
    page = client.get(reverse("planner:run", args=[run.pk])).content.decode()
    assert f"manage.py replay --run {run.pk}" in page
    assert pricing_services.reference_snapshot_row().sha[:8] in page
