"""Asking an InvestTrack: conditional, patient with limits and pauses, plain about failures."""

import random
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from deals.mirror.troubles import CutOff, ServerTrouble

API = "/api/v1/"
WAIT_FOR = (429, 502, 503, 504)
LONGEST_PAUSE = 60.0
# How long a server may be away or busy before a run gives up, in seconds.
PATIENCE = 300.0
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer, and the mark by which it is asked for again."""

    body: Any
    etag: str


class Client:
    """One server. `say` is told when it keeps us waiting."""

    def __init__(
        self,
        url: str,
        key: str = "",
        *,
        say: Callable[[str], object] = lambda said: None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
        patience: float = PATIENCE,
    ) -> None:
        self.url = _checked(url, key)
        self._say, self._sleep, self._patience = say, sleep, patience
        # Whether the server ever answered: a name that is unknown before is a slip of the pen.
        self._met = False
        headers = {"User-Agent": "investtrack-mirror/1", "Accept-Encoding": "gzip"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._http = httpx.Client(
            headers=headers, transport=transport, timeout=httpx.Timeout(30, read=300)
        )

    def close(self) -> None:
        self._http.close()

    def get(
        self, path: str, params: Mapping[str, str] | None = None, etag: str = ""
    ) -> Answer | None:
        """The answer of an address of the API; None when it is still the one of `etag`."""
        with self._sent(path, params, {"If-None-Match": etag} if etag else {}) as response:
            if response.status_code == 304:
                return None
            try:
                body = orjson.loads(response.read())
            except (orjson.JSONDecodeError, httpx.DecodingError):
                raise self._no_investtrack(path) from None
            except httpx.TransportError:
                raise CutOff(f"{self.url} broke off its answer; try again.") from None
        return Answer(body, response.headers.get("ETag", ""))

    def lines(self, path: str, params: Mapping[str, str]) -> Iterator[str]:
        """An answer line by line, while it comes. Raises `CutOff` where it breaks off."""
        with self._sent(path, params, {}) as response:
            rest = b""
            try:
                for block in response.iter_bytes():
                    *whole, rest = (rest + block).split(b"\n")
                    yield from (line.decode() for line in whole)
            except (httpx.TransportError, httpx.DecodingError) as error:
                raise CutOff(f"{self.url} broke off its export: {error}.") from None
            if rest:
                yield rest.decode()

    @contextmanager
    def _sent(
        self, path: str, params: Mapping[str, str] | None, headers: dict[str, str]
    ) -> Iterator[httpx.Response]:
        """A response that may be read; whoever asks us to wait is waited for."""
        request = self._http.build_request(
            "GET", f"{self.url}{API}{path}", params=params or {}, headers=headers
        )
        waited, pause = 0.0, 1.0
        while True:
            response, why, asked = self._try(request)
            if response is not None and response.status_code not in WAIT_FOR:
                break
            if response is not None:
                response.close()
            wait = asked if asked is not None else pause * random.uniform(0.5, 1)
            waited, pause = waited + wait, min(pause * 2, LONGEST_PAUSE)
            if waited > self._patience:
                raise ServerTrouble(f"{why} Given up after {int(waited - wait)} seconds.")
            self._say(f"{why} Asked again in {max(wait, 1):.0f} s.")
            self._sleep(wait)
        try:
            self._refuse(response, path)
            yield response
        finally:
            response.close()

    def _try(self, request: httpx.Request) -> tuple[httpx.Response | None, str, float | None]:
        """The response, or why there is none; and for how many seconds the server wants a rest."""
        try:
            response = self._http.send(request, stream=True)
        except httpx.TransportError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                said = f"The certificate of {self.url} cannot be trusted: {error}."
                raise ServerTrouble(said) from None
            if not self._met and _is_unknown(error):
                said = f"There is no server of that name: {request.url.host} ({error})."
                raise ServerTrouble(said) from None
            return None, f"{self.url} cannot be reached ({error}).", None
        self._met = True
        said = {429: "says that we asked too often"}.get(response.status_code, "is not available")
        why = f"{self.url} {said} ({response.status_code})."
        return response, why, _retry_after(response.headers.get("Retry-After", ""))

    def _refuse(self, response: httpx.Response, path: str) -> None:
        status = response.status_code
        if status in (200, 304):
            return
        if status in (401, 403):
            raise ServerTrouble(f"{self.url} refuses the key ({status}): {_detail(response)}")
        if 300 <= status < 400:
            goal = response.headers.get("Location", "")
            raise ServerTrouble(f"{self.url} sends us on to {goal}: give that address instead.")
        if status == 404:
            raise self._no_investtrack(path)
        raise ServerTrouble(f"{self.url} answers {path} with {status}: {_detail(response)}")

    def _no_investtrack(self, path: str) -> ServerTrouble:
        return ServerTrouble(
            f"{self.url}{API}{path} is not what an InvestTrack answers: is the address right, and "
            "is the server as new as this program?"
        )


def _checked(url: str, key: str) -> str:
    """The address of the server, without that of its API."""
    root = url.strip().rstrip("/").removesuffix(API.rstrip("/")).rstrip("/")
    try:
        parts = urlsplit(root)
        host = parts.hostname
    except ValueError:
        parts, host = None, None
    if parts is None or parts.scheme not in ("http", "https") or not host:
        raise ServerTrouble(f"“{url[:200]}” is no address such as https://investtrack.example.")
    if key and parts.scheme == "http" and host not in LOCAL:
        raise ServerTrouble("A key is never sent unencrypted: give the address with https://.")
    return root


def _is_unknown(error: BaseException | None) -> bool:
    """Whether a connection failed for want of an address of that name."""
    while error is not None and not isinstance(error, socket.gaierror):
        error = error.__cause__ or error.__context__
    return error is not None


def _retry_after(text: str) -> float | None:
    """Seconds, or until a date (RFC 9110, section 10.2.3)."""
    if text.isascii() and text.isdigit() and len(text) < 8:
        return float(text)
    try:
        seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
    return max(seconds, 0.0)


def _detail(response: httpx.Response) -> str:
    """What a problem document says, or the beginning of what came instead."""
    try:
        text = response.read()[:100_000]
    except httpx.TransportError:
        return "no more was said."
    try:
        said = orjson.loads(text)
        detail = [said.get("detail", ""), *(e.get("detail", "") for e in said.get("errors") or ())]
        return " ".join(filter(None, map(str, detail)))
    except (orjson.JSONDecodeError, AttributeError):
        return f"{text[:200].decode(errors='replace')!r}"
