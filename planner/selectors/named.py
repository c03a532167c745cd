"""A policy by what people call it: shipped, active, draft:N, a version's name, the beginning of a hash, or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.engine.policy import build_policy
from planner.models import PolicyDraft, PolicyVersion
from planner.selectors import basis

if TYPE_CHECKING:
    from planner.engine import Policy

DRAFT = "draft:"


class UnknownPolicyError(LookupError):
    """Nothing, or more than one thing, is called that."""


@dataclass(frozen=True)
class Named:
    """A policy with its document, as it was asked for."""

    label: str
    document: dict[str, Any]

    @property
    def policy(self) -> Policy:
        return build_policy(self.document)


def named(text: str) -> Named:
    """The policy TEXT means; raises UnknownPolicyError in one sentence, PolicyError where a folder holds none."""
    if text == "shipped":
        return Named(text, basis.policy_document())
    if text == "active":
        return Named(text, _document(basis.policy_sha()))
    if text.startswith(DRAFT):
        return _draft(text.removeprefix(DRAFT))
    if Path(text).is_dir():
        return Named(text, basis.folder_document(Path(text)))
    return _version(text)


def _document(sha: str) -> dict[str, Any]:
    kept = PolicyVersion.objects.filter(sha=sha).first()
    return kept.document if kept else basis.policy_document()


def _draft(number: str) -> Named:
    draft = PolicyDraft.objects.filter(pk=number).first() if number.isdecimal() else None
    if draft is None:
        raise UnknownPolicyError(f"There is no draft {number!r}. Give its number, as draft:12.")
    return Named(f"{DRAFT}{draft.pk}", draft.document)


def _version(text: str) -> Named:
    kept = PolicyVersion.objects.filter(version=text) or PolicyVersion.objects.filter(sha__startswith=text)
    found = list(kept[:2])
    if not found and text and basis.shipped_sha().startswith(text):
        return Named(text, basis.policy_document())
    if len(found) == 1:
        return Named(str(found[0]), found[0].document)
    if found:
        shas = ", ".join(each.sha[:12] for each in kept)
        raise UnknownPolicyError(f"{text!r} means several policies; give the beginning of one hash: {shas}.")
    known = (
        ", ".join(dict.fromkeys(PolicyVersion.objects.values_list("version", flat=True)[:5]))
        or "none kept yet"
    )
    raise UnknownPolicyError(
        f"No policy is called {text!r}. Give shipped, active, draft:N, a folder, the beginning of a hash, or a "
        f"version: {known}."
    )
