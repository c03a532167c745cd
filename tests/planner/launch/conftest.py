"""A folder any account can pass through, and a PostgreSQL of our own in it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planner.launch.account import server_account
from planner.launch.postgres import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """Pytest's own folder is closed to other accounts, and as root the server runs as another one."""
    folder = Path(tempfile.mkdtemp(prefix="planner-launch-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster(open_folder: Path) -> Iterator[Cluster]:
    made = Cluster(
        open_folder / "postgres", server_account("nobody"), open_folder / "postgres.log", throwaway=True
    )
    made.start()
    yield made
    made.stop(immediate=True)
