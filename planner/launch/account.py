"""The account the database server runs under: ours, or an existing unprivileged one when we are root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from planner.launch.failure import CannotStartError

if TYPE_CHECKING:
    from pathlib import Path

QUIET = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}  # messages are matched in English


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def run(
        self, command: list[str], *, output: IO[str] | int = subprocess.PIPE, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """COMMAND run to its end as this account, out of reach of the terminal's Ctrl-C."""
        drop = {} if self.is_ours else {"user": self.uid, "group": self.gid, "extra_groups": []}
        given: dict[str, object] = {"stdin": subprocess.DEVNULL} if text is None else {"input": text}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            env=QUIET,
            start_new_session=True,
            check=False,
            **given,
            **drop,
        )

    def can_enter(self, folder: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]).returncode == 0

    def write(self, path: Path, text: str) -> None:
        """The file holds TEXT and belongs to the account; root never writes where others could plant a link."""
        done = self.run(["/bin/sh", "-c", 'umask 077; cat > "$1"', "sh", str(path)], text=text)
        if done.returncode:
            raise CannotStartError(f"Cannot write {path}: {done.stdout.strip()}")

    def own_folder(self, folder: Path) -> None:
        """FOLDER exists, belongs to the account and is closed to everybody else."""
        if folder.is_symlink():
            raise CannotStartError(
                f"{folder} is a link; remove it, the database needs a folder of its own there."
            )
        if not folder.exists():
            folder.mkdir(mode=0o700)
            if not self.is_ours:
                os.chown(folder, self.uid, self.gid)
        if folder.stat().st_uid != self.uid:
            owner = owner_of(folder)
            raise CannotStartError(
                f"{folder} belongs to {owner}, and the database runs as {self.name}: "
                f"start as {owner} or set PLANNER_DATA_DIR to another folder."
            )
        folder.chmod(0o700)


def server_account(pg_user: str) -> Account:
    """Root steps down to PG_USER; everybody else runs the server as themselves."""
    uid = os.geteuid()
    try:
        entry = pwd.getpwnam(pg_user) if uid == 0 else pwd.getpwuid(uid)
    except KeyError:
        raise CannotStartError(
            f"There is no account {pg_user!r} on this machine: set PLANNER_PG_USER to an existing unprivileged one."
            if uid == 0
            else f"The account with number {uid} has no name here, and PostgreSQL needs one: set DATABASE_URL instead."
        ) from None
    if uid == 0 and entry.pw_uid == 0:
        raise CannotStartError(
            "PLANNER_PG_USER must be an unprivileged account: PostgreSQL refuses to run as root."
        )
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def owner_of(path: Path) -> str:
    uid = path.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"account number {uid}"
