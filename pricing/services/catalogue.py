"""Providers, models and offers a feed speaks of: there before its quotes are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pricing.feeds import names
from pricing.models import Model, Offer, Provider, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pricing.feeds.base import ModelFacts, OfferKey, Reading
    from pricing.models import FeedRun

NOT_SAID = (
    object()
)  # a feed that is silent about an offer says something else than "on a day it does not name"
LEARNED = [
    "context_tokens",
    "deprecation_date",
    "open_weights",
    "licence",
    "params_total_b",
    "params_active_b",
    "described_by",
]


def offers_for(keys: Iterable[OfferKey]) -> dict[OfferKey, int]:
    """Every key has an offer; the ids by key."""
    wanted = sorted(set(keys), key=lambda key: key.slug)
    providers = _providers({key.provider for key in wanted})
    models = _models({key.model for key in wanted if key.model})
    Offer.objects.bulk_create(
        [_offer(key, providers, models) for key in wanted], ignore_conflicts=True, batch_size=1_000
    )
    ids = dict(Offer.objects.filter(slug__in=[key.slug for key in wanted]).values_list("slug", "pk"))
    return {key: ids[key.slug] for key in wanted}


def _offer(key: OfferKey, providers: Mapping[str, int], models: Mapping[str, int]) -> Offer:
    return Offer(
        slug=key.slug,
        kind=key.kind,
        provider_id=providers[key.provider],
        model_id=models[key.model] if key.model else None,
        region=key.region,
        gpu=key.gpu,
        gpu_count=key.gpu_count,
        arrangement=key.arrangement,
        terms=key.terms,
    )


def _providers(slugs: set[str]) -> dict[str, int]:
    Provider.objects.bulk_create(
        [
            Provider(slug=slug, name=names.provider_name(slug), jurisdiction=names.jurisdiction(slug))
            for slug in sorted(slugs)
        ],
        ignore_conflicts=True,
    )
    return dict(Provider.objects.filter(slug__in=slugs).values_list("slug", "pk"))


def _models(slugs: set[str]) -> dict[str, int]:
    Model.objects.bulk_create(
        [
            Model(slug=slug, name=names.model_name(slug), open_weights=names.open_weights(slug))
            for slug in sorted(slugs)
        ],
        ignore_conflicts=True,
        batch_size=1_000,
    )
    return dict(Model.objects.filter(slug__in=slugs).values_list("slug", "pk"))


def learn_about_models(facts: Iterable[ModelFacts]) -> int:
    """Context and deprecation are what the feed says last; silence of one feed forgets nothing. Returns changes.

    Whose weights are open is said by our own data where it knows, else by the first feed that does; licence and size
    by the card we looked up.
    """
    said = {fact.model: fact for fact in facts}
    cards = names.model_cards()
    changed = []
    for model in Model.objects.filter(slug__in=said.keys() | cards.keys()):
        before = [getattr(model, name) for name in LEARNED]
        if fact := said.get(model.slug):
            model.context_tokens = fact.context_tokens or model.context_tokens
            model.deprecation_date = fact.deprecation_date or model.deprecation_date
            model.open_weights = fact.open_weights if model.open_weights is None else model.open_weights
        if card := cards.get(model.slug):
            model.licence, model.described_by = card.licence, card.source
            model.params_total_b, model.params_active_b = card.params_total_b, card.params_active_b
            model.context_tokens = model.context_tokens or card.context_tokens
        if [getattr(model, name) for name in LEARNED] != before:
            changed.append(model)
    Model.objects.bulk_update(changed, LEARNED, batch_size=500)
    return len(changed)


def note_ends(run: FeedRun, reading: Reading) -> int:
    """Which offers the feed says are ended, and when; one it lists again without an end was taken back. Returns changes.

    Of an offer the feed no longer lists, what it said last stands.
    """
    ids = dict(
        Offer.objects.filter(slug__in={row.offer.slug for row in reading.rows}).values_list("slug", "pk")
    )
    said = {ids[end.offer.slug]: end.ends_on for end in reading.ends if end.offer.slug in ids}
    standing = {
        row.offer_id: row
        for row in Withdrawal.objects.filter(feed=run.feed_id, taken_back_at=None, offer__in=ids.values())
    }
    over = [row.pk for row in standing.values() if said.get(row.offer_id, NOT_SAID) != row.ends_on]
    new = [pk for pk, day in said.items() if pk not in standing or standing[pk].ends_on != day]
    Withdrawal.objects.filter(pk__in=over).update(taken_back_at=run.as_of)
    Withdrawal.objects.bulk_create(
        Withdrawal(offer_id=pk, feed_id=run.feed_id, ends_on=said[pk], said_at=run.as_of) for pk in new
    )
    return len({row.offer_id for row in standing.values() if row.pk in over} | set(new))
