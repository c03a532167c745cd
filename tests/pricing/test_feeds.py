"""Parsers against recordings: what a feed said comes out exactly, what is not a price file is refused with words."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from pricing.feeds import FEEDS, FeedError, fetch, genai_prices, litellm, names, reference
from pricing.feeds.base import OfferKey
from pricing.feeds.frozen import digest, from_document, to_document

RECORDINGS = Path(__file__).parent / "recordings"
GENAI = (RECORDINGS / "genai_prices_v2_data_excerpt.json").read_bytes()
LITELLM = (RECORDINGS / "litellm_model_prices_excerpt.json").read_bytes()


def amounts(rows: Any, slug: str, **conditions: Any) -> dict[str, Decimal]:
    wanted = {"tier_from_tokens": 0, "batch": False, "service_tier": "", "hours_utc": ""} | conditions
    found = [row for row in rows if row.offer.slug == slug]
    found = [row for row in found if all(getattr(row, name) == value for name, value in wanted.items())]
    return {row.component: row.amount for row in found}


def test_the_bundled_prices_agree_with_the_guides_of_january() -> None:
    rows = genai_prices.shipped().rows
    assert amounts(rows, "groq:llama-3.1-8b") == {"input": Decimal("0.05"), "output": Decimal("0.08")}
    assert amounts(rows, "cerebras:gpt-oss-120b") == {"input": Decimal("0.35"), "output": Decimal("0.75")}


def test_the_bundled_prices_say_each_thing_once() -> None:
    reading = genai_prices.shipped()
    places = [(row.line, row.valid_from) for row in reading.rows]
    assert (len(places), reading.refused) == (len(set(places)), ())


def test_the_data_file_reads_like_the_package() -> None:
    rows = genai_prices.parse(GENAI).rows
    assert amounts(rows, "groq:llama-3.1-8b") == {"input": Decimal("0.05"), "output": Decimal("0.08")}


def test_a_tier_is_a_price_of_its_own() -> None:
    rows = genai_prices.parse(GENAI).rows
    assert amounts(rows, "google:gemini-2.5-pro")["input"] == Decimal("1.25")
    assert amounts(rows, "google:gemini-2.5-pro", tier_from_tokens=200_000)["input"] == Decimal("2.5")


def test_hours_of_the_day_are_kept_apart_from_the_plain_price() -> None:
    rows = genai_prices.shipped().rows
    hours = "00:30:00+00:00-16:30:00+00:00"
    assert amounts(rows, "deepseek:deepseek-chat")["input"] == Decimal("0.135")
    assert amounts(rows, "deepseek:deepseek-chat", hours_utc=hours)["input"] == Decimal("0.27")


def test_a_dated_price_ends_the_one_before_it() -> None:
    document = b"""[{"id": "p", "models": [{"id": "m", "prices": [{"prices": {"input_mtok": 1}},
        {"constraint": {"start_date": "2027-01-01"}, "prices": {"input_mtok": 2}}]}]}]"""
    rows = genai_prices.parse(document).rows
    assert [(row.amount, row.valid_from, row.valid_to) for row in rows] == [
        (Decimal(1), None, date(2027, 1, 1)),
        (Decimal(2), date(2027, 1, 1), None),
    ]


def test_litellm_prices_are_per_token_and_come_out_per_million_without_rounding() -> None:
    rows = litellm.parse(LITELLM).rows
    assert amounts(rows, "openai:gpt-4o") == {
        "input": Decimal("2.5"),
        "output": Decimal(10),
        "cached_input": Decimal("1.25"),
    }
    assert amounts(rows, "openai:gpt-4o", batch=True) == {"input": Decimal("1.25"), "output": Decimal(5)}
    assert amounts(rows, "google:gemini-2.5-pro", tier_from_tokens=200_000)["input"] == Decimal("2.5")


def test_litellm_knows_when_a_model_ends() -> None:
    facts = {fact.model: fact.deprecation_date for fact in litellm.parse(LITELLM).models}
    assert facts["claude-sonnet-4.5"] == date(2026, 11, 30)


def test_speech_and_pictures_are_no_token_prices() -> None:
    keys = {row.source_key for row in litellm.parse(LITELLM).rows}
    assert "groq/whisper-large-v3" not in keys
    assert "groq/openai/gpt-oss-120b" in keys


def test_an_entry_that_cannot_be_read_is_refused_and_the_others_go_in() -> None:
    document = b"""{"good": {"litellm_provider": "groq", "mode": "chat", "input_cost_per_token": 1e-6},
        "bad": {"litellm_provider": "groq", "mode": "chat", "input_cost_per_token": -1e-6}, "worse": 3}"""
    reading = litellm.parse(document)
    assert [row.source_key for row in reading.rows] == ["good"]
    assert [refusal.key for refusal in reading.refused] == ["bad", "worse"]


@pytest.mark.parametrize("parse", [genai_prices.parse, litellm.parse])
@pytest.mark.parametrize(
    ("document", "words", "permanent"),
    [
        (b"", "The file is empty.", True),
        (b"<!doctype html><title>Sign in</title>", "This is a web page (HTML)", True),
        (b'{"gpt-4o": {"litellm_prov', "The file ends in the middle", False),
        (b"prices: none", "This is not JSON: line 1, column 1", True),
        (b"\xff\xfe\x00", "not UTF-8", True),
        (b'"text"', "This is not", True),
        (b"[]", "", True),
    ],
)
def test_what_is_not_a_price_file_is_refused_with_a_sentence(
    parse: Any, document: Any, words: Any, permanent: Any
) -> None:
    with pytest.raises(FeedError) as caught:
        parse(document)
    assert words in caught.value.message
    assert caught.value.permanent is permanent


def test_models_have_one_name_whatever_a_feed_calls_them() -> None:
    raw = ["llama-3.1-8b-instant", "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", "groq/llama-3.1-8b-instant"]
    assert {names.model_slug(name) for name in raw} == {"llama-3.1-8b"}
    assert names.model_slug("claude-sonnet-4-5") == "claude-sonnet-4.5"
    assert names.model_slug("gpt-5-mini") == "gpt-5-mini"


@pytest.mark.parametrize(
    ("model", "is_open"),
    [
        ("gpt-oss-120b", True),
        ("gpt-5.2", False),
        ("qwen3-32b", True),
        ("qwen3-max", False),
        ("brand-new", None),
    ],
)
def test_whose_weights_are_open_is_data(model: str, is_open: bool | None) -> None:
    assert names.open_weights(model) is is_open


def test_every_feed_reads_what_ships_with_it() -> None:
    shipped = {name: bool(feed.shipped().rows) for name, feed in FEEDS.items() if feed.shipped}
    assert shipped == dict.fromkeys(("genai-prices", "litellm", "reference-2026-01"), True)


def test_every_reference_row_names_its_guide_and_its_words() -> None:
    assert [row for row in reference.shipped().rows if not (row.raw["document"] and row.raw["quote"])] == []


# What the golden cases are decided on: three parts input, one part output.
@pytest.mark.parametrize(
    ("offer", "blend"),
    [
        ("openai:gpt-5.2-mini", "0.6875"),
        ("groq:llama-3.1-8b", "0.0575"),
        ("google:gemini-2.5-flash", "0.85"),
        ("groq:gpt-oss-120b", "0.2625"),
        ("anthropic:claude-sonnet-4.5", "6"),
    ],
)
def test_the_reference_gives_the_blends_of_the_golden_cases(offer: str, blend: str) -> None:
    found = {row.id: row for row in reference.reference_snapshot().token_offers}[offer]
    assert (3 * found.input_usd_per_mtok + found.output_usd_per_mtok) / 4 == Decimal(blend)


def test_the_reference_gives_the_machines_of_the_golden_cases() -> None:
    offers = {row.id: row for row in reference.reference_snapshot().gpu_offers}
    hours = (
        "baseten:1xl4:managed",
        "baseten:1xh100:managed",
        "lambda:1xa100-80gb:rented",
        "lambda:1xh100:rented",
    )
    assert [offers[name].amount_per_hour for name in hours] == [
        Decimal("0.85"),
        Decimal("6.50"),
        Decimal("1.29"),
        Decimal("2.49"),
    ]
    owned = offers["custom-build:1xh100:owned"]
    assert (owned.capex_low, owned.capex_high) == (Decimal(30_000), Decimal(40_000))


def test_the_reference_keeps_euros_as_euros_and_has_no_rate() -> None:
    snapshot = reference.reference_snapshot()
    assert {row.id for row in snapshot.gpu_offers if row.currency == "EUR"} == {
        "netcup:1xvgpu-14gb:rented",
        "netcup:1xvgpu-7gb:rented",
        "scaleway:1xh100:managed",
        "scaleway:1xl4:managed",
    }
    assert snapshot.fx == {}


def test_half_a_price_is_left_out_not_guessed() -> None:
    assert "together:llama-3.1-405b" not in {row.id for row in reference.reference_snapshot().token_offers}


def test_a_snapshot_comes_back_from_its_document_as_it_was() -> None:
    snapshot = reference.reference_snapshot()
    document = to_document(snapshot)
    assert asdict(from_document(snapshot.name, snapshot.as_of, document)) == asdict(snapshot)


def test_looking_again_does_not_change_the_hash_and_another_price_does() -> None:
    document = to_document(reference.reference_snapshot())
    before = digest(document)
    document["token_offers"][0]["checked_at"] = "2026-11-21"
    assert digest(document) == before
    document["token_offers"][0]["input_usd_per_mtok"] = "9"
    assert digest(document) != before


def test_offers_have_readable_names() -> None:
    assert OfferKey("azure", "gpt-4o", "eu").slug == "azure:gpt-4o:eu"
    assert OfferKey("lambda", gpu="h100", gpu_count=8, arrangement="rented").slug == "lambda:8xh100:rented"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(302, headers={"Location": "https://else.example/"}), "sends us elsewhere"),
        (httpx.Response(404), "answered 404, not with prices"),
        (httpx.Response(200, content=b"x" * 2_000), "sent more than"),
        (httpx.ConnectError("refused"), "The network does not allow it"),
        (httpx.ReadTimeout("slow"), "did not answer in time"),
    ],
)
def test_the_network_fails_in_words(monkeypatch: Any, answer: Any, words: Any) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 1_000)
    serve(monkeypatch, answer)
    with pytest.raises(FeedError, match=words):
        fetch.fetch("https://prices.example/data.json")


def test_a_document_is_fetched_as_it_is(monkeypatch: Any) -> None:
    serve(monkeypatch, httpx.Response(200, content=GENAI))
    assert fetch.fetch("https://prices.example/data.json") == GENAI


def serve(monkeypatch: Any, answer: Any) -> None:
    """Httpx talks to ANSWER instead of the network."""

    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, httpx.Response):
            return answer
        raise answer

    client = httpx.Client(transport=httpx.MockTransport(handle))
    monkeypatch.setattr(httpx, "stream", client.stream)
