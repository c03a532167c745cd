"""Ctrl-C, a closed terminal and SIGTERM ask the command to stop; asked twice, it stops at once."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time

from planner.launch.failure import StoppedError

SAME_MOMENT_S = 0.25


class StopRequest:
    """How often somebody asked; waits end early when it happens."""

    def __init__(self) -> None:
        self.times = 0
        self._last_at = float("-inf")
        self._asked = threading.Event()
        self._terminal = select.poll()

    def listen(self) -> None:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._note)
        if sys.__stdin__ is not None and os.isatty(sys.__stdin__.fileno()):
            self._terminal.register(sys.__stdin__, select.POLLHUP)

    def wait(self, seconds: float) -> bool:
        """Whether somebody asked, after SECONDS at the latest."""
        if not self._asked.wait(seconds) and self._terminal_is_gone():
            self._note()
        return self._asked.is_set()

    def check(self) -> None:
        if self.times:
            raise StoppedError

    @property
    def immediate(self) -> bool:
        return self.times > 1

    def _terminal_is_gone(self) -> bool:
        """SIGHUP goes to the session's leader only, and a leader that is make does not pass it on."""
        return any(happened & select.POLLHUP for _, happened in self._terminal.poll(0))

    def _note(self, *_signal: object) -> None:
        """Signals at the same moment are one request: make passes on the SIGTERM that we got ourselves."""
        now = time.monotonic()
        self.times += now - self._last_at > SAME_MOMENT_S
        self._last_at = now
        self._asked.set()
