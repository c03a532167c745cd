"""Fixtures for every test: the cast. Ana proposes, Ben is of her team, Cleo of another, Rita reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import factories

if TYPE_CHECKING:
    from workloads.models import Team, User


@pytest.fixture
def team(db: None) -> Team:
    return factories.TeamFactory(name="Atlas")


@pytest.fixture
def ana(team: Team) -> User:
    return factories.person("ana", "architect", team)


@pytest.fixture
def ben(team: Team) -> User:
    return factories.person("ben", "architect", team)


@pytest.fixture
def cleo(db: None) -> User:
    return factories.person("cleo", "architect", factories.TeamFactory(name="Borealis"))


@pytest.fixture
def rita(team: Team) -> User:
    return factories.person("rita", "reviewer", team)


@pytest.fixture
def omar(db: None) -> User:
    return factories.person("omar", "operator", None)


@pytest.fixture
def lena(db: None) -> User:
    return factories.person("lena", "leader", None)


@pytest.fixture
def adam(db: None) -> User:
    return factories.person("adam", "auditor", None)
