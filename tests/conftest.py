"""Fixtures for every test: the cast. Ana proposes, Ben is of her team, Cleo of another, Rita reviews."""

from __future__ import annotations

import pytest

from tests import factories


@pytest.fixture
def team(db: None) -> object:
    return factories.TeamFactory(name="Atlas")


@pytest.fixture
def ana(team: object) -> object:
    return factories.person("ana", "architect", team)


@pytest.fixture
def ben(team: object) -> object:
    return factories.person("ben", "architect", team)


@pytest.fixture
def cleo(db: None) -> object:
    return factories.person("cleo", "architect", factories.TeamFactory(name="Borealis"))


@pytest.fixture
def rita(team: object) -> object:
    return factories.person("rita", "reviewer", team)


@pytest.fixture
def omar(db: None) -> object:
    return factories.person("omar", "operator", None)


@pytest.fixture
def lena(db: None) -> object:
    return factories.person("lena", "leader", None)


@pytest.fixture
def adam(db: None) -> object:
    return factories.person("adam", "auditor", None)
