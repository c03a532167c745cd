"""What a decision is based on, kept in the process: the policy in force and the prices of a snapshot."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from planner.engine import PolicyError, load_policy
from planner.engine.policy import build_policy, load
from planner.models import PlanRun, PolicyActivation, PolicyVersion
from pricing import selectors as pricing_selectors
from pricing.feeds.reference import reference_snapshot
from pricing.models import Snapshot

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from planner.engine import Policy, PriceSnapshot


def policy(as_of: datetime | None = None) -> Policy:
    """The policy in force now, or as it was at a moment: the one activated last, before any the shipped one."""
    return policy_of(policy_sha(as_of))


def policy_sha(as_of: datetime | None = None) -> str:
    """The identity of the policy in force, in one small query, without reading it."""
    rows = PolicyActivation.objects.order_by("-pk")
    if as_of is not None:
        rows = rows.filter(activated_at__lte=as_of)
    return rows.values_list("version_id", flat=True).first() or load_policy().sha


@lru_cache(maxsize=1)
def policy_document() -> dict[str, Any]:
    """The shipped policy's files as they are, one entry each: hashing them again gives the policy's sha."""
    return folder_document(load.SHIPPED)


def folder_document(directory: Path) -> dict[str, Any]:
    """A policy folder as it would be kept."""
    document: dict[str, Any] = json.loads(
        json.dumps(load.as_kept(load.read_documents(directory)), default=str)
    )
    return document


def policy_of(sha: str) -> Policy:
    """A policy that decisions were made with, as it was then.

    Raises PolicyVersion.DoesNotExist for a sha nobody kept, PolicyError where this engine cannot read it any more.
    """
    shipped = load_policy()
    return shipped if sha == shipped.sha else _kept(sha)


@lru_cache(maxsize=8)
def _kept(sha: str) -> Policy:
    """Read once in a process, for a kept policy never changes."""
    kept = build_policy(PolicyVersion.objects.get(sha=sha).document)
    if kept.sha != sha:
        raise PolicyError("policy", sha[:12], "sha", f"its kept text hashes to {kept.sha[:12]}")
    return kept


def latest_snapshot() -> Snapshot | None:
    """The snapshot the newest plan was made with, before any plan the one that was kept last.

    Prices that return to what they were are the snapshot that is there already, so the newest row says nothing.
    """
    planned = PlanRun.objects.filter(snapshot__isnull=False).order_by("-pk").values("snapshot")[:1]
    rows = Snapshot.objects.only("pk", "name", "as_of")
    return rows.filter(pk__in=planned).first() or rows.order_by("-pk").first()


def latest_prices() -> PriceSnapshot:
    """The prices of the newest plan, or the shipped reference before anything was kept."""
    row = latest_snapshot()
    return prices_of(row.pk) if row else reference_snapshot()


@lru_cache(maxsize=8)
def prices_of(snapshot_id: int) -> PriceSnapshot:
    """A snapshot never changes, so it is read once in a process."""
    return pricing_selectors.price_snapshot(Snapshot.objects.get(pk=snapshot_id))


def shipped_sha() -> str:
    """The identity of the policy that came with the program."""
    return load_policy().sha
