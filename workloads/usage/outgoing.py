"""One guarded way out to a usage source: it goes to the address that was checked, reads so much and so long."""

from __future__ import annotations

import json
import socket
import time
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx

from workloads.usage.base import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5.0, 30.0, 60.0
MAX_BYTES = 64_000_000
TRIES = 3
LONGEST_WAIT = 60.0
HTTP_PORTS = {"http": 80, "https": 443}
# ipaddress calls these global, though they lead to any IPv4 address.
TUNNELS = tuple(map(IPv6Network, ("64:ff9b::/96", "2002::/16", "2001::/32")))


class TryAgainError(SourceError):
    """It may work in a moment: WAIT seconds, when the source says so."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message, permanent=False)
        self.wait = wait


def secret(reference: str, environment: Mapping[str, str]) -> str:
    """The key an `env:NAME` or `file:PATH` reference stands for; never stored, never shown."""
    kind, _, name = reference.partition(":")
    if kind == "env" and environment.get(name):
        return environment[name].strip()
    if kind == "file":
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SourceError(f"The key file {name} cannot be read ({error.strerror}).") from error
    if kind == "env":
        raise SourceError(f"The environment variable {name} is not set where the worker runs.")
    raise SourceError("The key must be a reference: env:NAME or file:PATH.")


def checked_address(host: str, port: int, *, allow_private: bool) -> str:
    """An address of HOST, every one of which may be reached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TryAgainError(
            f"The name {host} cannot be resolved: check the address, or the network."
        ) from error
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        refuse_address(host, address, allow_private=allow_private)
    return str(addresses[0])


def refuse_address(host: str, address: IPv4Address | IPv6Address, *, allow_private: bool) -> None:
    if may_reach(address, allow_private=allow_private):
        return
    if may_reach(address, allow_private=True):
        raise SourceError(
            f"{host} is at {address}, an address inside this network. "
            "If that is meant, tick `may be reached at a private address` on the source."
        )
    raise SourceError(f"{host} is at {address}, an address that is never called: give the proxy's own.")


def may_reach(address: IPv4Address | IPv6Address, *, allow_private: bool) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return may_reach(address.ipv4_mapped, allow_private=allow_private)
        if any(address in network for network in TUNNELS):
            return False
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False  # 169.254.169.254 hands out a machine's credentials: never, whatever is allowed
    return address.is_global or (allow_private and (address.is_private or address.is_loopback))


class JsonSource:
    """GET of JSON below one base address, with typed errors and three tries."""

    def __init__(
        self, base_url: str, key: str, *, allow_private: bool, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._base = httpx.URL(base_url.rstrip("/"))
        self._key = key
        self._allow_private = allow_private
        self._sleep = sleep
        self._client = httpx.Client(
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        )
        if self._base.scheme not in HTTP_PORTS or not self._base.host or self._base.userinfo:
            raise SourceError("The address must begin with http:// or https:// and carry no user name.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.close()

    def get(self, path: str, parameters: Mapping[str, str | int]) -> Any:
        for attempt in range(1, TRIES + 1):
            try:
                return self._get(path, parameters)
            except TryAgainError as error:
                if attempt == TRIES:
                    raise
                self._sleep(min(error.wait if error.wait is not None else 2.0**attempt, LONGEST_WAIT))
        raise AssertionError  # the last try returned or raised

    def _get(self, path: str, parameters: Mapping[str, str | int]) -> Any:
        base = self._base
        port = base.port or HTTP_PORTS[base.scheme]
        address = checked_address(base.host, port, allow_private=self._allow_private)
        url = base.copy_with(host=address, path=base.path.rstrip("/") + path, params=dict(parameters))
        headers = {
            "Host": base.netloc.decode(),
            "Authorization": f"Bearer {self._key}",
            "Accept": "application/json",
        }
        try:
            with self._client.stream(
                "GET", url, headers=headers, extensions={"sni_hostname": base.host}
            ) as response:
                refuse_status(response, path)
                body = read_body(response)
        except httpx.TimeoutException as error:
            raise TryAgainError(f"{base.host} did not answer in time.") from error
        except httpx.HTTPError as error:
            raise TryAgainError(
                f"{base.host} does not answer on port {port}: check the address, and that the proxy runs."
            ) from error
        return as_json(body)


def refuse_status(response: httpx.Response, path: str) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        return
    if status in {401, 403}:
        raise SourceError(
            "The source refused the key (unauthorised): it must be an admin key. A LiteLLM proxy that runs "
            "without a database answers the same way: it keeps no spend log to read."
        )
    if status == httpx.codes.NOT_FOUND:
        raise SourceError(
            f"The source has no {path} (not found): check the base address, and that LiteLLM is recent."
        )
    if status == httpx.codes.TOO_MANY_REQUESTS:
        wait = response.headers.get("Retry-After", "")
        raise TryAgainError(
            "The source asks for fewer calls (rate limited).", float(wait) if wait.isdecimal() else None
        )
    if response.is_redirect:
        raise SourceError(
            "The source sends elsewhere (a redirect), which is not followed: give its final address."
        )
    if response.is_server_error:
        raise TryAgainError(f"The source had an error of its own (status {status}).")
    raise SourceError(f"The source refused the call (status {status}).")


def read_body(response: httpx.Response) -> bytes:
    """The whole body, which must come in time and stay below the cap even when it unpacks."""
    until = time.monotonic() + WHOLE_SECONDS
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise SourceError(f"The source sent more than {MAX_BYTES // 1_000_000} MB for one page.")
        if time.monotonic() > until:
            raise TryAgainError("The source was too slow: one page took more than a minute.")
    return bytes(body)


def as_json(body: bytes) -> Any:
    if body.lstrip()[:1] == b"<":
        raise SourceError(
            "The source answered with a web page (HTML) instead of JSON: check the base address."
        )
    try:
        return json.loads(body)
    except ValueError as error:
        raise TryAgainError("The source's answer is broken JSON: it was probably cut off.") from error
