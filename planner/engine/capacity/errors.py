"""What cannot be answered about capacity, in one sentence each."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class CapacityError(ValueError):
    """Nothing can be said, and the message tells why. `about` is what was asked wrongly: model, gpu, precision ..."""

    def __init__(self, about: str, message: str) -> None:
        super().__init__(message)
        self.about = about
        self.message = message


class NotKnownError(CapacityError):
    """A name no table has. `closest` is the known name most like it, or None."""

    def __init__(self, about: str, name: str, known: Iterable[str]) -> None:
        names = {each.lower(): each for each in known}
        found = get_close_matches(name.strip().lower(), names, n=1)
        self.name = name
        self.closest = names[found[0]] if found else None
        hint = f" Did you mean {self.closest}?" if self.closest else ""
        super().__init__(about, f"{about} {name!r} is not known.{hint}")
