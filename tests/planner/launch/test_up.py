"""`make up` itself, on an empty data folder: the screen, the pages, what is killed, and nothing left behind."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from planner.launch import processes
from planner.launch.options import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_S = 90.0


class Running:
    """A `make up` whose screen we read."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir, self.port = data_dir, port
        self.screen = data_dir / "screen.txt"
        with self.screen.open("ab") as screen:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "planner.launch", "up"],
                cwd=CHECKOUT,
                env=self.environ(),
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=subprocess.STDOUT,
            )

    def environ(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
        return kept | {"PORT": str(self.port), "PLANNER_DATA_DIR": str(self.data_dir), "SAMPLE": "0"}

    def wait_for(self, words: str) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while words not in (said := self.screen.read_text()) and time.monotonic() < deadline:
            assert self.process.poll() is None, said
            time.sleep(0.1)
        assert words in said, said
        return said

    def setup_link(self) -> str:
        """The path of the one-time link that an empty installation prints once it is ready."""
        screen = self.wait_for("Ctrl-C stops all of it")
        found = re.search(rf"once, at\s+http://127\.0\.0\.1:{self.port}(/\S+)", screen)
        assert found, screen
        return found[1]

    def get(self, path: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def pid_of(self, name: str) -> int:
        path = self.data_dir / "run" / f"{name}.pid"
        deadline = time.monotonic() + 20
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        return int(path.read_text())

    def our_processes(self) -> list[list[str]]:
        lines = processes.command_lines().values()
        return [line for line in lines if any(str(self.data_dir) in word for word in line)]


@contextmanager
def running(data_dir: Path, port: int) -> Iterator[Running]:
    up = Running(data_dir, port)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.process.send_signal(signal.SIGTERM)
        up.process.wait(60)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_up_from_nothing_and_again_after_kill_9_of_everything(open_folder: Path) -> None:
    data_dir, port = open_folder / "var", free_port()
    data_dir.mkdir()
    with running(data_dir, port) as first:
        assert first.get(first.setup_link())[0] == 200
        assert "<html" in first.get("/accounts/login/")[1]
        _second_start_says_where_the_first_runs(first)
        _killed_worker_comes_back(first)
        _ticks_arrive(first)
        _kill_everything(first)
    (data_dir / "screen.txt").unlink()
    with running(data_dir, port) as second:
        assert second.get(second.setup_link())[0] == 200
        assert second.get("/livez")[0] == 200
    assert second.process.returncode == 0
    assert second.our_processes() == []


def _second_start_says_where_the_first_runs(up: Running) -> None:
    again = subprocess.run(
        [sys.executable, "-m", "planner.launch", "up"],
        cwd=CHECKOUT,
        env=up.environ(),
        capture_output=True,
        check=False,
    )
    expected = (
        f"Sovereignty Planner is already running at http://127.0.0.1:{up.port} (process {up.process.pid}).\n"
    )
    assert (again.returncode, again.stdout.decode()) == (0, expected)


def _killed_worker_comes_back(up: Running) -> None:
    killed = up.pid_of("worker")
    os.kill(killed, signal.SIGKILL)
    up.wait_for("The worker was ended by SIGKILL; starting it again in 1 s")
    deadline = time.monotonic() + 30
    while up.pid_of("worker") == killed and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes.command_line(up.pid_of("worker"))


def _ticks_arrive(up: Running) -> None:
    """The scheduler sends, the queue carries, the worker does: seen in the worker's log."""
    log, deadline = up.data_dir / "log" / "worker.log", time.monotonic() + 40
    pattern = re.compile(r"Task planner\.tick\[\S+\] succeeded")
    while not pattern.search(log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert pattern.search(log.read_text()), log.read_text()[-2000:]


def _kill_everything(up: Running) -> None:
    ours = [
        pid
        for pid, line in processes.command_lines().items()
        if any(str(up.data_dir) in word for word in line)
    ]
    for pid in [up.process.pid, *ours]:
        os.kill(pid, signal.SIGKILL)
