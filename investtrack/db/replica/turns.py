"""For a while the replica stands where everybody looks for the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

ALIAS = "replica"
_END = object()


@contextmanager
def instead() -> Iterator[None]:
    """Inside, in this thread, `connection` and the ORM's default are the replica.

    Each step of a streamed answer goes inside by itself, so that nothing else can be found there:
    neither what middlewares do between the steps, nor the next request of a thread.
    """
    primary = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[ALIAS]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = primary


def streams(response: HttpResponseBase) -> bool:
    """Whether its body may still ask the database."""
    return isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse)


def begun(response: StreamingHttpResponse, failed: Callable[[], None]) -> None:
    """Take the first piece, so that what fails before it can still be answered otherwise.

    All further pieces, and the end, also an early one, are taken from the replica, too. `failed`
    is called when one of them cannot be had.
    """
    pieces = iter(response)
    with instead():
        first = next(pieces, _END)
    closers = _closers(response)
    closers[:] = [partial(_inside, closer) for closer in closers]
    # Setting it adds the generator's own end, which comes last: what it holds is closed by then.
    response.streaming_content = _rest(first, pieces, failed)


def dropped(response: HttpResponseBase) -> None:
    """Let go of what an answer holds that nobody will see. It stays open as a request."""
    with instead():
        for closer in _closers(response):
            with suppress(Exception):
                closer()


def _closers(response: HttpResponseBase) -> list[Callable[[], object]]:
    """What Django calls when a response is closed, before it says that the request has ended."""
    found: list[Callable[[], object]] = vars(response)["_resource_closers"]
    return found


def _inside(closer: Callable[[], object]) -> None:
    with instead():
        closer()


def _rest(first: Any, pieces: Iterator[Any], failed: Callable[[], None]) -> Iterator[Any]:
    piece = first
    while piece is not _END:
        yield piece
        try:
            with instead():
                piece = next(pieces, _END)
        except BaseException:
            failed()
            raise
