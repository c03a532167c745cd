"""Ctrl-C, a closed terminal and SIGTERM ask the command to stop; asked twice, it stops at once."""

from __future__ import annotations

import signal
import threading

from planner.launch.failure import StoppedError


class StopRequest:
    """How often somebody asked; waits end early when it happens."""

    def __init__(self) -> None:
        self.times = 0
        self._asked = threading.Event()

    def listen(self) -> None:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._note)

    def wait(self, seconds: float) -> bool:
        """Whether somebody asked, after SECONDS at the latest."""
        return self._asked.wait(seconds)

    def check(self) -> None:
        if self.times:
            raise StoppedError

    @property
    def immediate(self) -> bool:
        return self.times > 1

    def _note(self, number: int, frame: object) -> None:
        self.times += 1
        self._asked.set()
