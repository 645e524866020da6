"""Connections that go only where `addresses` allows, and end when their time is over.

The check is made where a socket is opened, and the socket is opened to the address that was
checked; so neither a redirect nor a name that changes its answer leads anywhere else.
"""

import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx

from deals.feeds.addresses import NotFetched, resolve
from deals.rules.errors import quoted


class Deadline:
    """A number of seconds from now, against a server that never quite stops sending."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that remain. Raises `NotFetched` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise NotFetched(
                f"The file had not come completely after {self.seconds:,.0f} seconds, so it was "
                "given up."
            )
        return left


class GuardedStream(httpcore.NetworkStream):
    """A connection whose every step is cut at the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._cut(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._cut(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            inner = self._inner.start_tls(ssl_context, server_hostname, self._cut(timeout))
        except httpcore.ConnectError as error:
            cause = error.__cause__
            if not isinstance(cause, ssl.SSLError):
                raise
            why = getattr(cause, "verify_message", "") or cause.reason or "no TLS"
            raise NotFetched(
                f"No secure connection to {quoted(server_hostname or '')} could be made ({why}): "
                "its certificate has to be valid for that name."
            ) from None
        return GuardedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _cut(self, timeout: float | None) -> float:
        left = self._deadline.left()
        return left if timeout is None else min(timeout, left)


class GuardedBackend(httpcore.NetworkBackend):
    """Looks a name up once, checks all answers, and connects to one of exactly these."""

    def __init__(self, deadline: Deadline, allowed: Iterable[str] | None = None) -> None:
        self._deadline = deadline
        self._allowed = allowed
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        each = self._deadline.left() if timeout is None else timeout
        seconds = min(each, self._deadline.left())
        addresses = resolve(host, port, seconds=seconds, allowed=self._allowed)
        problem: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(
                    # Digits, not a name: nothing is looked up a second time.
                    address,
                    port,
                    timeout=min(each, self._deadline.left()),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                return GuardedStream(stream, self._deadline)
        raise problem

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise NotFetched("Feeds are fetched from web addresses only.", again=False)


class _Body(httpx.SyncByteStream):
    def __init__(self, parts: Any) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts

    def close(self) -> None:
        self._parts.close()


def _trusting() -> ssl.SSLContext:
    """The usual public authorities, and those that this machine trusts besides."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


class GuardedTransport(httpx.BaseTransport):
    """httpx over guarded connections; knows no proxies, since one would connect for us.

    `allowed` are hosts that may be inside ones, those for feeds unless others are given. Raises
    httpcore's errors as they are.
    """

    def __init__(
        self, deadline: Deadline, *, secure: bool, allowed: Iterable[str] | None = None
    ) -> None:
        context = _trusting() if secure else None
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=1,
            network_backend=GuardedBackend(deadline, allowed),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._pool.close()
