"""One PostgreSQL server in a folder of ours, through initdb, pg_ctl and pg_isready.

It listens on a Unix socket only, and only root and the account it runs under may connect (peer
authentication). The folder HOME holds `data` and `socket`, both closed to everybody else.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
from psycopg import sql

from planner.launch import processes
from planner.launch.binaries import find_binaries, version_of, within_reach
from planner.launch.failure import DISK_FULL, CannotStartError

if TYPE_CHECKING:
    from planner.launch.account import Account

NAME = "planner"  # of the role and of the database
PORT = 5432  # only part of the socket's file name
LONGEST_SOCKET_FOLDER = 80  # the kernel allows some 107 bytes, the socket's lock file included
HBA = "local all planner peer map=planner\n"
LEAST_FREE_BYTES = 16_777_216  # one segment of the write-ahead log; with less the log itself may say nothing
CRASH_PATIENCE_S = 20.0  # a killed server's processes are gone 1.8 to 2.0 s later (measured)
DISK_SIGNS = ("No space left on device", "Disk quota exceeded", "Check free disk space")
PASSING = ("lock file", "shared memory block")  # refusals that end when the dead server's processes do
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """A PostgreSQL server over HOME; `notes` says in sentences what a person should know."""

    def __init__(
        self, home: Path, account: Account, log: Path, *, pg_bin: str = "", throwaway: bool = False
    ) -> None:
        self.home, self.account, self.log = home, account, log
        self.data = home / "data"
        self.socket = _socket_folder(home)
        self.options = THROWAWAY if throwaway else {}
        self.notes: list[str] = []
        self.pid: int | None = None
        self._given_binaries = find_binaries(pg_bin)
        self.version = version_of(self._given_binaries)

    @cached_property
    def binaries(self) -> Path:
        """PostgreSQL's programs where the account can run them."""
        binaries, copied = within_reach(self._given_binaries, self.version, self.account, self.home)
        if copied:
            self.notes.append(
                f"{self.account.name} cannot enter {self._given_binaries}; its programs were copied to {binaries}."
            )
        return binaries

    @property
    def url(self) -> str:
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.socket), safe='')}&port={PORT}"

    def start(self) -> None:
        """The server answers and has our database, whatever state its folder was in."""
        self._prepare_folders()
        self._refuse_other_major()
        if not (self.running() and self._reuse()):
            self._grant_access()
            self._drop_stale_pid_file()
            self._launch()
        self._create_database()
        self.pid = self._pid()

    def alive(self) -> bool:
        """Whether the server that start() found or made still runs; cheap enough to ask all the time."""
        return self.pid is not None and bool(processes.command_line(self.pid))

    def running(self) -> bool:
        pid = self._pid()
        return pid is not None and bool(processes.command_line(pid)) and processes.works_in(pid, self.data)

    def stop(self, *, immediate: bool = False) -> None:
        if self.running():
            self._pg_ctl("stop", "-w", "-t", "60", "-m", "immediate" if immediate else "fast")

    def _prepare_folders(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700 if self.account.is_ours else 0o711)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.account.own_folder(self.socket)
        if not self.data.exists():
            self._initialise()
        self.account.own_folder(self.data)

    def _initialise(self) -> None:
        """A complete `data` appears in one step: a killed initdb leaves nothing behind that looks like data."""
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self.account.own_folder(fresh)
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if self._major() >= 17 else ["--locale=C.UTF-8"]  # noqa: PLR2004  first with the builtin provider
        done = self.account.run(
            [str(self.binaries / "initdb"), "-D", str(fresh), "-U", NAME, "--encoding=UTF8", *locale]
            + ["--auth-local=peer", "--auth-host=reject", "--data-checksums", "--no-instructions"]
            + (["--no-sync"] if self.options else [])
        )
        if done.returncode:
            why = self._why(done.stdout)
            shutil.rmtree(fresh, ignore_errors=True)
            with self.log.open("a", encoding="utf-8") as log:
                log.write(done.stdout)
            raise CannotStartError(why)
        fresh.rename(self.data)

    def _refuse_other_major(self) -> None:
        marker = self.account.run(["/bin/cat", str(self.data / "PG_VERSION")])
        theirs = marker.stdout.strip()
        if marker.returncode:
            raise CannotStartError(
                f"{self.data} is not a PostgreSQL data folder: move it away and start again."
            )
        if theirs != str(self._major()):
            raise CannotStartError(
                f"The database in {self.data} was made by PostgreSQL {theirs} and this is {self.version}: "
                f"set PLANNER_PG_BIN to a PostgreSQL {theirs} bin folder, or move {self.home} away to begin anew."
            )

    def _grant_access(self) -> None:
        """Root and the server's account come in as the role; nobody else does."""
        users = sorted({"root", self.account.name})
        self.account.write(self.data / "pg_hba.conf", HBA)
        self.account.write(
            self.data / "pg_ident.conf", "".join(f'planner "{user}" {NAME}\n' for user in users)
        )

    def _reuse(self) -> bool:
        """Whether a server left running here answers; one that does not is stopped at once."""
        isready = [
            str(self.binaries / "pg_isready"),
            "-q",
            "-t",
            "10",
            "-h",
            str(self.socket),
            "-p",
            str(PORT),
            "-U",
            NAME,
        ]
        if self.account.run(isready).returncode == 0:
            self.notes.append("The database was still running from an earlier start and is used as it is.")
            return True
        self.stop(immediate=True)
        self.notes.append("A database server that no longer answered was stopped; it recovers by itself.")
        return False

    def _drop_stale_pid_file(self) -> None:
        """PostgreSQL refuses for ever when its old number now belongs to another process of the account."""
        pid = self._pid()
        if pid is None or not processes.command_line(pid) or processes.works_in(pid, self.data):
            return
        self.account.run(["/bin/rm", "-f", str(self.data / "postmaster.pid")])
        self.notes.append(f"Removed a stale postmaster.pid: process {pid} is not this database's server.")

    def _launch(self) -> None:
        deadline = time.monotonic() + CRASH_PATIENCE_S
        while True:
            told_before = self.log.stat().st_size if self.log.exists() else 0
            if self._pg_ctl("start", "-w", "-t", "120", "-o", self._server_options()) == 0:
                return
            reason = self.log.read_bytes()[told_before:].decode(errors="replace")
            if not any(sign in reason for sign in PASSING) or time.monotonic() > deadline:
                raise CannotStartError(self._why(reason))
            time.sleep(0.1)

    def _server_options(self) -> str:
        options = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.options,
        }
        return " ".join(
            shlex.quote(word) for name, value in options.items() for word in ("-c", f"{name}={value}")
        )

    def _pg_ctl(self, *words: str) -> int:
        """The server inherits the log, opened by us: its account needs no right to our log folder."""
        with self.log.open("a", encoding="utf-8") as log:
            command = [str(self.binaries / "pg_ctl"), *words, "-D", str(self.data)]
            return self.account.run(command, output=log).returncode

    def _create_database(self) -> None:
        address = f"host='{self.socket}' port={PORT} user={NAME} dbname=postgres connect_timeout=10"
        with psycopg.connect(address, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))

    def _pid(self) -> int | None:
        """What postmaster.pid names, read as the account that owns it."""
        first, *_ = self.account.run(["/bin/cat", str(self.data / "postmaster.pid")]).stdout.split("\n")
        return int(first) if first.strip().isdecimal() else None

    def _major(self) -> int:
        return int(self.version.split(".")[0])

    def _why(self, told: str) -> str:
        """One sentence from what PostgreSQL said."""
        if any(sign in told for sign in DISK_SIGNS) or shutil.disk_usage(self.home).free < LEAST_FREE_BYTES:
            return DISK_FULL
        fatal = re.findall(r"(?:FATAL|PANIC|error): +(.+)", told)
        reason = fatal[-1].strip().rstrip(".") if fatal else "it gave no reason"
        return f"PostgreSQL does not start: {reason}. All it said is in {self.log}."


def _socket_folder(home: Path) -> Path:
    """Inside HOME, or where that path is too long for a socket, in /tmp under a name made from it."""
    inside = home / "socket"
    if len(bytes(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    return Path("/tmp") / f"planner-{hashlib.sha256(bytes(home)).hexdigest()[:16]}"  # noqa: S108  own_folder checks its owner
