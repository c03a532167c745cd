"""What every answer carries, and a form whose sign-in ended while it was typed."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.e2e import shell_pages

if TYPE_CHECKING:
    from workloads.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.e2e.shell_urls")]

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/test/volume/?x=1"}
TYPED = {"name": 'Ana\'s "bot"', "tokens": "60", "stance": "c", "stage": "live", "password": "secret"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def hidden(html: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', html)
    return {unescape(name): unescape(value) for name, value in found}


@pytest.fixture
def signed_in(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


@pytest.mark.parametrize(
    ("path", "status"),
    [("/test/parts/", 200), ("/test/refused/", 403), ("/nothing/", 404), ("/test/broken/", 500)],
)
def test_every_answer_carries_the_headers(signed_in: Client, path: str, status: int) -> None:
    signed_in.raise_request_exception = False
    answer = signed_in.get(path)
    assert answer.status_code == status
    assert {part.strip() for part in answer["Content-Security-Policy"].split(";")} == set(POLICY.split("; "))
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer["Permissions-Policy"]
    assert re.fullmatch("[0-9a-f]{12}", answer["X-Request-ID"])


def test_an_error_page_names_the_request_and_nothing_of_the_error(signed_in: Client) -> None:
    signed_in.raise_request_exception = False
    answer = signed_in.get("/test/broken/")
    html = answer.content.decode()
    assert f'<span class="mono">{answer["X-Request-ID"]}</span>' in html
    assert "on purpose" not in html


def test_two_requests_have_two_ids(client: Client) -> None:
    assert client.get("/livez")["X-Request-ID"] != client.get("/livez")["X-Request-ID"]


def test_a_page_sends_a_stranger_to_sign_in(client: Client) -> None:
    answer = client.get("/test/volume/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/test/volume/")


def test_htmx_is_sent_to_sign_in_as_a_whole_page(client: Client) -> None:
    answer = client.get("/test/volume/", headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/accounts/login/?next=/test/volume/%3Fx%3D1")
    assert answer.content == b""


def test_a_signed_out_form_comes_back_with_its_text(client: Client) -> None:
    answer = client.post("/test/plain/?step=2", TYPED)
    html = answer.content.decode()
    kept = hidden(html)
    assert answer.status_code == 403
    assert kept.pop("csrfmiddlewaretoken") != ""
    assert kept == {name: value for name, value in TYPED.items() if name != "password"}
    assert '<form action="/test/plain/?step=2" method="post">' in html
    assert "secret" not in html


def test_a_file_is_named_as_lost(client: Client) -> None:
    upload = SimpleUploadedFile("usage.csv", b"a,b")
    assert "A file cannot be kept" in client.post("/test/plain/", TYPED | {"file": upload}).content.decode()


def test_the_kept_form_can_be_sent_after_signing_in(client: Client, ana: User) -> None:
    shell_pages.SAVED.clear()
    kept = hidden(client.post("/test/plain/", TYPED).content.decode())
    assert shell_pages.SAVED == []
    client.force_login(ana)
    client.post("/test/plain/", kept)
    assert [saved["name"] for saved in shell_pages.SAVED] == [TYPED["name"]]


def test_htmx_gets_a_dialog_over_the_page_that_keeps_its_fields(client: Client) -> None:
    answer = client.post("/test/volume/", TYPED, headers=HTMX)
    assert answer.status_code == 422  # the one refusal htmx swaps
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#dialogs", "innerHTML")
    assert answer.content.decode().strip().startswith("<dialog")


@pytest.fixture
def strict(ana: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    client.get("/test/plain/")
    return client


def test_a_form_with_an_old_token_comes_back_with_its_text(strict: Client) -> None:
    answer = strict.post("/test/plain/", TYPED, headers={"Origin": "http://testserver"})
    kept = hidden(answer.content.decode())
    assert answer.status_code == 403
    shell_pages.SAVED.clear()
    strict.post("/test/plain/", kept, headers={"Origin": "http://testserver"})
    assert [saved["name"] for saved in shell_pages.SAVED] == [TYPED["name"]]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}])
def test_another_sites_form_is_never_offered_again(strict: Client, headers: dict[str, str]) -> None:
    answer = strict.post("/test/plain/", TYPED, headers=headers)
    html = answer.content.decode()
    assert answer.status_code == 403
    assert hidden(html).keys() <= {"csrfmiddlewaretoken"}  # the sign-out button's own
    assert "Send again" not in html
    assert "bot" not in html
