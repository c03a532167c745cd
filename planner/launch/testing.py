"""What `make test` runs once the static checks passed: Django's own checks, then every test."""

from __future__ import annotations

import os
import subprocess
import sys

from planner.launch import temporary
from planner.launch.browser import find_browser, install_browser
from planner.launch.failure import CannotStartError
from planner.launch.options import CHECKOUT, Options

WORKERS = "2"


def run_tests(options: Options, arguments: list[str]) -> int:
    """Exit code of the first thing that failed; a PostgreSQL of its own unless DATABASE_URL names one."""
    if (find_browser() or install_browser()) is None:
        arguments = _without_browser(arguments)
    if options.database_url:
        return _all(options.database_url, arguments)
    with temporary.throwaway_cluster(options) as url:
        return _all(url, arguments)


def _without_browser(arguments: list[str]) -> list[str]:
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        raise CannotStartError(
            "The browser tests need Chromium, CI skips nothing, and it could not be installed."
        )
    print(
        "Skipped: the browser tests; no Chromium here, and only root can install it through apt-get.",
        flush=True,
    )
    return [*arguments, "-m", "not e2e"]


def _all(url: str, arguments: list[str]) -> int:
    environ = os.environ | {"DATABASE_URL": url}
    for words in (["check", "--fail-level", "WARNING"], ["makemigrations", "--check", "--dry-run"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            env=environ,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(f"manage.py {' '.join(words)}:\n{done.stdout}{done.stderr}", flush=True)
            return 1
    pytest = [sys.executable, "-m", "pytest", "-q", "-n", WORKERS]
    return temporary.run([*pytest, *arguments], environ)
