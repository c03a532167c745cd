"""Children that die, children that linger, and one start per data folder."""

from __future__ import annotations

import errno
import os
import socket
import time
from typing import TYPE_CHECKING

import pytest

from planner.launch import lock, processes, programs
from planner.launch.children import Child, Program, end_all, keep_short
from planner.launch.failure import DISK_FULL, CannotStartError, sentence_for
from planner.launch.options import Options
from planner.launch.signals import StopRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def child_of(tmp_path: Path, script: str, *words: str) -> Child:
    command = ["/bin/sh", "-c", script, *words]
    return Child(Program("worker", command, {"PATH": "/usr/bin:/bin"}, tmp_path / "worker.log"))


def until(done: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert done()


def tend_until(child: Child, said: list[str], done: Callable[[], bool]) -> None:
    """As the command does it, without the pause before the next try."""
    deadline = time.monotonic() + 10
    while not done() and time.monotonic() < deadline:
        child.due_at = 0.0
        child.tend(said.append)
        time.sleep(0.02)


def test_a_dead_child_is_reported_and_started_again(tmp_path: Path) -> None:
    child, said = child_of(tmp_path, "exec sleep 60"), list[str]()
    child.start()
    assert child.process is not None
    first = child.process.pid
    os.kill(first, 9)
    tend_until(child, said, lambda: child.process is None)
    tend_until(child, said, lambda: child.process is not None)
    assert said == [f"The worker was ended by SIGKILL; starting it again in 1 s ({tmp_path / 'worker.log'})."]
    assert child.process.pid != first
    child.kill()


def test_a_child_that_cannot_live_ends_the_command_with_its_last_words(tmp_path: Path) -> None:
    child = child_of(tmp_path, "echo; echo no such table; exit 3")
    with pytest.raises(CannotStartError) as end:
        tend_until(child, list[str](), lambda: False)
    assert str(end.value) == (
        f"The worker ended with exit code 3, 3 times in a row. The end of {tmp_path / 'worker.log'}:\n"
        "  no such table\n  no such table\n  no such table"
    )


def test_ending_leaves_nothing_of_a_child_that_ignores_it(tmp_path: Path) -> None:
    mark = str(tmp_path / "mark")
    child = child_of(tmp_path, "trap '' TERM; sleep 60 & sleep 60", mark)
    child.start()
    assert child.process is not None
    group = child.process.pid
    end_all([child], StopRequest(), grace_s=0.2)
    until(lambda: not [pid for pid in processes.command_lines() if _group_of(pid) == group])


def test_what_an_earlier_start_left_behind_is_ended(tmp_path: Path) -> None:
    options = Options(data_dir=tmp_path)
    options.run_dir.mkdir()
    pid_file = options.run_dir / "worker.pid"
    child = child_of(tmp_path, "sleep 60; :", str(pid_file))
    child.start()
    pid_file.write_text("1")
    until(lambda: len(programs.leftovers(options)) == 1)
    assert programs.end_leftovers(options) == 1
    assert (programs.leftovers(options), pid_file.exists()) == ([], False)
    child.kill()


def test_only_one_start_holds_a_data_folder(tmp_path: Path) -> None:
    held = lock.hold(tmp_path / "lock", "http://127.0.0.1:8000 (process 7)")
    with pytest.raises(lock.AlreadyRunningError, match=r"http://127\.0\.0\.1:8000 \(process 7\)"):
        lock.hold(tmp_path / "lock", "another")
    os.close(held)
    os.close(lock.hold(tmp_path / "lock", "another"))


def test_a_taken_port_names_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStartError) as refusal:
            lock.require_free_port(port)
    assert str(refusal.value).startswith(f"PORT {port} is taken by another program: start with PORT=")


def test_a_long_log_makes_room(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * 10_000_001)
    keep_short(log)
    assert [path.name for path in tmp_path.iterdir()] == ["web.log.1"]


def test_an_operating_system_error_becomes_one_sentence() -> None:
    assert sentence_for(OSError(errno.ENOSPC, "No space left on device", "/data/log")) == DISK_FULL
    assert sentence_for(PermissionError(errno.EACCES, "Permission denied", "/data")) == (
        "This account may not write /data: start as its owner or set PLANNER_DATA_DIR to another folder."
    )


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0
