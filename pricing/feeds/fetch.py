"""Fetches a price file over HTTP: with limits on time and size, and without following redirects."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from pricing.feeds.base import FeedError

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
MAX_BYTES = 30_000_000  # LiteLLM's file has 3 MB
TOO_MANY_REQUESTS = 429


def fetch(address: str) -> bytes:
    """The document at ADDRESS; raises FeedError with a sentence for whatever goes wrong."""
    host = urlsplit(address).hostname or address
    try:
        with httpx.stream("GET", address, timeout=TIMEOUT, follow_redirects=False) as response:
            _check(response, host)
            return _body(response, host)
    except httpx.TimeoutException as error:
        raise FeedError(f"{host} did not answer in time.", permanent=False) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FeedError(
            f"The network does not allow it or {host} cannot be reached.", permanent=False
        ) from error


def _check(response: httpx.Response, host: str) -> None:
    if response.is_redirect:
        raise FeedError(f"{host} sends us elsewhere: set the final address of the file.", permanent=True)
    if response.is_success:
        return
    temporary = response.is_server_error or response.status_code == TOO_MANY_REQUESTS
    raise FeedError(f"{host} answered {response.status_code}, not with prices.", permanent=not temporary)


def _body(response: httpx.Response, host: str) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise FeedError(
                f"{host} sent more than {MAX_BYTES // 1_000_000} MB: not a price file.", permanent=True
            )
    return bytes(body)
