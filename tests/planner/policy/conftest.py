from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import factories

if TYPE_CHECKING:
    from workloads.models import User


@pytest.fixture
def rosa(db: None) -> User:
    return factories.person("rosa", "reviewer", None)


@pytest.fixture
def olga(db: None) -> User:
    return factories.person("olga", "operator", None)


@pytest.fixture
def arno(db: None) -> User:
    return factories.person("arno", "architect", None)
