"""Web, worker and scheduler as child processes: started, watched, started again, ended together."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.launch import processes
from planner.launch.failure import CannotStartError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from planner.launch.signals import StopRequest

QUICK_S = 30.0  # a process that lived shorter did not work
QUICK_DEATHS = 3
GRACE_S = 20.0  # for requests and tasks under way; what is cut off is done again
LARGEST_LOG = 10_000_000
LAST_LINES = 8


@dataclass(frozen=True)
class Program:
    name: str
    command: list[str]
    environ: dict[str, str]
    log: Path

    @property
    def title(self) -> str:
        return "web server" if self.name == "web" else self.name


@dataclass
class Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    quick_deaths: int = field(default=0)

    def start(self) -> None:
        """The program runs; what it says goes to its log."""
        with self.program.log.open("ab") as log:
            self.process = processes.start(self.program.command, self.program.environ, log, log)
        self.started_at = time.monotonic()

    def tend(self, say: Callable[[str], None]) -> None:
        """A dead child is reported once and started again; one that cannot live ends the command."""
        if self.process is None:
            if time.monotonic() >= self.due_at:
                self.start()
        elif self.process.poll() is not None:
            self._died(self.process, say)

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    @property
    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """Nothing of this child runs any more, its own children included."""
        if self.process is not None:
            processes.kill_group(self.process.pid)
            self.process.wait()

    def _died(self, process: subprocess.Popen[bytes], say: Callable[[str], None]) -> None:
        lived = time.monotonic() - self.started_at
        self.kill()
        self.process = None
        self.quick_deaths = self.quick_deaths + 1 if lived < QUICK_S else 1
        how = _how(process.returncode)
        if lived < QUICK_S and self.quick_deaths >= QUICK_DEATHS:
            raise CannotStartError(
                f"The {self.program.title} {how}, {QUICK_DEATHS} times in a row. The end of {self.program.log}:\n"
                + last_lines(self.program.log)
            )
        pause = 2.0 ** (self.quick_deaths - 1)
        self.due_at = time.monotonic() + pause
        say(f"The {self.program.title} {how}; starting it again in {pause:.0f} s ({self.program.log}).")


def end_all(children: list[Child], stop: StopRequest, grace_s: float = GRACE_S) -> None:
    """No child runs any more: asked together, then killed when time or the person's patience is over."""
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + grace_s
    while not all(child.ended for child in children) and time.monotonic() < deadline and not stop.immediate:
        time.sleep(0.05)
    for child in children:
        child.kill()


def last_lines(log: Path, count: int = LAST_LINES) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-count:])


def keep_short(log: Path) -> None:
    """One older log of each kind is kept."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))


def _how(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}"
