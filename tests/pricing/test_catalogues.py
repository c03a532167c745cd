"""Catalogues of GPUs and models.dev: what they say comes out exactly, each amount for what it is sold by."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from pricing import services
from pricing.feeds import FEEDS, FeedError, gpuhunt, models_dev, names, scaleway, skypilot
from pricing.feeds.base import OfferEnd, OfferKey
from pricing.models import Model, Offer, Quote
from pricing.selectors import price_snapshot
from pricing.selectors.current import prices_on
from tests.pricing.said import DAY
from tests.pricing.served import served

MODELS_DEV = (Path(__file__).parent / "recordings" / "models_dev_api_excerpt.json").read_bytes()
# Real columns, invented prices: the licence of the catalogue's own rows is not known.
SKYPILOT = b"""# a comment
InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,Region,GpuInfo,SpotPrice,AvailabilityZone
cpu-4,,,4,16,0.10,eu-1,,,
one-h100,H100,1.0,26,200,3.5,EU-1,"{'Gpus': [{'MemoryInfo': {'SizeInMiB': 81559}}]}",1.25,eu-1a
one-h100,H100,1.0,26,200,3.6,EU-1,,,eu-1b
eight-h100,H100,8,208,1800,24,EU-1,,,
big,A100,1,8,64,1.5,EU-1,"{'Gpus': [{'MemoryInfo': {'SizeInMiB': 81920}}]}",,
odd,A100,1,8,64,1.4,EU-1,,,
part,A10G,0.5,4,16,0.5,EU-1,,,
gone,H100,1,26,200,2,,,,
free,L4,1,4,16,0,EU-1,,,
wrong,L4,1,4,16,-1,EU-1,,,
"""
GPUHUNT = b"""instance_name,location,price,cpu,memory,gpu_count,gpu_name,gpu_memory,spot,disk_size,gpu_vendor,flags,cpu_arch,provider_data
cpu,fin-1,0.2,4,16,0,,,False,,,,,
1h100,FIN-1,2.19,30,120,1,H100,80.0,False,,nvidia,,x86,
1h100,FIN-1,0.99,30,120,1,H100,80.0,True,,nvidia,,x86,
8a100,FIN-1,12,120,960,8,A100,40.0,False,,nvidia,,x86,
"""


def amounts(reading: Any) -> dict[str, Decimal]:
    return {row.offer.slug: row.amount for row in reading.rows if row.component == "gpu_hour"}


def product(sku: str, kind: str, gpu: str, count: int, units: int, nanos: int, **more: Any) -> dict[str, Any]:
    """A product in the shape of the catalogue's description."""
    return {
        "sku": sku,
        "product": f"{gpu}-{count}-80G",
        "status": "general_availability",
        "locality": {"zone": "fr-par-2"},
        "price": {"retail_price": {"currency_code": "EUR", "units": units, "nanos": nanos}},
        "unit_of_measure": {"unit": "hour", "size": 1},
        "properties": {kind: {}, "hardware": {"gpu": {"type": gpu, "count": count, "description": gpu}}},
    } | more


CATALOGUE = [
    product("/inference/h100", "managed_inference", "H100", 1, 3, 400_000_000),
    product("/compute/h100-2", "instance", "H100", 2, 5, 40_000_000),
    product("/metal/l40s", "elastic_metal", "L40S", 1, 730, 0, unit_of_measure={"unit": "month", "size": 1}),
    product("/box/l4", "dedibox", "L4", 1, 0, 10_000_000, unit_of_measure={"unit": "minute", "size": 1}),
    product("/compute/by-query", "instance", "L4", 1, 1, 0, unit_of_measure={"unit": "query", "size": 1}),
    product("/compute/old", "instance", "L4", 1, 1, 0, status="retired"),
    product("/compute/l4", "instance", "L4", 1, 0, 750_000_000, end_of_life_at="2027-03-31T00:00:00Z"),
    {"sku": "/compute/cpu", "product": "POP2-HC-2C-4G", "properties": {"instance": {}, "hardware": {}}},
]


def test_skypilot_prices_are_for_the_whole_instance_and_spot_stands_apart() -> None:
    reading = skypilot.parse_of(SKYPILOT, "nebius")
    assert amounts(reading) == {
        "nebius:1xh100:rented:eu-1": Decimal("3.6"),  # of two zones the dearer
        "nebius:1xh100:rented:spot:eu-1": Decimal("1.25"),
        "nebius:8xh100:rented:eu-1": Decimal(24),
        "nebius:1xa100-80gb:rented:eu-1": Decimal("1.5"),
        "nebius:1xa100:rented:eu-1": Decimal("1.4"),  # 40 or 80 GB: nobody says
    }
    assert {row.currency for row in reading.rows} == {"USD"}


def test_rows_that_cannot_be_a_price_are_refused_with_the_reason() -> None:
    refused = {each.key: each.reason for each in skypilot.parse_of(SKYPILOT, "nebius").refused}
    assert refused == {
        "nebius/part/eu-1": "not readable: 0.5 GPUs are not whole ones",
        "nebius/gone/": "not readable: no region: it is sold out",
        "nebius/free/eu-1": "not readable: a price of 0 is unknown",
        "nebius/wrong/eu-1": "not readable: -1 is not a price",
    }


def test_gpuhunt_tells_boards_of_one_name_apart_by_their_memory() -> None:
    assert amounts(gpuhunt.parse_of(GPUHUNT, "datacrunch")) == {
        "verda:1xh100:rented:fin-1": Decimal("2.19"),
        "verda:1xh100:rented:spot:fin-1": Decimal("0.99"),
        "verda:8xa100-40gb:rented:fin-1": Decimal(12),
    }


@pytest.mark.parametrize("parse_of", [skypilot.parse_of, gpuhunt.parse_of])
@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "The file is empty."),
        (b"<html>", "This is a web page (HTML)"),
        (b"a,b\n1,2\n", "it has no column"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_what_is_no_catalogue_is_refused_with_a_sentence(parse_of: Any, document: bytes, words: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse_of(document, "lambda")
    assert (words in caught.value.message, caught.value.permanent) == (True, True)


def test_a_file_that_does_not_say_whose_prices_it_holds_asks() -> None:
    for parse_of, document in ((skypilot.parse_of, SKYPILOT), (gpuhunt.parse_of, GPUHUNT)):
        with pytest.raises(FeedError, match="does not say whose prices it holds"):
            parse_of(document, "")


def test_a_seller_whose_currency_nobody_says_is_compared_with_nobody() -> None:
    for whose in ("seeweb", "scaleway", "ovhcloud"):
        row = skypilot.parse_of(SKYPILOT, whose).rows[0]
        assert (row.currency, "does not say in which currency" in row.raw["note"]) == ("XXX", True)


def test_memory_is_of_our_own_table_and_unknown_for_a_gpu_we_do_not_know() -> None:
    assert [names.gpu_memory_gb(slug) for slug in ("h100", "a100-40gb", "a100", "gpu9000")] == [
        80,
        40,
        None,
        None,
    ]


def test_scaleway_sells_by_hour_minute_and_month_in_euros() -> None:
    reading = scaleway.parse(json.dumps({"products": CATALOGUE, "total_count": 8}).encode())
    assert amounts(reading) == {
        "scaleway:1xh100:managed:fr-par-2": Decimal("3.4"),
        "scaleway:2xh100:rented:fr-par-2": Decimal("5.04"),
        "scaleway:1xl40s:rented:fr-par-2": Decimal(1),
        "scaleway:1xl4:rented:fr-par-2": Decimal("0.75"),
    }
    assert {row.currency for row in reading.rows} == {"EUR"}
    assert [refusal.key for refusal in reading.refused] == ["/compute/by-query"]


def test_scaleway_says_when_a_product_ends() -> None:
    reading = scaleway.parse(json.dumps({"products": CATALOGUE, "total_count": 8}).encode())
    offer = OfferKey("scaleway", region="fr-par-2", gpu="l4", gpu_count=1, arrangement="rented")
    assert reading.ends == (OfferEnd(offer, date(2027, 3, 31)),)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"{}", "This is not Scaleway's product catalogue"),
        (b'{"products": [], "total_count": 0}', "holds no machine with GPUs"),
        (b'{"products": [], "total_count": 9}', "Only 0 of 9 products"),
        (b"[1]", "This is not Scaleway's product catalogue"),
        (b"<html>", "This is a web page"),
    ],
)
def test_what_is_not_scaleways_catalogue_is_refused(document: bytes, words: str) -> None:
    with pytest.raises(FeedError) as caught:
        scaleway.parse(document)
    assert words in caught.value.message


def test_models_dev_prices_weights_and_tiers_come_out() -> None:
    reading = models_dev.parse(MODELS_DEV)
    said = {
        (row.offer.slug, row.component, row.tier_from_tokens): row.amount
        for row in reading.rows
        if row.offer.slug in ("groq:llama-3.1-8b", "openai:gpt-5.5")
    }
    assert said["groq:llama-3.1-8b", "input", 0] == Decimal("0.05")
    assert said["openai:gpt-5.5", "cached_input", 0] == Decimal("0.5")
    assert said["openai:gpt-5.5", "input", 272_000] == Decimal(10)
    weights = {fact.model: fact.open_weights for fact in reading.models}
    assert (weights["llama-3.1-8b"], weights["gpt-5.5"]) == (True, False)


def test_models_dev_says_what_is_deprecated_without_a_day() -> None:
    ends = models_dev.parse(MODELS_DEV).ends
    assert [(end.offer.slug, end.ends_on) for end in ends] == [
        ("scaleway:devstral-2-123b-instruct-2512", None)
    ]


@pytest.mark.parametrize(
    "document", [b"[]", b'{"groq": {"name": "Groq"}}', b'{"groq": {"models": {}}}', b"<html>", b""]
)
def test_what_is_not_models_dev_is_refused(document: bytes) -> None:
    with pytest.raises(FeedError):
        models_dev.parse(document)


def test_a_model_of_models_dev_that_cannot_be_read_is_refused_and_the_others_go_in() -> None:
    document = {
        "p": {"models": {"good": {"cost": {"input": 1}}, "bad": {"cost": {"input": "dear"}}, "odd": 3}}
    }
    reading = models_dev.parse(json.dumps(document).encode())
    assert [row.source_key for row in reading.rows] == ["p/good"]
    assert [refusal.key for refusal in reading.refused] == ["p/bad", "p/odd"]


# --- into the book


def pull(feed: str, document: bytes, name: str = "vms.csv", whose: str = "", *, at: Any = DAY) -> Any:
    return services.pull_here(
        feed, as_of=at, source="file", upload=services.Upload(name, document), whose=whose
    )


@pytest.mark.django_db
def test_the_file_of_one_cloud_says_nothing_about_another() -> None:
    pull("skypilot", SKYPILOT, whose="nebius")
    run = pull("skypilot", SKYPILOT, name="lambda.csv")
    assert (run.state, run.counts.get("gone", 0)) == ("done", 0)
    assert set(Offer.objects.values_list("provider__slug", flat=True)) == {"nebius", "lambda"}
    again = pull("skypilot", SKYPILOT, whose="nebius", at=DAY + timedelta(days=1))
    assert (again.counts["unchanged"], again.counts.get("new", 0)) == (5, 0)


@pytest.mark.django_db
def test_no_month_is_planned_on_spot_or_without_a_currency_or_at_a_stranger() -> None:
    pull("skypilot", SKYPILOT, whose="nebius")
    pull("skypilot", SKYPILOT, whose="seeweb")
    pull("gpuhunt", GPUHUNT, whose="nobody-knows-them")
    snapshot = price_snapshot(services.freeze_snapshot(as_of=DAY))
    ids = {row.id for row in snapshot.gpu_offers}
    assert "nebius:1xh100:rented:eu-1" in ids
    assert not [pk for pk in ids if "spot" in pk or "nobody" in pk]
    unlabelled = [row for row in snapshot.gpu_offers if row.provider == "seeweb"]
    assert {snapshot.usd_per(row.currency) for row in unlabelled} == {None}


@pytest.mark.django_db
def test_prices_of_nothing_are_unknown_in_models_dev_too() -> None:
    document = {"groq": {"models": {"llama": {"cost": {"input": 0, "output": 0}, "open_weights": True}}}}
    run = pull("models-dev", json.dumps(document).encode(), "api.json")
    assert (run.counts["unknown"], prices_on(DAY.date())) == (2, {})


@pytest.mark.django_db
def test_whose_weights_are_open_is_learned_where_our_own_data_is_silent() -> None:
    cost = {"input": 1, "output": 2}
    document = {
        "stackit": {
            "models": {
                "brandnew": {"cost": cost, "open_weights": True, "limit": {"context": 8192}},
                "gpt-oss-120b": {"cost": cost, "open_weights": False, "limit": {}},
            }
        }
    }
    pull("models-dev", json.dumps(document).encode(), "api.json")
    new, known = Model.objects.get(slug="brandnew"), Model.objects.get(slug="gpt-oss-120b")
    assert (new.open_weights, new.context_tokens, new.licence) == (True, 8192, "")
    assert (known.open_weights, known.licence, known.params_active_b) == (True, "Apache-2.0", 5.13)
    assert known.described_by.startswith("config.json published with openai/gpt-oss-120b")


def pages(found: list[str], size: int = 3) -> Any:
    """Scaleway's catalogue in pages of SIZE products."""

    def answer(query: dict[str, list[str]]) -> bytes:
        page = int(query["page"][0])
        found.append(f"{page}:{','.join(query['product_types[]'])}")
        products = CATALOGUE[(page - 1) * size : page * size]
        return json.dumps({"products": products, "total_count": len(CATALOGUE)}).encode()

    return answer


@pytest.mark.django_db
def test_scaleways_catalogue_is_read_page_by_page_from_its_address() -> None:
    asked: list[str] = []
    with served(pages(asked)) as address, override_settings(PRICE_FEED_URLS={"scaleway": address}):
        run = services.pull_here("scaleway", as_of=DAY, source="address")
    assert (run.state, run.counts["new"]) == ("done", 5)
    assert [each.split(":")[0] for each in asked] == ["1", "2", "3"]
    assert asked[0].endswith("managed_inference,instance,elastic_metal,dedibox")
    assert Quote.objects.get(source_key="/inference/h100").currency == "EUR"


@pytest.mark.django_db
def test_a_catalogue_that_loses_a_page_is_not_read() -> None:
    def answer(query: dict[str, list[str]]) -> bytes:
        products = CATALOGUE[:3] if query["page"] == ["1"] else []
        return json.dumps({"products": products, "total_count": len(CATALOGUE)}).encode()

    with served(answer) as address, override_settings(PRICE_FEED_URLS={"scaleway": address}):
        run = services.pull_here("scaleway", as_of=DAY, source="address")
    assert (run.state, "Only 3 of 8 products" in run.message) == ("failed", True)


@pytest.mark.django_db
@override_settings(PRICES_REFRESH_ONLINE=False, FEED_EVERY_HOURS=24)
def test_feeds_with_an_address_of_their_own_are_not_asked_by_themselves() -> None:
    asked = services.due_feed_runs(DAY, lambda _: None)
    assert [run.feed.name for run in asked] == ["genai-prices"]


@pytest.mark.django_db
def test_a_feed_of_which_nothing_ships_says_so() -> None:
    assert FEEDS["models-dev"].shipped is None
    run = services.pull_here("models-dev", as_of=DAY, source="shipped")
    assert run.message.startswith("Nothing of models.dev ships with the product: give a file.")
