"""The decision page: everything from the record, for whoever may see the workload."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from planner import charts
from tests.factories import ClassificationFactory, SegmentFactory, WorkloadFactory
from tests.planner.records import AS_OF, decided, plan, record, row, segment, step, trigger
from workloads.models import Workload

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(ana: object) -> Client:
    client = Client()
    client.force_login(ana)
    return client


@pytest.fixture
def workload(team: object) -> Workload:
    found = WorkloadFactory(name="Assistant", team=team)
    SegmentFactory(workload=found, name="all")
    Workload.objects.update(changed_at=AS_OF)
    return found


def page_of(client: Client, workload: Workload, **query: str) -> str:
    answer = client.get(reverse("planner:decision", args=[workload.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_opens_with_the_sentence_and_shows_all_six_classes(client: Client, workload: Workload) -> None:
    decided(workload, segment("2", "3r"))
    page = page_of(client, workload)
    assert '<h1 class="lede">Run on 3r today; stay there.</h1>' in page
    ladder = page[page.index('<ol class="ladder') : page.index("</ol>", page.index('<ol class="ladder'))]
    assert ladder.count("<li") == 6
    assert "Now and target" in ladder


def test_a_rule_shows_its_sentence_source_facts_and_whether_it_may_be_waived(
    client: Client, workload: Workload
) -> None:
    rules = {
        "DAT-243": row("DAT-243", waiver="Statutory: nobody here may waive it.", binding=True),
        "QUA-1": row("QUA-1"),
    }
    decided(workload, segment("2", "4", rows=rules))
    page = page_of(client, workload)
    rule = page[page.index("<b>DAT-243</b>") :].split("</details>")[0]
    for words in (
        "Rule DAT-243 says no.",
        "isolated tenant",
        "guide 002, line 349",
        "health data",
        "Statutory: nobody here may waive it.",
        "Ana, 2 Jan 2026; approved by Rita, 9 Jan 2026",
        '<span class="dtag sens">binding</span>',
    ):
        assert words in rule
    assert "The reviewer may waive it." in page[page.index('id="rule-QUA-1"') :]


def test_the_chart_and_its_table_hold_the_same_costs(client: Client, workload: Workload) -> None:
    part = segment("2", "3r", costs={"2e": 680.0, "3r": 210.0, "4": None})
    decided(workload, part)
    figure = charts.cost_figure(part)
    assert (figure["data"][0]["y"], figure["data"][0]["x"]) == (["2e", "3r"], [680.0, 210.0])
    assert figure["data"][0]["text"][1] == "$210 now and target"
    page = page_of(client, workload)
    assert "$680" in page
    assert "unknown" in page[page.index('id="h-cost"') :]


def test_no_price_at_all_is_said_instead_of_an_empty_chart(client: Client, workload: Workload) -> None:
    decided(workload, segment("2", "3r", costs={"2e": None, "3r": None}))
    assert "No placement has a price in this snapshot." in page_of(client, workload)


def test_it_shows_triggers_and_dated_steps_with_owners(client: Client, workload: Workload) -> None:
    steps = [step("GATE", "2026-02-01", "2026-02-15", kind="gate", owner="reviewer", label="Licence cleared")]
    decided(workload, segment("2", "3r", steps=steps, triggers=[trigger(state="near", distance_pct=10)]))
    page = page_of(client, workload)
    assert "Gate: Licence cleared" in page
    assert "reviewer · 1 Feb 2026 to 15 Feb 2026" in page
    assert "$210 of $10,000" in page


def test_nothing_fits_shows_the_conflict_and_the_ways_out(client: Client, workload: Workload) -> None:
    excluded = {"2e": ["DAT-245"], "5a": ["QUA-601"]}
    decided(
        workload, segment("2", None, excluded=excluded, rows={pk: row(pk) for pk in ("DAT-245", "QUA-601")})
    )
    page = page_of(client, workload)
    conflict = page[page.index('id="h-why"') : page.index('id="h-out"')]
    assert conflict.count(">excluded</span>") == 2
    assert conflict.count("binding") == 1
    assert "Grant an exception to DAT-245 with an end date." in page[page.index('id="h-out"') :]


def test_a_waiting_classification_shows_both_answers(client: Client, workload: Workload) -> None:
    ClassificationFactory(segment=workload.segments.get())
    then = record(segment("2", "3", sentence="Run on 3 once approved."), cost=86.25)
    decided(workload, segment("2", "4", status="provisional"), cost=4745, approved=then)
    page = page_of(client, workload)
    both = page[page.index('id="if-approved"') :]
    assert "Run on 3 once approved." in both
    assert "$4,745" in both
    assert "$86.25" in both


def test_parts_are_chosen_by_address(client: Client, workload: Workload) -> None:
    decided(workload, segment("2", "3", name="public", share=70), segment("2", "5a", name="secret", share=30))
    assert '<h1 class="lede">Run on 3 today; stay there.</h1>' in page_of(client, workload)
    assert '<h1 class="lede">Run on 5a today; stay there.</h1>' in page_of(client, workload, part="2")
    assert '<h1 class="lede">Run on 3 today; stay there.</h1>' in page_of(client, workload, part="nonsense")


def test_cost_and_exposure_are_those_of_the_part_shown(client: Client, workload: Workload) -> None:
    exposed = {"excluded": {"2p": ["DAT-1"], "2e": ["DAT-1"]}, "rows": {"DAT-1": row("DAT-1")}}
    public = segment("2", "3", name="public", share=70, costs={"3": 18.38})
    secret = segment("2", "5a", name="secret", share=30, costs={"5a": 35_000.0}, **exposed)
    decided(workload, public, secret, cost=35_018.38)
    first, second = page_of(client, workload), page_of(client, workload, part="2")
    assert "$18.38<small>at target" in first
    assert "$35,018 for the whole workload" in first
    assert "its data may not go there" not in first
    assert "its data may not go there" in second


def test_an_undecided_workload_says_why_and_offers_a_plan(client: Client, workload: Workload) -> None:
    assert "No finished plan has reached Assistant." in page_of(client, workload)


def test_an_earlier_answer_is_kept_beside_the_error_of_the_newest_plan(
    client: Client, workload: Workload
) -> None:
    decided(workload, segment("2", "3r"))
    plan(
        errors=[
            {
                "workload": workload.pk,
                "name": "Assistant",
                "fact": "tokens_month",
                "message": "Tokens a month: -5 is below 0.",
            }
        ]
    )
    page = page_of(client, workload)
    assert "Tokens a month: -5 is below 0." in page
    assert "Run on 3r today; stay there." in page


def test_the_record_downloads_as_it_is_kept(client: Client, workload: Workload) -> None:
    decision = decided(workload, segment("2", "3r"))
    answer = client.get(reverse("planner:record", args=[workload.pk]))
    assert (
        answer["Content-Disposition"]
        == f'attachment; filename="decision-{workload.pk}-{decision.record_id[:8]}.json"'
    )
    assert json.loads(answer.content) == {"digest": decision.record_id, "record": decision.record.record}


@pytest.mark.parametrize("name", ["planner:decision", "planner:record"])
def test_a_stranger_gets_404(name: str, workload: Workload, cleo: object) -> None:
    decided(workload, segment("2", "3r"))
    stranger = Client()
    stranger.force_login(cleo)
    assert stranger.get(reverse(name, args=[workload.pk])).status_code == 404


@pytest.mark.parametrize("parts", [1, 3])
def test_it_asks_the_database_as_often_for_three_parts_as_for_one(
    parts: int, client: Client, workload: Workload, django_assert_num_queries: object
) -> None:
    names = [f"part {number}" for number in range(parts)]
    for name in names:
        SegmentFactory(workload=workload, name=name, share=10)
    decided(workload, *[segment("2", "3r", name=name) for name in names])
    page_of(client, workload)
    with django_assert_num_queries(14):  # type: ignore[operator]
        page_of(client, workload)


def test_steps_ahead_stand_by_phase_and_what_recurs_or_is_done_is_folded(
    client: Client, workload: Workload
) -> None:
    steps = [
        step("READY", "2026-01-01", "2026-01-05", done=True),
        step("MOVE", "2026-02-01", "2026-02-15", phase="move"),
        step("GROUND", "2026-01-22", "2026-02-01", phase="foundation"),
        step("CARE", "2026-03-01", "2026-03-02", phase="operate"),
    ]
    decided(workload, segment("2", "3r", steps=steps))
    page = page_of(client, workload)
    places = [page.index(f"Step {pk}") for pk in ("GROUND", "MOVE", "CARE", "READY")]
    assert places == sorted(places)
    assert "Afterwards, to keep it true" in page


def test_the_facts_that_rules_read_come_before_the_others(client: Client, workload: Workload) -> None:
    part = segment("2", "3r")
    told = {"source": "declared", "by": "Ana", "at": "2026-01-03", "unit": "", "value": "x"}
    part["facts"] += [
        told | {"name": "stage", "label": "Stage", "value_words": "first release"},
        told | {"name": "data_tags", "label": "Data tags", "value_words": "health data"},
    ]
    decided(workload, part)
    page = page_of(client, workload)
    said = page[page.index("Who said so") :]
    assert said.index("Data tags") < said.index("Read without effect so far") < said.index("Stage")


def flip(name: str, group: str = "looser") -> dict[str, object]:
    return {
        "name": name,
        "change": f"{name}: yes, no today",
        "then": "An open-weight API, at once.",
        "target": "3",
        "whom": "a reviewer",
        "distance": "",
    }


def test_each_placement_shows_all_that_stands_against_it_and_what_would_open_it(
    client: Client, workload: Workload
) -> None:
    part = segment("2", "3r", rows={"DAT-424": row("DAT-424")})
    part["classes"][1]["variants"] = [
        {
            "variant": "2p",
            "phrase": "A closed API on public terms",
            "state": "excluded",
            "words": "Excluded",
            "sentence": "Rule DAT-424 says no.",
            "rows": ["DAT-424"],
            "gates": [],
            "cost_usd_month": 120.0,
        }
    ]
    way = {
        "rows": ["DAT-424"],
        "gates": [],
        "moves": [{"id": "DAT-424", "label": "Customer data", "table": "constraints"}],
        "opens": "2p",
        "grantor": "reviewer",
        "statutory": False,
        "cost_usd_month": 120.0,
        "difference_usd_month": -90.0,
        "difference_words": "$90 less",
        "becomes_answer": True,
        "sentence": "An exception would open it.",
        "afterwards": "It would then be the answer.",
    }
    split = {"opens": "2p", "cost_usd_month": 120.0, "sentence": "Separate what carries it."}
    part["ways"] = [{"class": "2", "ways": [way], "split": split}]
    part["cheapest_way"] = {"sentence": "The cheapest way out: an exception."}
    decided(workload, part)
    page = page_of(client, workload)
    why = page[page.index('id="why-2"') : page.index('id="why-3"')]
    for words in ("A closed API on public terms", "Rule DAT-424 says no.", "Data tags: health data",
                  "approved by Rita", "“isolated tenant”", "An exception would open it.", "Separate what carries it."):  # fmt: skip
        assert words in why
    ways = page[page.index('id="h-ways"') : page.index('id="h-trig"')]
    for words in ("The cheapest way out: an exception.", "$90 less", "would then be the answer", "reviewer"):
        assert words in ways


def test_the_first_flips_are_shown_and_the_others_folded(client: Client, workload: Workload) -> None:
    flips = [flip(f"Fact {number}") for number in range(6)]
    groups = [
        {"group": "looser", "label": "Would allow less sovereignty", "flips": flips},
        {"group": "stricter", "label": "Would force more", "flips": []},
    ]
    decided(workload, segment("2", "3r", flips=groups))
    page = page_of(client, workload)
    section = page[page.index('id="h-flip"') : page.index('id="h-trig"')]
    assert (
        section.index("Fact 3:") < section.index("More facts that would change it") < section.index("Fact 4:")
    )
    assert '<span class="count">2</span>' in section
    assert "None." in section


def test_a_record_from_before_flips_and_ways_is_shown_without_them(
    client: Client, workload: Workload
) -> None:
    decided(workload, segment("2", "3r"))
    page = page_of(client, workload)
    for heading in ("h-flip", "h-ways", "h-next", 'id="scorecards"'):
        assert heading not in page


def test_the_question_stands_first_where_it_holds_the_answer_up(client: Client, workload: Workload) -> None:
    asked = {
        "name": "stage",
        "label": "Stage",
        "question": "How far along is it?",
        "whom": "the workload's architect",
        "sentence": "If In production: 3; if Exploration: 1.",
        "settles": "It settles most: of 2 possible answers it leaves 1 on average.",
    }
    decided(workload, segment("2", "3r", status="provisional", question=asked, unknown=[{"label": "Stage"}]))
    page = page_of(client, workload)
    assert page.index("How far along is it?") < page.index('id="h-ladder"')
    assert "If In production: 3; if Exploration: 1." in page
    decided(workload, segment("2", "3r", question=asked))
    page = page_of(client, workload)
    assert page.index("How far along is it?") > page.index('id="h-ladder"')


def test_scorecards_say_where_the_decision_differs(client: Client, workload: Workload) -> None:
    answer = {
        "id": "Q5-2",
        "label": "Are there ML engineers?",
        "answer": "no",
        "state": "yes",
        "reason": "ML engineers: 0 FTE, below 2 FTE",
        "says": "An API until you hire.",
        "source": {"document": "002", "quote": "API until you hire", "line": 513},
        "points": ["2p"],
        "agrees": False,
        "beside": "Says 2p; the decision says 3r, because 2p costs more.",
    }
    card = {
        "id": "CARD-FIVE",
        "label": "Five questions",
        "sentence": "Five questions of a guide.",
        "source": answer["source"],
        "tally": "1 no",
        "questions": [answer],
        "verdicts": [answer | {"agrees": True, "beside": "Says 3r; so does the decision."}],
        "aliases": [],
    }
    decided(workload, segment("2", "3r", scorecards=[card]))
    page = page_of(client, workload)
    cards = page[page.index('id="scorecards"') :]
    assert "1 answer points elsewhere" in cards
    for words in (
        "Five questions",
        "ML engineers: 0 FTE, below 2 FTE",
        "the decision says 3r, because",
        "differs",
    ):
        assert words in cards


def test_the_way_says_its_stops_what_is_critical_and_what_was_taken_out(
    client: Client, workload: Workload
) -> None:
    way = "From class 2 by way of class 3 to class 4, by 1 May 2026 at the earliest."
    hangs = "The date hangs most on the gateway."
    route = {
        "sentence": way,
        "critical": hangs,
        "legs": [],
        "removed": [{"id": "PH-427", "sentence": "Fallback: removed because no API is permitted."}],
    }
    steps = [
        step("GATEWAY", "2026-02-01", "2026-03-01", critical=True, slack_days=0),
        step("LICENCE", "2026-02-01", "2026-02-08", slack_days=21),
        step("PTH-180", "2026-03-01", "2026-04-01", kind="stop", phase="move", label="Validated"),
    ]
    decided(workload, segment("2", "4", steps=steps, route=route))
    page = page_of(client, workload)
    for said in (
        way,
        hangs,
        "Fallback: removed because no API is permitted.",
        "Stop: Validated",
        "· critical",
        "may end 21 days later",
    ):
        assert said in page


def test_a_waiver_says_until_when_by_whom_and_why(client: Client, workload: Workload) -> None:
    waived = {"sentence": "Waived until 1 Mar 2026, granted by Rita: no tenant.", "reason": "A pilot."}
    decided(workload, segment("2", "3r", waived=[waived]))
    page = page_of(client, workload)
    assert "Waived until 1 Mar 2026, granted by Rita: no tenant." in page[: page.index('id="h-ladder"')]
    assert "A pilot." in page
