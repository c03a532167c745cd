"""What is known of an offer, of who sells it and of a snapshot: shown with its source, and unknown where it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from pricing import services
from pricing.models import Certificate, Conflict, Offer, Provider, Snapshot
from pricing.selectors import book, price_snapshot
from pricing.selectors.offers import offer_page
from tests.factories import UserFactory
from tests.pricing.said import DAY, TODAY, entry, genai, litellm, pulled

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def euro(by: Any, day: date = TODAY, rate: str = "1.08") -> None:
    services.enter_rate(currency="EUR", usd_per_unit=Decimal(rate), day=day, source="ECB", by=by, as_of=DAY)


def certify(by: Any, name: str = "ISO 27001", **other: Any) -> Certificate:
    said = {"source": "their trust page", "read_on": TODAY, "until": None} | other
    provider = Provider.objects.get(slug="groq")
    return services.enter_certificate(provider.pk, name=name, **said, by=by, as_of=DAY)


# --- why a price is in use


def test_an_offer_says_why_its_price_is_in_use(omar: Any) -> None:
    litellm(llama=entry(1, 2))
    offer = Offer.objects.get()
    said = [offer_page(offer, DAY).why]
    genai(llama=(1.1, 2))
    said.append(offer_page(offer, DAY).why)
    services.choose_feed(Conflict.objects.get().pk, "litellm", reason="Right.", by=omar, as_of=DAY)
    said.append(offer_page(offer, DAY).why)
    said.append(offer_page(offer, DAY - timedelta(days=9)).why)
    assert said == [
        "No other feed has a price for it.",
        "It counts before LiteLLM price file.",
        "An operator chose it over genai-prices, until one of the two changes.",
        "No price holds today.",
    ]


def test_euros_are_turned_into_dollars_at_the_rate_of_the_day_and_a_stale_one_is_marked(omar: Any) -> None:
    services.pull_here("reference-2026-01", as_of=DAY, source="shipped")
    offer = Offer.objects.get(slug="scaleway:1xh100:managed")
    assert offer_page(offer, DAY).lines[0].usd is None
    euro(omar, TODAY - timedelta(days=35))
    page = offer_page(offer, DAY)
    assert (page.lines[0].usd, page.rate_is_stale) == (Decimal("3.4") * Decimal("1.08"), False)
    assert offer_page(offer, DAY + timedelta(days=1)).rate_is_stale


def test_a_price_of_several_gpus_is_told_for_each(omar: Any) -> None:
    services.pull_here("reference-2026-01", as_of=DAY, source="shipped")
    page = offer_page(Offer.objects.get(slug="lambda:8xh100:rented"), DAY)
    assert (page.lines[0].quote.amount, page.lines[0].each_gpu) == (Decimal("19.92"), Decimal("2.49"))
    assert page.gpu_memory_gb == 80


def test_the_page_of_a_model_shows_licence_size_context_and_end(ana: Any, client: Client) -> None:
    models = {"groq/gpt-oss-120b": entry(1, 2, deprecation_date="2027-03-01")}
    pulled("litellm", timezone.now(), models)
    client.force_login(ana)
    page = client.get(reverse("pricing:offer", args=[Offer.objects.get().pk])).content.decode()
    for words in (
        "Apache-2.0",
        "116.83 B parameters, 5.13 B active",
        "131 k",
        "LiteLLM price file says so since",
    ):
        assert words in page, words


def test_the_book_marks_an_announced_end_only_where_it_was_announced() -> None:
    models = {
        "groq/llama": entry(1, 2, deprecation_date="2027-03-01"),
        "azure/llama": entry(1, 2) | {"litellm_provider": "azure"},
    }
    pulled("litellm", DAY, models)
    rows = {row.offer.slug: row.offer for row in book.book({"kind": "token"}, None, TODAY)}
    ends = {slug: (offer.ends, offer.ends_on) for slug, offer in rows.items()}
    assert ends == {"groq:llama": (True, date(2027, 3, 1)), "azure:llama": (False, None)}


def test_what_is_unknown_of_an_offer_is_called_unknown(ana: Any, client: Client) -> None:
    genai(brandnew=(1, 2), provider="nobody-knows-them")
    client.force_login(ana)
    page = client.get(reverse("pricing:offer", args=[Offer.objects.get().pk])).content.decode()
    assert "Its class cannot be told" in page
    assert "Jurisdiction unknown: it enters no decision" in page
    assert page.count("<dd>unknown</dd>") == 4  # weights, licence, size, context


def test_an_offer_without_a_price_says_what_to_do(ana: Any, client: Client) -> None:
    litellm(llama=entry(0, 0))
    client.force_login(ana)
    page = client.get(reverse("pricing:offer", args=[Offer.objects.get().pk])).content.decode()
    assert ("No price known" in page, "enter your own price" in page) == (True, True)


def test_a_price_without_a_currency_is_not_called_dollars(ana: Any, client: Client) -> None:
    document = b"InstanceType,AcceleratorName,AcceleratorCount,Price,Region,SpotPrice\nx,L4,1,0.38,it-1,\n"
    services.pull_here(
        "skypilot", as_of=timezone.now(), source="file", upload=services.Upload("seeweb.csv", document)
    )
    client.force_login(ana)
    page = client.get(reverse("pricing:offer", args=[Offer.objects.get().pk])).content.decode()
    assert ("¤0.38" in page, "$0.38" in page, "does not say in which currency" in page) == (True, False, True)


# --- filters


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"weights": "open"}, {"groq:llama"}),
        ({"weights": "closed"}, {"mistral:claude-x"}),
        ({"weights": "unknown"}, {"groq:brandnew", "nobody:brandnew"}),
        ({"jurisdiction": "US"}, {"groq:llama", "groq:brandnew"}),
        ({"jurisdiction": "unknown"}, {"nobody:brandnew"}),
        ({"provider": "mistral"}, {"mistral:claude-x"}),
        ({"provider": "groq", "weights": "open", "q": "lla"}, {"groq:llama"}),
    ],
)
def test_the_book_is_narrowed_by_what_is_known(filters: dict[str, str], found: set[str]) -> None:
    rows = {
        "groq/llama": ("groq", "llama"),
        "groq/brandnew": ("groq", "brandnew"),
        "m/claude-x": ("mistral", "claude-x"),
        "n/brandnew": ("nobody", "brandnew"),
    }
    pulled("litellm", DAY, {key: entry(1, 2) | {"litellm_provider": who} for key, (who, _) in rows.items()})
    page = book.book({"kind": "token"} | filters, None, TODAY)
    assert {row.offer.slug for row in page} == found


def test_the_book_offers_only_what_there_is_to_choose(ana: Any, client: Client) -> None:
    litellm(llama=entry(1, 2))
    client.force_login(ana)
    form = client.get(reverse("pricing:book"), {"jurisdiction": "XX", "weights": "open"}).context["form"]
    assert form.fields["provider"].choices == [("", "All"), ("groq", "Groq")]
    assert form.fields["jurisdiction"].choices == [("", "All"), ("US", "US")]
    assert form.filters()["weights"] == "open"


# --- certificates


def test_a_certificate_holds_to_its_last_day_and_no_longer(omar: Any) -> None:
    litellm(llama=entry(1, 2))
    certify(omar, until=TODAY + timedelta(days=3))
    offer = Offer.objects.get()
    shown = [
        [row.name for row in offer_page(offer, DAY + timedelta(days=days)).certificates] for days in (3, 4)
    ]
    assert shown == [["ISO 27001"], []]


def test_a_certificate_is_entered_once_and_taken_out_with_a_reason(omar: Any) -> None:
    litellm(llama=entry(1, 2))
    found = certify(omar)
    with pytest.raises(ValidationError, match="stands already"):
        certify(omar, "iso 27001")
    with pytest.raises(ValidationError, match="over already"):
        certify(omar, "SOC 2", until=date(2020, 1, 1))
    services.take_out_certificate(found.pk, reason="Lapsed.", by=omar, as_of=DAY)
    with pytest.raises(ValidationError, match="taken out already"):
        services.take_out_certificate(found.pk, reason="Again.", by=omar, as_of=DAY)
    assert certify(omar).pk != found.pk
    for change in (lambda: Certificate.objects.update(name="x"), lambda: Certificate.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_an_operator_enters_and_takes_out_certificates_on_the_page(omar: Any, client: Client) -> None:
    litellm(llama=entry(1, 2))
    client.force_login(omar)
    address = reverse("pricing:provider", args=["groq"])
    answers = {"name": "SecNumCloud", "source": "ANSSI list", "read_on": "2026-11-01", "until": ""}
    wrong = client.post(address, answers | {"read_on": "2999-01-01"})
    assert (wrong.status_code, "has not come yet" in wrong.content.decode()) == (422, True)
    assert client.post(address, answers).status_code == 302
    page = client.get(address).content.decode()
    assert ("SecNumCloud" in page, "ANSSI list" in page, "Holds" in page) == (True, True, True)
    out = reverse("pricing:take_out_certificate", args=[Certificate.objects.get().pk])
    assert client.post(out, {"reason": ""}).status_code == 422
    assert client.post(out, {"reason": "Lapsed."}).status_code == 302
    assert "Lapsed." in client.get(address).content.decode()


def test_others_read_certificates_and_change_none(omar: Any, ana: Any, client: Client) -> None:
    litellm(llama=entry(1, 2))
    found = certify(omar)
    client.force_login(ana)
    address = reverse("pricing:provider", args=["groq"])
    assert "ISO 27001" in client.get(address).content.decode()
    assert client.post(address, {"name": "SOC 2"}).status_code == 403
    out = reverse("pricing:take_out_certificate", args=[found.pk])
    assert client.post(out, {"reason": "No."}).status_code == 403
    assert Certificate.objects.filter(taken_out_at=None).count() == 1
    assert client.get(reverse("pricing:provider", args=["nobody"])).status_code == 404


# --- snapshots and their rates


def test_a_snapshot_uses_the_rate_of_its_day_and_says_which(omar: Any) -> None:
    euro(omar, date(2026, 10, 1), "1.05")
    euro(omar, TODAY)
    early = services.freeze_snapshot(as_of=datetime(2026, 10, 2, tzinfo=UTC))
    late = services.freeze_snapshot(as_of=DAY)
    assert [snapshot.document["rates"]["EUR"] for snapshot in (early, late)] == [
        {"day": "2026-10-01", "source": "ECB"},
        {"day": "2026-11-21", "source": "ECB"},
    ]
    assert price_snapshot(early).usd_per("EUR") == 1.05
    assert (early.sha, price_snapshot(late).sha) == (price_snapshot(early).sha, late.sha)


def test_a_newer_rate_of_the_same_worth_is_another_snapshot(omar: Any) -> None:
    euro(omar, date(2026, 10, 1))
    first = services.freeze_snapshot(as_of=DAY)
    euro(omar, TODAY)
    assert services.freeze_snapshot(as_of=DAY) != first


def test_the_page_of_a_snapshot_names_rates_and_what_people_settled(omar: Any, client: Client) -> None:
    euro(omar, date(2026, 9, 1))
    litellm(llama=entry(1, 2), gemma=entry(3, 4))
    genai(llama=(1.1, 2))
    services.choose_feed(Conflict.objects.get().pk, "litellm", reason="Their page.", by=omar, as_of=DAY)
    snapshot = services.freeze_snapshot(as_of=DAY)
    client.force_login(omar)
    address = reverse("pricing:snapshot", args=[snapshot.name])
    page = client.get(address)
    text = page.content.decode()
    for words in ("Settled by people", "chosen by Omar on 21 Nov 2026: Their page.", "ECB", "Stale"):
        assert words in text, words
    assert [each.id for each in page.context["settled"]] == ["groq:llama"]
    assert [each.id for each in client.get(address, {"q": "gemma"}).context["page"]] == ["groq:gemma"]
    assert "No offer has these words." in client.get(address, {"q": "nothing"}).content.decode()


def test_a_snapshot_nobody_froze_is_not_found_and_a_stranger_sees_none(ana: Any, client: Client) -> None:
    services.reference_snapshot_row()
    client.force_login(ana)
    assert client.get(reverse("pricing:snapshot", args=["spring"])).status_code == 404
    client.force_login(UserFactory())
    assert client.get(reverse("pricing:snapshot", args=[Snapshot.objects.get().name])).status_code == 404


def test_a_rate_that_is_too_old_is_marked_on_the_page_of_feeds(omar: Any, client: Client) -> None:
    euro(omar, timezone.now().date() - timedelta(days=60))
    client.force_login(omar)
    assert len(client.get(reverse("pricing:feeds")).context["stale_rates"]) == 1
    euro(omar, timezone.now().date())
    assert client.get(reverse("pricing:feeds")).context["stale_rates"] == set()
