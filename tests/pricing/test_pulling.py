"""Pulls: asked for by schedule, button and command; wrong files change nothing; the network may be missing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from pricing import services
from pricing.feeds import FEEDS, FeedError
from pricing.models import FeedRun, Quote
from pricing.services import pulling

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
LITELLM = Path(__file__).parent / "recordings" / "litellm_model_prices_excerpt.json"


def nobody(pk: int) -> None:
    """No worker."""


def refuse(address: str) -> bytes:
    raise FeedError("The network does not allow it or prices.example cannot be reached.", permanent=False)


def test_a_web_page_instead_of_prices_fails_in_one_sentence_and_the_old_prices_stay() -> None:
    services.pull_here("litellm", as_of=NOW, source="shipped")
    before = list(Quote.objects.order_by("pk").values())
    page = services.Upload("prices.json", b"<!doctype html><title>Sign in</title>")
    run = services.pull_here("litellm", as_of=NOW, source="file", upload=page)
    assert (run.state, run.message) == (
        "failed",
        (
            "This is a web page (HTML), not a price file. Save the raw JSON file and give that. "
            "The prices we have stay as they are."
        ),
    )
    assert list(Quote.objects.order_by("pk").values()) == before


def test_without_the_network_the_bundled_prices_are_read_and_the_run_says_so(monkeypatch: Any) -> None:
    monkeypatch.setattr(pulling, "fetch", refuse)
    run = services.pull_here("genai-prices", as_of=NOW, source="address")
    assert (run.state, run.source) == ("done", "shipped")
    assert run.message.startswith(
        "The network does not allow it or prices.example cannot be reached. "
        "Read the data inside the installed package instead."
    )
    said = [
        int(part.split()[0].replace(",", "")) for part in run.message.split("prices read: ")[1].split(", ")
    ]
    assert sum(said) == run.counts["seen"]  # new, and over before we looked: nothing goes missing in between


def test_a_fall_back_never_goes_back_behind_what_was_read_live(monkeypatch: Any) -> None:
    live = LITELLM.with_name("genai_prices_v2_data_excerpt.json").read_bytes()
    monkeypatch.setattr(pulling, "fetch", lambda _: live)
    services.pull_here("genai-prices", as_of=NOW, source="address")
    monkeypatch.setattr(pulling, "fetch", refuse)
    run = services.pull_here("genai-prices", as_of=NOW + timedelta(hours=1), source="address")
    assert (run.state, run.message.endswith("The prices we have stay as they are.")) == ("failed", True)
    assert services.due_feed_runs(NOW, nobody) == []


@override_settings(PRICE_FEED_URLS={"litellm": "https://prices.example/litellm.json"})
def test_the_litellm_file_is_read_from_its_address(monkeypatch: Any) -> None:
    asked: list[str] = []

    def serve(address: str) -> bytes:
        asked.append(address)
        return LITELLM.read_bytes()

    monkeypatch.setattr(pulling, "fetch", serve)
    run = services.pull_here("litellm", as_of=NOW, source="address")
    assert (run.state, asked) == ("done", ["https://prices.example/litellm.json"])


def test_an_address_that_is_not_set_is_named() -> None:
    run = services.pull_here("litellm", as_of=NOW, source="address")
    assert run.message.startswith("No address is set: set LITELLM_PRICES_URL or give a file.")


@override_settings(FEED_EVERY_HOURS=24)
def test_a_slot_of_the_schedule_is_asked_for_once() -> None:
    moments = (NOW, NOW + timedelta(seconds=5), NOW + timedelta(days=1))
    asked = [[run.key for run in services.due_feed_runs(at, nobody)] for at in moments]
    assert asked == [["feed:genai-prices:2026-11-21T00:00"], [], ["feed:genai-prices:2026-11-22T00:00"]]


@override_settings(FEED_EVERY_HOURS=0)
def test_a_schedule_that_is_off_asks_for_nothing() -> None:
    assert services.due_feed_runs(NOW, nobody) == []


@override_settings(PRICE_FEED_URLS={"litellm": "https://prices.example/litellm.json"}, FEED_EVERY_HOURS=6)
def test_a_feed_with_an_address_is_on_the_schedule() -> None:
    asked = services.due_feed_runs(NOW, nobody)
    assert [(run.feed.name, run.source) for run in asked] == [
        ("genai-prices", "shipped"),
        ("litellm", "address"),
    ]


def test_asking_while_a_pull_waits_gives_that_one() -> None:
    first, second = (
        services.ask_pull("litellm", as_of=NOW + timedelta(seconds=n), send=nobody, source="shipped")
        for n in (0, 1)
    )
    assert (first, FeedRun.objects.count()) == (second, 1)


def test_the_command_pulls_a_file_and_says_what_came_of_it(capsys: Any) -> None:
    call_command("pull", "prices", "--feed", "litellm", "--file", str(LITELLM))
    assert capsys.readouterr().out == "LiteLLM price file, LiteLLM price file: 159 prices read: 159 new.\n"
    call_command("pull", "prices", "--feed", "litellm", "--file", str(LITELLM))
    assert (
        capsys.readouterr().out == "LiteLLM price file, LiteLLM price file: 159 prices read: 159 unchanged.\n"
    )


def test_the_command_says_whose_prices_a_file_holds(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "vms.csv"
    file.write_text(
        "InstanceType,AcceleratorName,AcceleratorCount,Price,Region,SpotPrice\nx,L4,1,0.4,eu-1,\n"
    )
    with pytest.raises(CommandError, match="does not say whose prices it holds"):
        call_command("pull", "prices", "--feed", "skypilot", "--file", str(file))
    call_command("pull", "prices", "--feed", "skypilot", "--file", str(file), "--provider", "lambda")
    assert Quote.objects.get().offer.slug == "lambda:1xl4:rented:eu-1"


def test_the_command_names_the_feeds_there_are_and_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    page = tmp_path / "page.json"
    page.write_text("<html>")
    with pytest.raises(CommandError, match=re.escape(f"Known: {', '.join(FEEDS)}")):
        call_command("pull", "prices", "--feed", "nope")
    with pytest.raises(CommandError, match=r"Cannot read .*missing.json: No such file"):
        call_command("pull", "prices", "--feed", "litellm", "--file", str(tmp_path / "missing.json"))
    with pytest.raises(CommandError, match=r"LiteLLM price file: This is a web page \(HTML\)"):
        call_command("pull", "prices", "--feed", "litellm", "--file", str(page))
    with pytest.raises(CommandError, match="has no other form"):
        call_command("pull", "prices", "--feed", "reference-2026-01", "--file", str(LITELLM))
