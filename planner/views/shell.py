"""What every page's frame shows, and the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from planner import access
from planner.selectors import frame
from workloads.models import Role

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

THEMES = ("light", "dark")
# The first role held decides where a person arrives.
ARRIVALS = (
    (Role.LEADER, "planner:portfolio"),
    (Role.REVIEWER, "planner:queue"),
    (Role.ARCHITECT, "workloads:list"),
    (Role.OPERATOR, "planner:portfolio"),
    (Role.AUDITOR, "planner:portfolio"),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; nothing is asked of the database until a template shows it."""
    theme = request.COOKIES.get("theme", "")
    context: dict[str, Any] = {"theme": theme if theme in THEMES else ""}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    return context | {
        "may": SimpleLazyObject(lambda: access.rights(user)),
        "nav_counts": SimpleLazyObject(lambda: frame.nav_counts(user)),
        "stamp": SimpleLazyObject(frame.stamp),
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    held = access.roles_of(request.user)
    return redirect(next((page for role, page in ARRIVALS if role in held), "workloads:list"))
