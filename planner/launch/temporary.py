"""A PostgreSQL for the length of one command: `python -m planner.launch with-postgres -- COMMAND`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from planner.launch.account import server_account
from planner.launch.lock import AlreadyRunningError, hold
from planner.launch.place import database_home
from planner.launch.postgres import Cluster
from planner.launch.processes import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.launch.options import Options

PREFIX = "planner-throwaway-"


@contextmanager
def kept_cluster(options: Options) -> Iterator[str]:
    """The address of the server over the data folder, with all it holds."""
    account = server_account(options.pg_user)
    home = database_home(options.data_dir, account)
    cluster = Cluster(home, account, options.log_dir / "postgres.log", pg_bin=options.pg_bin)
    was_running = cluster.running()
    try:
        cluster.start()
        yield cluster.url
    finally:
        if not was_running:
            cluster.stop()


@contextmanager
def throwaway_cluster(options: Options) -> Iterator[str]:
    """The address of a new server that is gone afterwards; what a killed command left behind goes first."""
    _sweep(options)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # the server's account passes through; what is in it is closed
    held = hold(folder / "lock", str(os.getpid()))
    cluster = _cluster(folder, options)
    try:
        cluster.start()
        yield cluster.url
    finally:
        cluster.stop(immediate=True)
        os.close(held)
        shutil.rmtree(folder, ignore_errors=True)


def run(command: list[str], environ: dict[str, str]) -> int:
    """The command's exit code; it hears the terminal's Ctrl-C itself, and we pass on the rest."""
    process = subprocess.Popen(command, env=environ, preexec_fn=end_with_parent)  # noqa: PLW1509  we have one thread
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda number, _frame: process.send_signal(number))
    code = process.wait()
    return code if code >= 0 else 128 - code


def _cluster(folder: Path, options: Options) -> Cluster:
    account = server_account(options.pg_user)
    return Cluster(
        folder / "postgres", account, folder / "postgres.log", pg_bin=options.pg_bin, throwaway=True
    )


def _sweep(options: Options) -> None:
    """Folders whose command is dead: nobody holds their lock."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError, AlreadyRunningError):
            if folder.stat().st_uid != os.geteuid() or not (folder / "lock").exists():
                continue
            held = hold(folder / "lock", str(os.getpid()))
            _cluster(folder, options).stop(immediate=True)
            os.close(held)
            shutil.rmtree(folder, ignore_errors=True)
