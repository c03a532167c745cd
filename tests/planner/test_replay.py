"""Kept decisions computed again: from the database, from a terminal and from their page."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner import services
from planner.engine import digest
from planner.models import DecisionRecord
from planner.selectors import basis, current_decision, replaying
from pricing import services as pricing_services
from pricing.models import Snapshot
from tests.factories import ClassificationFactory
from tests.planner import records
from tests.planner.test_plans import AS_OF, finished, workload
from workloads.models import Workload

pytestmark = pytest.mark.django_db
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
NUMBERS = st.one_of(
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        [1e22, 1e16, 7.205759403792143e16, -0.0, 5e-324, 1.7976931348623157e308, 1e-7, 100.0, 0.1 + 0.2]
    ),
)
CONTENTS = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(CONTENTS)
def test_a_record_has_the_same_digest_after_the_database_kept_it(content: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb::text", [json.dumps(content)])
        assert digest(json.loads(cursor.fetchone()[0])) == digest(content)


def replayed(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("replay", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_all_of_a_plan_is_equal_to_the_byte() -> None:
    bot = workload("Bot, été")
    workload("Other", tokens_month=123_456_789)
    ClassificationFactory(segment=bot.segments.get(), facts={"data_tags": ["public"]})
    run = finished()
    for lines in (replayed("--all"), replayed("--run", str(run.pk))):
        assert len(lines) == 4  # three records, one of them for an approval that waits
        assert [line for line in lines[:-1] if not line.endswith(": equal")] == []
        assert lines[-1].startswith("3 of 3 decisions equal to the byte, ")
        assert lines[-1].endswith(" a second.")


def test_a_decision_of_last_week_is_the_same_after_everything_changed() -> None:
    bot = workload("Bot")
    finished()
    then = current_decision(bot)
    Workload.objects.update(facts=bot.facts | {"tokens_month": 900_000_000}, name="Bot, renamed")
    ClassificationFactory(segment=bot.segments.get(), facts={"data_tags": ["phi"]})
    run = services.ask_plan(
        reason="later", as_of=AS_OF + timedelta(days=7), snapshot=other_prices(), send=lambda _: None
    )
    services.run_plan(run.pk)
    now = current_decision(bot)
    assert now.record_id != then.record_id
    assert now.run.snapshot_id != then.run.snapshot_id
    lines = replayed(then.record_id[:10], now.record_id)
    assert [line.split("  ")[1] for line in lines[:-1]] == [
        "Bot, 2026-01-22: equal",
        "Bot, renamed, 2026-01-29: equal",
    ]


def other_prices() -> Snapshot:
    """The reference prices with every token price doubled."""
    reference = pricing_services.reference_snapshot_row()
    document = json.loads(json.dumps(reference.document))
    for offer in document["token_offers"]:
        offer["input_usd_per_mtok"] = str(float(offer["input_usd_per_mtok"]) * 2)
    from pricing.feeds.frozen import digest as sha_of  # noqa: PLC0415  beside the digest of a record

    return Snapshot.objects.create(
        name="dearer", as_of=date(2026, 1, 29), sha=sha_of(document), document=document
    )


def test_as_of_replays_what_held_on_a_day() -> None:
    bot = workload("Bot")
    first = finished()
    Workload.objects.update(facts=bot.facts | {"tokens_month": 900_000_000})
    second = finished(AS_OF + timedelta(days=7))
    digests = [run.decisions.get().record_id[:12] for run in (first, second)]
    assert replayed("--as-of", "2026-01-25")[0].startswith(digests[0])
    assert replayed("--as-of", "2026-02-25", "--workload", "Bot")[0].startswith(digests[1])
    assert len(replayed("--workload", "Bot")) == 3
    with pytest.raises(CommandError, match="No decision is kept"):
        replayed("--as-of", "2025-01-25")


def kept(**changes: Any) -> DecisionRecord:
    """A real record with something changed, under its own digest."""
    workload("Bot")
    content = finished().decisions.get().record.record | changes
    return records.kept({name: value for name, value in content.items() if value is not None})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"engine": "1", "inputs": None}, "impossible. It was made by engine 1, whose records do not hold"),
        ({"engine": "7"}, "impossible. It was made by engine 7; this is engine 4."),
        (
            {"policy": "c" * 64},
            "impossible. The policy it was made with, 2026.1 (cccccccc), is not kept here.",
        ),
        (
            {"snapshot_sha": "d" * 64},
            "The prices it was made with, reference-2026-01 (dddddddd), are not kept here.",
        ),
        (
            {"headline": "5b"},
            'differs. It differs first at headline: the record has "5b", computed again it is "',
        ),
    ],
)
def test_what_is_not_equal_is_said_and_ends_with_1(changes: Any, words: str) -> None:
    version = basis.policy().version
    record, out = kept(**changes), StringIO()
    with pytest.raises(CommandError, match=r"1 decision not proved\.") as ended:
        call_command("replay", record.digest, stdout=out)
    assert ended.value.returncode == 1
    assert words.replace("2026.1 (", f"{version} (") in out.getvalue()
    assert "0 of 1 decision equal" in out.getvalue()


def test_a_record_filed_under_another_digest_is_found_out() -> None:
    honest = kept()
    DecisionRecord.objects.create(digest="e" * 64, record=honest.record)
    with pytest.raises(CommandError, match="not proved"):
        replayed("eeee")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Say which: one or more DIGESTs"),
        (["--all", "--run", "1"], "Say which"),
        (["zz"], "No record's digest begins with 'zz'."),
        (["--run", "999999"], "There is no plan 999999."),
        (["--workload", "Bo"], r"No workload is called 'Bo'. Alike: Bot\."),
    ],
)
def test_a_wrong_question_is_one_clear_error(arguments: list[str], words: str) -> None:
    workload("Bot")
    finished()
    with pytest.raises(CommandError, match=words) as refused:
        replayed(*arguments)
    assert refused.value.returncode == 2


def test_an_ambiguous_prefix_names_what_it_could_be() -> None:
    for first in "ab":
        DecisionRecord.objects.create(digest="f" + first * 63, record={})
    with pytest.raises(
        CommandError, match=r"'f' begins several digests: faaaaaaaaaaa, fbbbbbbbbbbb\. Give more"
    ):
        replayed("f")


@pytest.mark.parametrize("count", [1, 3])
def test_policy_and_prices_are_looked_up_once(count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        workload(f"Bot {number}")
    finished()
    basis.prices_of.cache_clear()
    with django_assert_num_queries(3):  # the records, which prices, the prices; the shipped policy is at hand
        assert [each.words for each in replaying.verdicts(replaying.everything()) if not each.is_equal] == []
