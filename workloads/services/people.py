"""Teams, people and roles; how an account gets its first password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from workloads import signals
from workloads.models import Membership, OrganisationProfile, Role, SetupToken, Team, User
from workloads.services.facts import replace_facts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SETUP_HOLDS = timedelta(hours=24)


def create_team(name: str) -> Team:
    """The team exists, without members and with no facts of its own."""
    return Team.objects.create(name=name)


@transaction.atomic
def give_role(*, email: str, name: str, role: Role, team: Team | None, by: User) -> tuple[User, str]:
    """The person holds the role; an account made for it comes with the path at which its owner sets a password.

    The path is shown once and never stored. It is empty for a person who had an account already.
    """
    person = User.objects.filter(email__iexact=email).first()
    if role == Role.REVIEWER and person == by:
        raise PermissionDenied("Nobody makes themselves a reviewer: ask another operator.")
    is_new = person is None
    person = person or User.objects.create_user(email, name=name)
    Membership.objects.get_or_create(user=person, team=team, role=role)
    return person, invitation_path(person) if is_new else ""


@transaction.atomic
def take_role(membership: Membership, *, by: User) -> None:
    """The person no longer holds the role. One operator of the whole organisation always stays."""
    others = (
        Membership.objects.select_for_update().filter(role=Role.OPERATOR, team=None).exclude(pk=membership.pk)
    )
    if membership.role == Role.OPERATOR and membership.team_id is None and not others.exists():
        raise PermissionDenied("This is the last operator: make somebody else one first.")
    membership.delete()


def invitation_path(person: User) -> str:
    """A one-time path to set the account's password: it ends with its first use, or after three days."""
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    return reverse("workloads:join", args=(uid, default_token_generator.make_token(person)))


def invited(uid: str, token: str) -> User | None:
    """Whose invitation this is; None when it was used, is too old or never was one."""
    try:
        pk = int(force_str(urlsafe_base64_decode(uid)))
    except (ValueError, OverflowError):
        return None
    person = User.objects.filter(pk=pk, is_active=True).first()
    return person if person and default_token_generator.check_token(person, token) else None


def accept_invitation(person: User, password: str) -> None:
    """The account has its password, and the link that led here is void."""
    person.set_password(password)
    person.save()


def first_operator_link(as_of: datetime) -> str:
    """The path at which the first operator makes their account; empty once anybody has one.

    Only the newest path works, once, for a day.
    """
    if User.objects.exists():
        return ""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        SetupToken.objects.filter(used_at=None).delete()
        SetupToken.objects.create(sha256=_sha256(token), created_at=as_of)
    return reverse("workloads:setup", args=(token,))


def setup_stands(token: str, as_of: datetime) -> bool:
    """Whether the set-up link still works."""
    return not User.objects.exists() and _open_setups(token, as_of).exists()


@transaction.atomic
def set_up(token: str, *, organisation: str, as_of: datetime, **account: str) -> User:
    """The organisation has its name and its first operator (email, name, password), and the link is used up."""
    found = _open_setups(token, as_of).select_for_update().first()
    if found is None or User.objects.exists():
        raise PermissionDenied("This set-up link was used already or is older than a day.")
    found.used_at = as_of
    found.save()
    OrganisationProfile.objects.update_or_create(pk=1, defaults={"name": organisation})
    operator = User.objects.create_user(**account)
    Membership.objects.create(user=operator, team=None, role=Role.OPERATOR)
    return operator


def _open_setups(token: str, as_of: datetime) -> Any:
    return SetupToken.objects.filter(sha256=_sha256(token), used_at=None, created_at__gt=as_of - SETUP_HOLDS)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def save_team(team: Team, *, name: str, facts: Mapping[str, Any], by: User, as_of: datetime) -> None:
    """The team has this name and these facts, each on record."""
    team.name = name
    if replace_facts(team, facts, by=by, as_of=as_of):
        _announce()


@transaction.atomic
def save_organisation(*, name: str, facts: Mapping[str, Any], by: User, as_of: datetime) -> None:
    """The organisation has this name and these facts, each on record."""
    OrganisationProfile.objects.get_or_create(pk=1)
    profile = OrganisationProfile.objects.select_for_update().get(pk=1)
    profile.name = name
    if replace_facts(profile, facts, by=by, as_of=as_of):
        _announce()


def _announce() -> None:
    """Facts of many workloads changed: no single one is named."""
    transaction.on_commit(
        lambda: signals.facts_changed.send_robust(sender=OrganisationProfile, workload_id=None)
    )
