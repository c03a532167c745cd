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


def manage(words: list[str], environ: dict[str, str], log: Path, stop: StopRequest) -> str:
    """What `manage.py WORDS` printed; its complaints go to LOG. A stop request ends it."""
    with log.open("ab") as complaints, tempfile.TemporaryFile() as printed:
        command = [sys.executable, str(CHECKOUT / "manage.py"), *words]
        process = processes.start(command, environ, printed, complaints)
        try:
            while process.poll() is None:
                stop.wait(0.02)
                stop.check()
        finally:
            processes.kill_group(process.pid)
            process.wait()
        if process.returncode:
            raise CannotStartError(_why(words, log))
        printed.seek(0)
        return printed.read().decode(errors="replace")


def json_lines(text: str) -> dict[str, object]:
    """What the lines that are JSON objects say together; other lines are for people."""
    said: dict[str, object] = {}
    for line in text.splitlines():
        if line.startswith("{"):
            said |= json.loads(line)
    return said


def collect_static(environ: dict[str, str], data_dir: Path, log: Path, stop: StopRequest) -> bool:
    """The compressed, hashed files are up to date; whether that took any work."""
    stamp, digest = data_dir / "run" / "static.sha256", _static_digest()
    manifest = data_dir / "static" / "staticfiles.json"
    if manifest.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return False
    manage(["collectstatic", "--noinput", "--clear", "--verbosity", "0"], environ, log, stop)
    stamp.write_text(digest, encoding="ascii")
    return True


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
