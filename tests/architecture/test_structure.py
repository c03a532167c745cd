"""The house keeps its shape: directions, purity, budgets, and nothing in the tree that must not be there."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("planner", "workloads", "pricing")
FUNCTION_LINES = 45  # the longest; the median is held in review
FILE_LINES = 300


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.splitlines() if (ROOT / name).is_file()]


def python_files() -> list[Path]:
    return sorted(
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
    )


def test_imports_go_one_way() -> None:
    result = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_engine_loads_neither_django_nor_celery_nor_pandas() -> None:
    code = "import sys, planner.engine; print(sorted({'django', 'celery', 'pandas', 'psycopg'} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_the_engine_reads_no_clock() -> None:
    clock = re.compile(r"\b(now|today|utcnow)\(")
    found = [str(path) for path in (ROOT / "planner/engine").rglob("*.py") if clock.search(path.read_text())]
    assert found == []


def test_functions_and_files_stay_small() -> None:
    long_files = [
        f"{path.relative_to(ROOT)}"
        for path in python_files()
        if len(path.read_text().splitlines()) > FILE_LINES
    ]
    long_functions = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    ]
    assert (long_files, long_functions) == ([], [])


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty_names = {"utils.py", "helpers.py", "common.py", "manager.py", "misc.py"}
    assert [path for path in tracked() if path.name in empty_names] == []


def test_templates_carry_no_inline_script_or_style() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=|\|safe\b|autoescape off"
    )
    found = [str(path) for path in (ROOT / "templates").rglob("*.html") if inline.search(path.read_text())]
    assert found == []


def test_no_lock_file_and_no_index_option_is_tracked() -> None:
    locks = {"uv.lock", "pylock.toml", "package-lock.json", "poetry.lock", "yarn.lock", "Pipfile.lock"}
    options = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host")
    constraints = (ROOT / "constraints.txt").read_text()
    assert [path.name for path in tracked() if path.name in locks] == []
    assert options.search(constraints) is None
    assert "://" not in constraints


def test_every_setting_from_the_environment_is_in_the_readme() -> None:
    readers = re.compile(r"env_(?:text|bool|int|list|choice|database|broker)\(\"([A-Z_]+)\"")
    names = set(readers.findall((ROOT / "planner/settings.py").read_text()))
    readme = (ROOT / "README.md").read_text()
    assert sorted(name for name in names if name not in readme) == []


def test_the_changelog_is_newest_first() -> None:
    dates = re.findall(r"^## .*(\d{4}-\d{2}-\d{2})", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert dates
    assert all(newer >= older for newer, older in pairwise(dates))


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    from django.core.management import call_command  # noqa: PLC0415  settings must be configured first

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
