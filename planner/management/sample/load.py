"""Loads the sample portfolio through the same services as people use: nothing is written past them."""

from __future__ import annotations

import secrets
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from planner.management.sample.cases import Case, cases
from workloads.models import (
    AttributionRule,
    Classification,
    Membership,
    OrganisationProfile,
    Team,
    User,
    Workload,
)
from workloads.sample.traffic import write_traffic
from workloads.selectors.classifications import suggested_end
from workloads.services import classification, registry, usage
from workloads.services.facts import replace_facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

PORTFOLIO = Path(__file__).parent / "portfolio.toml"
SOURCE = "Gateway log"
SEED = 2026
REASON = "As in the published case: {title}."


@dataclass(frozen=True)
class SignIn:
    """How one of the sample's people signs in."""

    role: str
    email: str
    password: str


@transaction.atomic
def load_portfolio(as_of: datetime) -> list[SignIn]:
    """People, teams, workloads and approved classifications; returns how to sign in, one a person."""
    plan = tomllib.loads(PORTFOLIO.read_text(encoding="utf-8"))
    known = cases()
    teams = {given["name"]: Team.objects.create(name=given["name"]) for given in plan["teams"]}
    password = f"sample-{secrets.token_hex(4)}"
    people = [_person(given, teams, password) for given in plan["people"]]
    architect, reviewer = people[0], people[1]
    _say_of_the_organisation(plan["teams"], teams, known, architect, as_of)
    for given in plan["workloads"]:
        workload = register_case(
            known[given["case"]],
            name=given["name"],
            team=teams[given["team"]],
            by=architect,
            reviewer=reviewer,
            archetype=given["archetype"],
            current_class=given["current_class"],
            as_of=as_of,
        )
        alias = given["traffic"]["key_alias"]
        AttributionRule.objects.create(field="key_alias", pattern=alias, workload=workload)
    return [
        SignIn(given["role"], person.email, password)
        for given, person in zip(plan["people"], people, strict=True)
    ]


def ask_traffic(folder: Path, as_of: datetime, send: Callable[[int], object]) -> None:
    """Ninety days of request rows are made and handed to the worker, as an uploaded file would be."""
    plan = tomllib.loads(PORTFOLIO.read_text(encoding="utf-8"))
    known = cases()
    specs = [
        given["traffic"] | {"tokens_month": known[given["case"]].tokens_month} for given in plan["workloads"]
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sample-gateway-log.csv"
    write_traffic(path, specs + plan["unregistered"], seed=SEED, until=as_of - timedelta(hours=1))
    with path.open("rb") as stream:
        usage.ask_file(usage.file_source(SOURCE), stream, name=path.name, as_of=as_of, send=send)


def _person(given: dict[str, Any], teams: dict[str, Team], password: str) -> User:
    email = f"{given['name'].split()[0].lower()}@example.com"
    person = User.objects.create_user(email, password, name=given["name"])
    own: list[Team | None] = [teams[name] for name in given["teams"]]
    for team in own or [None]:
        Membership.objects.create(user=person, team=team, role=given["role"])
    return person


def _say_of_the_organisation(
    given: list[dict[str, Any]], teams: dict[str, Team], known: dict[int, Case], by: User, as_of: datetime
) -> None:
    common = known[given[0]["facts_of"]].organisation
    replace_facts(OrganisationProfile(pk=1), common, by=by, as_of=as_of)
    for team in given:
        own = known[team["facts_of"]].organisation
        differs = {name: value for name, value in own.items() if common.get(name) != value}
        replace_facts(teams[team["name"]], differs, by=by, as_of=as_of)


def register_case(
    case: Case,
    *,
    name: str,
    team: Team,
    by: User,
    reviewer: User,
    as_of: datetime,
    archetype: str = "",
    current_class: str = "",
) -> Workload:
    """The case as a workload of TEAM, its classifications proposed by BY and, where the case says so, approved."""
    entry = registry.Entry(
        name=name,
        team=team,
        description=case.title,
        archetype=archetype,
        facts=case.facts | ({"current_class": current_class} if current_class else {}),
        segments=tuple(
            registry.SegmentEntry(None, part.name, Decimal(part.share), part.facts) for part in case.parts
        ),
    )
    workload = registry.register_workload(entry, by=by, as_of=as_of)
    segments = {segment.name: segment for segment in workload.segments.all()}
    for part in case.parts:
        proposal = classification.propose(
            segments[part.name],
            by=by,
            facts=part.reviewed,
            reason=REASON.format(title=case.title),
            as_of=as_of,
        )
        if part.classification == "approved":
            _approve(proposal, reviewer, as_of)
    return workload


def _approve(proposal: Classification, reviewer: User, as_of: datetime) -> None:
    classification.decide(
        proposal.pk,
        by=reviewer,
        action="approve",
        seen_hash=proposal.revision_hash,
        note="",
        ends_on=suggested_end(proposal.facts, as_of.date()),
        as_of=as_of,
    )
