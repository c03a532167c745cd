"""Who may see and do what with prices. Rights are answered by the sign-in backend; nothing here knows roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser, AnonymousUser
    from django.db.models import Model, QuerySet

    Person = AbstractUser | AnonymousUser
    M = TypeVar("M", bound=Model)

WHY_NOT = "Only an operator pulls feeds and decides on prices."


def check_may_see(user: Person) -> None:
    """Prices are for everybody with a role; a stranger learns nothing."""
    if not user.has_perm("pricing.view_prices"):
        raise Http404


def may_pull(user: Person) -> bool:
    return user.has_perm("pricing.pull_feed")


def check_may_pull(user: Person) -> None:
    check_may_see(user)
    if not may_pull(user):
        raise PermissionDenied(WHY_NOT)


def person(user: Person) -> AbstractBaseUser:
    """The signed-in person behind a request whose right was checked."""
    if isinstance(user, AbstractBaseUser):
        return user
    raise PermissionDenied(WHY_NOT)


def get_for(user: Person, queryset: QuerySet[M], pk: int) -> M:
    """The object, or 404 for whoever may not see prices."""
    check_may_see(user)
    found = queryset.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
