"""What ends the start command: one sentence for the person at the terminal."""

from __future__ import annotations

import errno


class CannotStartError(Exception):
    """The command ends with exit code 1 and this sentence."""


class StoppedError(Exception):
    """Somebody asked the command to stop while it was still starting."""


DISK_FULL = "The disk is full: free some space and start again; nothing that was saved is lost."


def sentence_for(error: OSError) -> str:
    """What an operating system error means for the person who typed the command."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DISK_FULL
    place = error.filename or "a file"
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"This account may not write {place}: start as its owner or set PLANNER_DATA_DIR to another folder."
    return f"{place}: {error.strerror or error}."
