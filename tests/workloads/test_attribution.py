"""Whose traffic is whose: rules in order, traffic that names its workload, and rules that reach back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests import factories
from workloads import signals
from workloads.models import AttributionRule, UsageBucket, UsageRun, UsageSource
from workloads.selectors.usage import pages
from workloads.services import attribution
from workloads.usage.matching import Attributor, Owner, Rule, as_pattern
from workloads.usage.tally import Traffic

if TYPE_CHECKING:
    from workloads.models import Workload

AS_OF = datetime(2026, 1, 20, tzinfo=UTC)


def traffic(model: str = "gpt-5.2", **labels: str) -> Traffic:
    return Traffic(
        "openai", model, tuple(sorted((name.replace("__", "."), text) for name, text in labels.items()))
    )


def rule(field: str, pattern: str, workload_id: int, *, source_id: int | None = None) -> Rule:
    return Rule(source_id, field, as_pattern(pattern), Owner(workload_id, None))


def owner(of: Traffic, *rules: Rule, by_name: dict[str, int] | None = None) -> int | None:
    return Attributor(rules, by_name or {}).owner(1, of).workload_id


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("bot", True),
        ("b*", True),
        ("*", True),
        ("*o*", True),
        ("bo", False),
        ("Bot", False),
        ("b.t", False),
        ("bot*x", False),
    ],
)
def test_a_pattern_is_literal_but_for_the_star(pattern: str, matches: bool) -> None:
    assert (owner(traffic(key_alias="bot"), rule("key_alias", pattern, 7)) == 7) == matches


def test_the_first_rule_that_matches_wins() -> None:
    both = (rule("key_alias", "b*", 7), rule("model", "gpt-5.2", 8))
    assert owner(traffic(key_alias="bot"), *both) == 7
    assert owner(traffic(key_alias="desk"), *both) == 8


def test_any_of_several_tags_may_match() -> None:
    assert owner(traffic(tag="red, blue"), rule("tag", "blue", 7)) == 7


def test_metadata_is_a_label_like_any_other() -> None:
    assert owner(traffic(metadata__project="apollo"), rule("metadata.project", "apollo", 7)) == 7


def test_a_rule_of_another_source_does_not_apply() -> None:
    assert owner(traffic(key_alias="bot"), rule("key_alias", "bot", 7, source_id=2)) is None


def test_traffic_that_names_its_workload_needs_no_rule_and_a_rule_goes_before_it() -> None:
    named = traffic(workload="FAQ", key_alias="bot")
    assert owner(named, by_name={"faq": 9}) == 9
    assert owner(named, rule("key_alias", "bot", 7), by_name={"faq": 9}) == 7


@pytest.fixture
def source(db: None) -> UsageSource:
    return UsageSource.objects.create(name="Gateway", kind="csv")


def bucket(
    source: UsageSource, day: int, *, tokens: int = 100, cost: str | None = None, **labels: str
) -> UsageBucket:
    run, _ = UsageRun.objects.get_or_create(key="k", defaults={"source": source, "as_of": AS_OF})
    what = traffic(**labels)
    return UsageBucket.objects.create(
        source=source,
        source_key=uuid4(),
        traffic_key=what.key,
        bucket_start=datetime(2026, 1, day, tzinfo=UTC),
        provider=what.provider,
        model=what.model,
        dimensions=dict(what.dimensions),
        requests=2,
        input_tokens=tokens,
        cost_reported=cost,
        cost_currency="USD" if cost else "",
        run=run,
    )


def owners() -> list[Any]:
    return list(UsageBucket.objects.order_by("pk").values_list("workload__name", flat=True))


@pytest.fixture
def faq(db: None) -> Workload:
    return factories.WorkloadFactory(name="FAQ")


def test_a_rule_moves_the_traffic_of_last_month(
    source: UsageSource, faq: Workload, django_capture_on_commit_callbacks: Any
) -> None:
    bucket(source, 1, key_alias="bot")
    bucket(source, 9, key_alias="bot")
    bucket(source, 9, key_alias="other")
    heard: list[int] = []

    def listen(workload_id: int, **kwargs: Any) -> None:
        heard.append(workload_id)

    signals.facts_changed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        moved = attribution.save_rule(AttributionRule(field="key_alias", pattern="bot", workload=faq))
    assert (moved, owners(), heard) == (2, ["FAQ", "FAQ", None], [faq.pk])


def test_a_rule_that_asks_the_same_takes_the_place_of_the_first(source: UsageSource, faq: Workload) -> None:
    bucket(source, 1, key_alias="bot")
    other = factories.WorkloadFactory(name="Desk")
    attribution.save_rule(AttributionRule(field="key_alias", pattern="bot", workload=faq))
    attribution.save_rule(AttributionRule(field="key_alias", pattern="bot", workload=other))
    assert (owners(), AttributionRule.objects.count()) == (["Desk"], 1)


def test_removing_a_rule_gives_its_traffic_back(source: UsageSource, faq: Workload) -> None:
    bucket(source, 1, key_alias="bot")
    attribution.save_rule(AttributionRule(field="key_alias", pattern="bot", workload=faq))
    assert attribution.remove_rule(AttributionRule.objects.get()) == 1
    assert owners() == [None]


def test_a_rule_may_give_traffic_to_one_segment(source: UsageSource, faq: Workload) -> None:
    segment = factories.SegmentFactory(workload=faq)
    bucket(source, 1, key_alias="bot")
    attribution.save_rule(AttributionRule(field="key_alias", pattern="bot", workload=faq, segment=segment))
    assert UsageBucket.objects.get().segment == segment


def test_a_name_two_teams_use_belongs_to_nobody(source: UsageSource, faq: Workload) -> None:
    factories.WorkloadFactory(name="faq")
    bucket(source, 1, workload="FAQ")
    assert (attribution.reattribute(), owners()) == (0, [None])


def test_an_archived_workload_gets_no_traffic(source: UsageSource, faq: Workload) -> None:
    bucket(source, 1, key_alias="bot")
    attribution.save_rule(AttributionRule(field="key_alias", pattern="bot", workload=faq))
    faq.archived_at = AS_OF
    faq.save()
    assert (attribution.reattribute(), owners()) == (1, [None])


def test_what_belongs_to_nobody_is_listed_with_its_share(source: UsageSource, faq: Workload) -> None:
    mine = bucket(source, 2, tokens=600, cost="6", key_alias="bot")
    UsageBucket.objects.filter(pk=mine.pk).update(workload=faq)
    bucket(source, 3, tokens=300, cost="1", key_alias="hackathon")
    bucket(source, 4, tokens=60, cost="2", key_alias="hackathon", model="gpt-5.2-mini")
    bucket(source, 4, tokens=40, tag="blue")
    covered = pages.coverage(AS_OF)
    assert (covered.share_tokens, covered.share_cost) == (0.4, 1 / 3)
    assert [
        (caller.field, caller.value, caller.tokens, caller.requests, caller.cost, sorted(caller.models))
        for caller in pages.unattributed(AS_OF)
    ] == [
        ("key_alias", "hackathon", 360, 4, 3, ["gpt-5.2", "gpt-5.2-mini"]),
        ("tag", "blue", 40, 2, None, ["gpt-5.2"]),
    ]


def test_a_rule_is_tried_before_it_is_saved(source: UsageSource, faq: Workload) -> None:
    mine = bucket(source, 2, tokens=600, key_alias="bot-1")
    UsageBucket.objects.filter(pk=mine.pk).update(workload=faq)
    bucket(source, 3, tokens=300, key_alias="bot-2")
    tried = pages.reach(AttributionRule(field="key_alias", pattern="bot-*"), AS_OF)
    assert (tried.tokens, tried.requests, tried.callers, tried.owned_tokens) == (900, 4, 2, 600)
    assert owners() == ["FAQ", None]


def test_without_traffic_nothing_is_said_of_shares(db: None) -> None:
    covered = pages.coverage(AS_OF)
    assert (covered.share_tokens, covered.share_cost, pages.unattributed(AS_OF)) == (None, None, [])
