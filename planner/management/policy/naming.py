"""The policies a report is about, as they are named on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management.base import CommandError

from planner.engine import PolicyError
from planner.selectors.named import UnknownPolicyError, named

if TYPE_CHECKING:
    from planner.selectors.named import Named


def policy_named(text: str) -> Named:
    """The policy, readable; one clear sentence where there is none."""
    try:
        found = named(text)
        found.policy  # noqa: B018  built once here, so that a folder that is no policy is refused by name
    except UnknownPolicyError as error:
        raise CommandError(str(error)) from error
    except PolicyError as error:
        raise CommandError(f"{text}: {error}") from error
    return found
