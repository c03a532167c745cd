"""What a decision is based on, kept in the process: the shipped policy and the prices of a snapshot."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from planner.engine import PolicyError, load_policy
from planner.engine.policy import build_policy, load
from planner.models import PolicyVersion
from pricing import selectors as pricing_selectors
from pricing.feeds.reference import reference_snapshot
from pricing.models import Snapshot

if TYPE_CHECKING:
    from planner.engine import Policy, PriceSnapshot


def policy() -> Policy:
    """The shipped policy; the engine keeps it in the process."""
    return load_policy()


@lru_cache(maxsize=1)
def policy_document() -> dict[str, Any]:
    """The shipped policy's files as they are, one entry each: hashing them again gives the policy's sha."""
    document: dict[str, Any] = json.loads(json.dumps(load.read_documents(load.SHIPPED), default=str))
    return document


@lru_cache(maxsize=8)
def policy_of(sha: str) -> Policy:
    """A policy that decisions were made with, as it was then; read once in a process, for it never changes.

    Raises PolicyVersion.DoesNotExist for a sha nobody kept, PolicyError where this engine cannot read it any more.
    """
    kept = build_policy(PolicyVersion.objects.get(sha=sha).document)
    if kept.sha != sha:
        raise PolicyError("policy", sha[:12], "sha", f"its kept text hashes to {kept.sha[:12]}")
    return kept


def latest_snapshot() -> Snapshot | None:
    """The snapshot that was frozen last."""
    return Snapshot.objects.order_by("-pk").only("pk", "name", "as_of").first()


def latest_prices() -> PriceSnapshot:
    """The prices frozen last, or the shipped reference before anything was frozen."""
    row = latest_snapshot()
    return prices_of(row.pk) if row else reference_snapshot()


@lru_cache(maxsize=8)
def prices_of(snapshot_id: int) -> PriceSnapshot:
    """A snapshot never changes, so it is read once in a process."""
    return pricing_selectors.price_snapshot(Snapshot.objects.get(pk=snapshot_id))
