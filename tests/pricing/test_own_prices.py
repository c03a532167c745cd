"""A price of one's own wins over feeds, says why wherever it is shown, and is ended with a reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from pricing import services
from pricing.feeds.base import OfferKey
from pricing.models import Conflict, Offer, OwnPrice, Quote
from pricing.selectors import Traffic, cost_of, price_snapshot
from pricing.selectors.book import own_prices_of
from pricing.signals import prices_changed
from tests.factories import UserFactory, person
from tests.pricing.said import DAY, TODAY, entry, genai, litellm, used

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
WHY = "Framework contract."
LATER = DAY + timedelta(days=10)


@pytest.fixture
def offer(db: None) -> Offer:
    """Two feeds disagree about it."""
    litellm(llama=entry(1, 2))
    genai(llama=(1.1, 2))
    return Offer.objects.get()


def enter(offer: Offer, by: Any, at: datetime = DAY, **other: Any) -> OwnPrice:
    reason = other.pop("reason", WHY)
    said: dict[str, Any] = {
        "amounts": {"input": Decimal("0.4"), "output": Decimal("0.8")},
        "currency": "USD",
        "valid_from": at.date(),
    }
    price = services.Price(**(said | other))
    return services.enter_own_price(offer.pk, price, reason=reason, source="contract 4711", by=by, as_of=at)


def test_an_own_price_wins_over_feeds_and_settles_their_conflict(offer: Offer, omar: Any) -> None:
    assert Conflict.objects.filter(closed_at=None).count() == 1
    own = enter(offer, omar)
    price = used()
    assert (price.own, price.quotes["input"].amount) == (own, Decimal("0.4"))
    assert Conflict.objects.filter(closed_at=None).count() == 0


def test_the_snapshot_names_who_entered_it_and_why(offer: Offer, omar: Any) -> None:
    enter(offer, omar, currency="USD")
    (priced,) = price_snapshot(services.freeze_snapshot(as_of=DAY)).token_offers
    assert priced.source == f"own price, entered by Omar on 21 Nov 2026: {WHY}"
    assert priced.output_usd_per_mtok == Decimal("0.8")


def test_feeds_go_on_and_change_nothing_while_it_holds(offer: Offer, omar: Any) -> None:
    enter(offer, omar)
    litellm(LATER, llama=entry(1.2, 2))
    assert used(at=LATER).feed.name == "own"
    assert Conflict.objects.filter(closed_at=None).count() == 0


def test_it_holds_to_the_end_of_its_last_day(offer: Offer, omar: Any) -> None:
    enter(offer, omar, until=LATER.date())
    feeds = [used(at=at).feed.name for at in (LATER, LATER + timedelta(days=1))]
    assert feeds == ["own", "genai-prices"]


def test_one_that_begins_later_does_not_hold_yet(offer: Offer, omar: Any) -> None:
    enter(offer, omar, valid_from=LATER.date())
    assert [used(at=at).feed.name for at in (DAY, LATER)] == ["genai-prices", "own"]


def test_another_operator_ends_it_with_a_reason_and_the_past_stays(offer: Offer, omar: Any) -> None:
    own = enter(offer, omar)
    olga = person("olga", "operator", None)
    services.end_own_price(own.pk, reason="Cancelled.", by=olga, as_of=LATER)
    own.refresh_from_db()
    assert (own.ended_by, own.end_reason, own.ended_at) == (olga, "Cancelled.", LATER)
    assert [used(at=at).feed.name for at in (DAY, LATER)] == ["own", "genai-prices"]
    assert Conflict.objects.filter(closed_at=None).count() == 1
    with pytest.raises(ValidationError, match="over already"):
        services.end_own_price(own.pk, reason="Again.", by=olga, as_of=LATER)


def test_one_ended_on_its_first_day_never_held(offer: Offer, omar: Any) -> None:
    own = enter(offer, omar)
    services.end_own_price(own.pk, reason="A typing error.", by=omar, as_of=DAY)
    assert used().feed.name == "genai-prices"
    assert set(own.quotes.values_list("state", flat=True)) == {"withdrawn"}


def test_a_new_own_price_ends_the_one_before_it_where_it_begins(offer: Offer, omar: Any) -> None:
    first = enter(offer, omar)
    enter(offer, omar, LATER, amounts={"input": Decimal("0.3"), "output": Decimal("0.6")}, reason="Renewed.")
    first.refresh_from_db()
    assert first.end_reason == "Replaced by another own price: Renewed."
    amounts = [used(at=at).quotes["input"].amount for at in (DAY, LATER)]
    assert amounts == [Decimal("0.4"), Decimal("0.3")]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"reason": " "}, "Say why"),
        ({"amounts": {"input": Decimal(1)}}, "Without a price for output"),
        ({"amounts": {"gpu_hour": Decimal(1), "input": Decimal(1), "output": Decimal(1)}}, "not sold by"),
        ({"amounts": {"input": Decimal(-1), "output": Decimal(1)}}, "0 or more"),
        ({"until": date(2026, 1, 1)}, "before the first"),
        ({"amounts": {"input": Decimal(0), "output": Decimal(1)}}, "The price of input is 0"),
    ],
)
def test_what_cannot_be_a_price_is_refused_and_changes_nothing(
    other: dict[str, Any], words: str, offer: Offer, omar: Any
) -> None:
    before = Quote.objects.count()
    with pytest.raises(ValidationError, match=words):
        enter(offer, omar, **other)
    assert (OwnPrice.objects.count(), Quote.objects.count()) == (0, before)


def test_machines_have_own_prices_by_the_hour(omar: Any) -> None:
    services.pull_here("reference-2026-01", as_of=DAY, source="shipped")
    machine = Offer.objects.get(slug="lambda:1xh100:rented")
    enter(machine, omar, amounts={"gpu_hour": Decimal("1.99")})
    assert used(machine.slug).quotes["gpu_hour"].amount == Decimal("1.99")


def test_own_prices_are_kept_by_the_database(offer: Offer, omar: Any) -> None:
    enter(offer, omar)
    for change in (
        lambda: OwnPrice.objects.update(reason="Other."),
        lambda: OwnPrice.objects.all().delete(),
        lambda: Quote.objects.exclude(own_price=None).update(amount=9),
        lambda: Quote.objects.exclude(own_price=None).update(own_price=None),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_entering_and_ending_each_ask_for_a_plan(
    offer: Offer, omar: Any, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[object] = []

    def listen(sender: object, **kwargs: object) -> None:
        heard.append(sender)

    prices_changed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        own = enter(offer, omar)
        services.end_own_price(own.pk, reason="Over.", by=omar, as_of=LATER)
    prices_changed.disconnect(listen)
    assert heard == [OwnPrice, OwnPrice]


def test_the_next_pull_notices_that_one_began_or_ran_out(
    offer: Offer, omar: Any, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[object] = []

    def listen(sender: object, **kwargs: object) -> None:
        heard.append(sender)

    first, last = (DAY + timedelta(days=days) for days in (2, 4))
    enter(offer, omar, valid_from=first.date(), until=last.date())
    prices_changed.connect(listen)
    told = []
    for days in range(1, 7):
        with django_capture_on_commit_callbacks(execute=True):
            litellm(DAY + timedelta(days=days), llama=entry(1, 2))
        told.append(len(heard))
    prices_changed.disconnect(listen)
    assert told == [0, 1, 1, 1, 2, 2]


def test_a_quote_of_an_own_price_is_not_refused_like_one_of_a_feed(offer: Offer, omar: Any) -> None:
    own = enter(offer, omar)
    with pytest.raises(ValidationError, match="price of your own"):
        services.decide_quote(own.quotes.all()[0].pk, "refuse", reason="No.", by=omar, as_of=DAY)


def answers(**other: str) -> dict[str, str]:
    day = f"{timezone.now():%Y-%m-%d}"
    said = {"input": "0.4", "output": "0.8", "currency": "usd", "valid_from": day, "until": ""}
    return said | {"source": "contract 4711", "reason": WHY} | other


def test_an_operator_enters_and_ends_it_on_the_pages(offer: Offer, omar: Any, client: Client) -> None:
    client.force_login(omar)
    address = reverse("pricing:own_price", args=[offer.pk])
    assert "In use today" in client.get(address).content.decode()
    assert client.post(address, answers()).status_code == 302
    page = client.get(reverse("pricing:offer", args=[offer.pk])).content.decode()
    book = client.get(reverse("pricing:book"), {"mark": "own"}).content.decode()
    assert (page.count(WHY) >= 2, WHY in book, "$0.4" in book) == (True, True, True)
    end = reverse("pricing:end_own_price", args=[OwnPrice.objects.get().pk])
    assert client.post(end, {"reason": ""}).status_code == 422
    assert client.post(end, {"reason": "Contract ended."}).status_code == 302
    page = client.get(reverse("pricing:offer", args=[offer.pk])).content.decode()
    assert "Contract ended." in page


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("input", "", "This field is required."),
        ("input", "a lot", "write it as 0.55"),
        ("output", "-1", "A price is 0 or more."),
        ("currency", "€", "three letters"),
        ("until", "2020-01-01", "The last day is before the first."),
        ("reason", "", "Say why"),
        ("input", "0", "say that it is free of charge"),
    ],
)
def test_a_wrong_answer_is_named_and_changes_nothing(
    name: str, value: str, words: str, offer: Offer, omar: Any, client: Client
) -> None:
    client.force_login(omar)
    response = client.post(reverse("pricing:own_price", args=[offer.pk]), answers(**{name: value}))
    assert (response.status_code, words in response.content.decode()) == (422, True)
    assert OwnPrice.objects.count() == 0


def test_a_price_of_0_is_taken_once_somebody_says_that_it_is_free(
    offer: Offer, omar: Any, client: Client
) -> None:
    client.force_login(omar)
    free = answers(input="0", output="0", is_free="on")
    assert client.post(reverse("pricing:own_price", args=[offer.pk]), free).status_code == 302
    page = client.get(reverse("pricing:offer", args=[offer.pk])).content.decode()
    assert ("$0<" in page, "0E-" in page) == (True, False)


@pytest.mark.parametrize(
    ("ended", "last_day", "never_held"), [(DAY, None, True), (LATER, date(2026, 11, 30), False)]
)
def test_an_ended_own_price_says_until_when_it_held(
    ended: datetime, last_day: date | None, never_held: bool, offer: Offer, omar: Any
) -> None:
    own = enter(offer, omar)
    (open_,) = own_prices_of(offer, TODAY)
    assert (open_.last_day, open_.never_held) == (None, False)
    services.end_own_price(own.pk, reason="Over.", by=omar, as_of=ended)
    (over,) = own_prices_of(offer, TODAY)
    assert (over.last_day, over.never_held) == (last_day, never_held)


def test_the_page_shows_the_day_it_was_ended_instead_of_open(offer: Offer, omar: Any, client: Client) -> None:
    now = timezone.now()
    own = enter(offer, omar, now)
    services.end_own_price(own.pk, reason="Over.", by=omar, as_of=now)
    client.force_login(omar)
    page = client.get(reverse("pricing:offer", args=[offer.pk])).content.decode()
    assert f'{now.day} {now:%b %Y}<span class="sub">it never held</span>' in page


def test_others_can_neither_enter_nor_end_one(offer: Offer, omar: Any, ana: Any, client: Client) -> None:
    own = enter(offer, omar)
    client.force_login(ana)
    assert client.post(reverse("pricing:own_price", args=[offer.pk]), answers()).status_code == 403
    end = reverse("pricing:end_own_price", args=[own.pk])
    assert client.post(end, {"reason": "No."}).status_code == 403
    assert OwnPrice.objects.filter(ended_at=None).count() == 1
    assert (
        "Enter your own price" not in client.get(reverse("pricing:offer", args=[offer.pk])).content.decode()
    )


@pytest.mark.parametrize("times", [1, 3])
def test_the_page_of_an_offer_is_as_many_queries_however_often_it_was_priced(
    times: int, offer: Offer, omar: Any, client: Client, django_assert_num_queries: Any
) -> None:
    for count in range(times):
        enter(offer, omar, DAY + timedelta(days=count))
    assert OwnPrice.objects.count() == times
    client.force_login(omar)
    client.get(reverse("pricing:offer", args=[offer.pk]))
    with django_assert_num_queries(21):
        client.get(reverse("pricing:offer", args=[offer.pk]))


GEMINI = {"provider": "azure", "model": "gemini-2.5-flash"}


def cost_of_gemini(day: date) -> Any:
    tokens = {"input": 1_000_000, "output": 1_000_000}
    return cost_of(Traffic("azure", "gemini-2.5-flash", day, tokens))


def test_a_price_no_feed_lists_is_added_from_the_line_it_is_missing_in(omar: Any, client: Client) -> None:
    client.force_login(omar)
    address, asked = reverse("pricing:add_price"), GEMINI | {"from": "2026-10-01"}
    page = client.get(address, asked).content.decode()
    assert [f'value="{value}"' in page for value in asked.values()] == [True] * 3
    assert cost_of_gemini(TODAY).usd is None
    typed = answers(valid_from="2026-10-01", **GEMINI)
    assert client.post(address, typed | {"reason": ""}).status_code == 422
    assert (Offer.objects.count(), OwnPrice.objects.count()) == (0, 0)
    answer = client.post(address, typed)
    offer = Offer.objects.get()
    assert answer.url == reverse("pricing:offer", args=[offer.pk])
    assert WHY in client.get(answer.url).content.decode()
    assert cost_of_gemini(date(2026, 10, 1)).usd == Decimal("1.2")
    assert cost_of_gemini(date(2026, 9, 30)).usd is None


def test_nothing_is_made_up_about_who_sells_it(omar: Any, client: Client) -> None:
    client.force_login(omar)
    client.post(reverse("pricing:add_price"), answers(provider="Somewhere", model="unheard-of"))
    offer = Offer.objects.select_related("provider", "model").get()
    assert (offer.slug, offer.provider.jurisdiction) == ("somewhere:unheard-of", "")
    assert (offer.model.open_weights, offer.model.licence) == (None, "")


def test_what_the_book_knows_leads_to_the_page_of_its_own_price(
    offer: Offer, omar: Any, client: Client
) -> None:
    client.force_login(omar)
    answer = client.get(
        reverse("pricing:add_price"), {"provider": "Groq", "model": "llama", "from": "2026-10-01"}
    )
    assert answer.url.startswith(reverse("pricing:own_price", args=[offer.pk]))
    assert 'value="2026-10-01"' in client.get(answer.url).content.decode()
    client.post(reverse("pricing:add_price"), answers(provider="groq", model="llama"))
    assert (Offer.objects.count(), OwnPrice.objects.get().offer) == (1, offer)


def test_names_that_read_like_another_offer_add_nothing(omar: Any) -> None:
    price = services.Price({"input": Decimal(1), "output": Decimal(1)}, "USD", TODAY)
    why: dict[str, Any] = {"reason": WHY, "source": "contract 4711", "by": omar, "as_of": DAY}
    services.price_new_offer(OfferKey("azure", "m", "eu"), price, **why)
    with pytest.raises(ValidationError, match="read like another offer"):
        services.price_new_offer(OfferKey("azure", "m:eu"), price, **why)
    assert (Offer.objects.count(), OwnPrice.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("provider", "a/b", "A provider is one name"),
        ("model", "folder/", "Name the model"),
        ("region", "a:b", "A region is one name"),
        ("input", "0", "say that it is free of charge"),
    ],
)
def test_a_wrong_name_is_told_and_adds_nothing(
    name: str, value: str, words: str, omar: Any, client: Client
) -> None:
    client.force_login(omar)
    answer = client.post(reverse("pricing:add_price"), answers(**(GEMINI | {name: value})))
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert (Offer.objects.count(), OwnPrice.objects.count()) == (0, 0)


def test_only_an_operator_adds_a_price(ana: Any, client: Client) -> None:
    client.force_login(ana)
    address = reverse("pricing:add_price")
    assert (client.get(address).status_code, client.post(address, answers(**GEMINI)).status_code) == (
        403,
        403,
    )
    assert "Add a price" not in client.get(reverse("pricing:book")).content.decode()
    client.force_login(UserFactory.create())
    assert client.get(address).status_code == 404
    assert Offer.objects.count() == 0
