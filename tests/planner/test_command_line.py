"""`manage.py` as a person calls it: what is set wrongly is said in one sentence, without a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path

OF_THE_TESTS = {"DJANGO_SETTINGS_MODULE", "SECRET_KEY", "PLANNER_DATA_DIR"}


def said(*words: str, **environ: str) -> str:
    """What `manage.py WORDS` says on standard error when it refuses."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    done = subprocess.run(command, env=kept | environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    return done.stderr


def test_a_wrong_variable_is_named() -> None:
    assert (
        said("check", SECRET_KEY="unused", FEED_EVERY_HOURS="daily")
        == "FEED_EVERY_HOURS must be a number between 0 and 720, not 'daily'\n"
    )


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"
    assert said("check", PLANNER_DATA_DIR=str(folder)) == (
        f"PLANNER_DATA_DIR: cannot write to {folder} (Not a directory); set SECRET_KEY, or another folder\n"
    )
