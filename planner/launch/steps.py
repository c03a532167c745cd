"""What happens once before the programs start: management commands, run to their end."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from typing import TYPE_CHECKING

from planner.launch import processes
from planner.launch.children import last_lines
from planner.launch.failure import DISK_FULL, CannotStartError
from planner.launch.options import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

    from planner.launch.signals import StopRequest


class Step:
    """`manage.py WORDS` under way; its complaints go to LOG."""

    def __init__(self, words: list[str], environ: dict[str, str], log: Path) -> None:
        self.words, self.log = words, log
        self.printed = tempfile.TemporaryFile()  # noqa: SIM115  open as long as the command runs
        command = [sys.executable, str(CHECKOUT / "manage.py"), *words]
        with log.open("ab") as complaints:
            self.process = processes.start(command, environ, self.printed, complaints)

    def finish(self, stop: StopRequest) -> str:
        """What it printed. A stop request ends it, a failure ends the start."""
        try:
            while self.process.poll() is None:
                stop.wait(0.02)
                stop.check()
            if self.process.returncode:
                raise CannotStartError(_why(self.words, self.log))
            self.printed.seek(0)
            return self.printed.read().decode(errors="replace")
        finally:
            self.end()

    def end(self) -> None:
        """Nothing of it runs any more; ending it twice is harmless."""
        if self.printed.closed:
            return
        processes.kill_group(self.process.pid)
        self.process.wait()
        self.printed.close()


def json_lines(text: str) -> dict[str, object]:
    """What the lines that are JSON objects say together; other lines are for people."""
    said: dict[str, object] = {}
    for line in text.splitlines():
        if line.startswith("{"):
            said |= json.loads(line)
    return said


class StaticFiles:
    """The compressed, hashed files; made anew only when something they come from changed."""

    def __init__(self, data_dir: Path) -> None:
        self.stamp = data_dir / "run" / "static.sha256"
        self.manifest = data_dir / "static" / "staticfiles.json"
        self.digest = _static_digest()

    def are_current(self) -> bool:
        return self.manifest.exists() and self.stamp.exists() and self.stamp.read_text("ascii") == self.digest

    def collect(self, environ: dict[str, str], log: Path) -> Step:
        self.stamp.unlink(missing_ok=True)
        return Step(["collectstatic", "--noinput", "--clear", "--verbosity", "0"], environ, log)

    def collected(self) -> None:
        self.stamp.write_text(self.digest, encoding="ascii")


def _static_digest() -> str:
    """Changes with any file of ours and with any installed version, since packages bring static files too."""
    digest = hashlib.sha256((CHECKOUT / "constraints.txt").read_bytes())
    for path in sorted((CHECKOUT / "static").rglob("*")):
        facts = path.stat()
        digest.update(f"{path.relative_to(CHECKOUT)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _why(words: list[str], log: Path) -> str:
    told = last_lines(log)
    if "No space left on device" in told:
        return DISK_FULL
    return f"`manage.py {words[0]}` failed. The end of {log}:\n{told}"
