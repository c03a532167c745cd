"""Providers, models and offers a feed speaks of: there before its quotes are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pricing.feeds import names
from pricing.models import Model, Offer, Provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pricing.feeds.base import ModelFacts, OfferKey


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
    """Context and deprecation are what the feed says last; silence of one feed forgets nothing. Returns changes."""
    said = {fact.model: fact for fact in facts}
    changed = []
    for model in Model.objects.filter(slug__in=said):
        fact = said[model.slug]
        before = (model.context_tokens, model.deprecation_date)
        model.context_tokens = fact.context_tokens or model.context_tokens
        model.deprecation_date = fact.deprecation_date or model.deprecation_date
        if (model.context_tokens, model.deprecation_date) != before:
            changed.append(model)
    Model.objects.bulk_update(changed, ["context_tokens", "deprecation_date"], batch_size=500)
    return len(changed)
