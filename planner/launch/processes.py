"""Processes of this machine, read from /proc where there is one, else from ps."""

from __future__ import annotations

import ctypes
import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def command_lines() -> dict[int, list[str]]:
    """Every process that has a command line; zombies and kernel threads have none."""
    if (PROC / "self").exists():
        pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal())
        found = {pid: _arguments(pid) for pid in pids}
    else:
        found = dict(map(_from_ps, _ps("-axww").splitlines()))
    return {pid: line for pid, line in found.items() if line}


def command_line(pid: int) -> list[str]:
    """The process's words; empty when it is gone, a zombie or not ours to read."""
    if (PROC / "self").exists():
        return _arguments(pid)
    return dict(map(_from_ps, _ps("-ww", "-p", str(pid)).splitlines())).get(pid, [])


def works_in(pid: int, folder: Path) -> bool:
    """Whether the process has FOLDER as its working folder; a renamed folder keeps its processes."""
    if (PROC / "self").exists():
        with suppress(OSError):
            return (PROC / str(pid) / "cwd").samefile(folder)
        return False
    return str(folder) in command_line(pid)


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def start(
    command: list[str], environ: dict[str, str], output: IO[bytes], complaints: IO[bytes]
) -> subprocess.Popen[bytes]:
    """COMMAND in a session of its own: the terminal's Ctrl-C reaches only us, and we tell our children."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=complaints,
        env=environ,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509  we have one thread, and prctl is all that runs
    )


def end_with_parent() -> None:
    """In the new child: Linux sends SIGTERM when we die, even by kill -9."""
    if _LIBC:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def end(pids: Iterable[int], grace_s: float) -> None:
    """No process of PIDS runs any more: asked first, killed after GRACE_S seconds."""
    left = [pid for pid in pids if _send(pid, signal.SIGTERM)]
    deadline = time.monotonic() + grace_s
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = [pid for pid in left if command_line(pid)]
    for pid in left:
        _send(pid, signal.SIGKILL)
    while any(command_line(pid) for pid in left):
        time.sleep(0.05)


def kill_group(leader: int) -> None:
    """Nothing that LEADER started in its own session runs any more."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _send(pid: int, sign: int) -> bool:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, sign)
        return True
    return False


def _arguments(pid: int) -> list[str]:
    with suppress(OSError):
        raw = (PROC / str(pid) / "cmdline").read_bytes()
        return raw.decode(errors="replace").rstrip("\0").split("\0") if raw else []
    return []


def _ps(*options: str) -> str:
    command = ["/bin/ps", *options, "-o", "pid=,command="]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _from_ps(line: str) -> tuple[int, list[str]]:
    pid, _, command = line.strip().partition(" ")
    try:
        return int(pid), shlex.split(command)
    except ValueError:
        return int(pid), command.split()
