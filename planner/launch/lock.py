"""One start per data folder, and one owner of the port."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from contextlib import closing
from typing import TYPE_CHECKING

from planner.launch.failure import CannotStartError
from planner.launch.options import HIGHEST_PORT

if TYPE_CHECKING:
    from pathlib import Path


class AlreadyRunningError(Exception):
    """Another start holds this data folder; the text is its address."""


def hold(path: Path, text: str) -> int:
    """A lock on PATH that ends with this process, however it ends; the file says TEXT meanwhile."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 4096).decode(errors="replace")
        os.close(lock)
        raise AlreadyRunningError(holder) from None
    os.ftruncate(lock, 0)
    os.write(lock, text.encode())
    return lock


def require_free_port(port: int) -> None:
    try:
        _bind(port)
    except PermissionError:
        raise CannotStartError(
            f"PORT {port} needs more rights than this account has: try PORT=8000."
        ) from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        free = next((other for other in range(port + 1, HIGHEST_PORT) if _is_free(other)), None)
        way_out = f"start with PORT={free}" if free else "set PORT to another number"
        raise CannotStartError(
            f"PORT {port} is taken by another program: {way_out}, or end that program."
        ) from None


def _is_free(port: int) -> bool:
    try:
        _bind(port)
    except OSError:
        return False
    return True


def _bind(port: int) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # a port in TIME_WAIT is free to the server too
        probe.bind(("127.0.0.1", port))
