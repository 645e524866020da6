"""Fetch a feed's file from its address: only when it changed, in little memory, within limits."""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpcore
import httpx
from django.conf import settings

from deals.feeds.addresses import NotFetched, check_url, shown
from deals.feeds.connect import Deadline, GuardedTransport
from deals.feeds.receive import Received, receive_stream
from deals.rules.errors import quoted

MOST_REDIRECTS = 5
BLOCK = 64 * 1024
# RFC 6266: filename*=UTF-8''rounds.csv is meant to win over filename="rounds.csv". The email
# package's reader of such parameters stops at odd ones.
EXTENDED_NAME = re.compile(r"filename\*\s*=\s*utf-8'[^']*'([^;\s]+)", re.IGNORECASE)
PLAIN_NAME = re.compile(r"filename\s*=\s*(?:\"([^\"]*)\"|([^;\s\"]+))", re.IGNORECASE)
# As long as the models' columns for them.
LONGEST_ETAG, LONGEST_MODIFIED = 500, 100


def _max_bytes() -> int:
    return int(settings.IMPORT_MAX_BYTES)


def _max_seconds() -> float:
    return float(settings.FEED_MAX_SECONDS)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds until connected, between two parts, and in all; bytes after decompression."""

    connect: float = 5
    idle: float = 30
    total: float = field(default_factory=_max_seconds)
    bytes: int = field(default_factory=_max_bytes)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came. `file` is None when the server says that nothing changed (`status` 304)."""

    status: int
    file: Received | None
    etag: str
    last_modified: str
    final_url: str
    bytes: int
    content_type: str


def fetch(
    url: str, *, etag: str = "", last_modified: str = "", limits: Limits | None = None
) -> Fetched:
    """Get the file at `url`, unless it is still the one of `etag` or `last_modified`.

    Redirects are followed one by one, each checked like the first address. Raises `NotFetched`
    when nothing usable came, and `Refused` when the bytes that came are no table of text.
    """
    limits = limits or Limits()
    deadline = Deadline(limits.total)
    headers = {"user-agent": "InvestTrack-feeds", "accept": "*/*", "accept-encoding": "gzip"}
    if etag:
        headers["if-none-match"] = etag
    if last_modified:
        headers["if-modified-since"] = last_modified
    place = check_url(url)
    for _ in range(MOST_REDIRECTS + 1):
        step = _step(place, headers, limits, deadline)
        if isinstance(step, Fetched):
            return step
        place = step
    raise NotFetched(
        f"{shown(place)} was reached after {MOST_REDIRECTS} redirects and leads on again: "
        "give the address at which the file itself is.",
        again=False,
    )


def _step(
    url: httpx.URL, headers: dict[str, str], limits: Limits, deadline: Deadline
) -> Fetched | httpx.URL:
    """One request with a connection of its own, so that no cookie goes from one to the next."""
    timeout = httpx.Timeout(limits.idle, connect=limits.connect)
    transport = GuardedTransport(deadline, secure=url.scheme == "https")
    try:
        with (
            httpx.Client(transport=transport, trust_env=False, timeout=timeout) as client,
            client.stream("GET", url, headers=headers, follow_redirects=False) as answer,
        ):
            if answer.has_redirect_location:
                return _redirected(url, answer.headers["location"])
            return _received(url, answer, headers, limits)
    except httpcore.ConnectTimeout:
        raise NotFetched(
            f"{shown(url)} did not answer within {limits.connect:g} seconds."
        ) from None
    except httpcore.TimeoutException:
        # The deadline may have cut the pause short; then that is the reason.
        deadline.left()
        raise NotFetched(f"{shown(url)} fell silent for {limits.idle:g} seconds.") from None
    except httpcore.ConnectError:
        raise NotFetched(f"{shown(url)} could not be reached: no connection was made.") from None
    except (httpcore.NetworkError, httpcore.ProtocolError):
        raise NotFetched(
            f"The connection to {shown(url)} broke before the file was complete."
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotFetched(f"{shown(url)} could not be fetched ({type(error).__name__}).") from None


def _redirected(url: httpx.URL, location: str) -> httpx.URL:
    try:
        target = url.join(location)
    except (httpx.InvalidURL, ValueError):
        # What follows the question mark may be a key.
        place = quoted(location.partition("?")[0])
        raise NotFetched(
            f"{shown(url)} redirects to {place}, which is not a web address.",
            again=False,
        ) from None
    if url.scheme == "https" and target.scheme == "http":
        raise NotFetched(
            f"{shown(url)} redirects from https to plain http, where anybody on the way could "
            "change the file: ask the supplier for a secure address.",
            again=False,
        )
    return check_url(str(target))


def _received(
    url: httpx.URL, answer: httpx.Response, sent: dict[str, str], limits: Limits
) -> Fetched:
    """Status 200 with its body kept, or 304."""
    status = answer.status_code
    if status == 304 and ("if-none-match" in sent or "if-modified-since" in sent):
        return Fetched(304, None, *_validators(answer), shown(url), 0, "")
    if status != 200:
        raise NotFetched(_status_sentence(url, status), status=status)
    parts = _within(_decoded(url, answer), limits.bytes, url)
    file = receive_stream(_file_name(url, answer), parts)
    content_type = answer.headers.get("content-type", "").partition(";")[0].strip().casefold()
    return Fetched(200, file, *_validators(answer), shown(url), file.size, content_type)


def _within(parts: Iterable[bytes], most: int, url: httpx.URL) -> Iterator[bytes]:
    size = 0
    for part in parts:
        size += len(part)
        if size > most:
            raise NotFetched(
                f"The file at {shown(url)} has more than the {most / 1_048_576:,.0f} MB that are "
                "taken at once: ask the supplier for smaller files, or raise IMPORT_MAX_BYTES.",
                again=False,
                status=200,
            )
        yield part


def _decoded(url: httpx.URL, answer: httpx.Response) -> Iterator[bytes]:
    """The body without its transfer compression, in small blocks however much it swells.

    httpx's own decoders return whatever one block swells to at once.
    """
    coding = answer.headers.get("content-encoding", "").strip().casefold()
    raw = answer.iter_raw(BLOCK)
    if coding in ("", "identity"):
        yield from raw
    elif coding in ("gzip", "x-gzip"):
        yield from _gunzipped(url, raw)
    else:
        raise NotFetched(
            f"{shown(url)} sends its file compressed as {quoted(coding)}, which was not asked for."
        )


def _gunzipped(url: httpx.URL, raw: Iterable[bytes]) -> Iterator[bytes]:
    member = zlib.decompressobj(wbits=31)
    started = False
    try:
        for block in raw:
            while block:
                if member.eof:
                    if not block.strip(b"\x00"):
                        break
                    # A file may consist of several compressed ones, one after the other.
                    member, started = zlib.decompressobj(wbits=31), False
                part = member.decompress(block, BLOCK)
                started = True
                block = member.unused_data if member.eof else member.unconsumed_tail
                if part:
                    yield part
    except zlib.error:
        raise NotFetched(f"{shown(url)} sends a file whose compression is damaged.") from None
    if started and not member.eof:
        raise NotFetched(f"{shown(url)} sends a compressed file that ends in the middle.")


def _validators(answer: httpx.Response) -> tuple[str, str]:
    """ETag and Last-Modified, where they can be kept and sent back as they are."""
    etag = answer.headers.get("etag", "").strip()
    modified = answer.headers.get("last-modified", "").strip()
    return (
        etag if len(etag) <= LONGEST_ETAG and etag.isascii() and etag.isprintable() else "",
        modified
        if len(modified) <= LONGEST_MODIFIED and modified.isascii() and modified.isprintable()
        else "",
    )


def _file_name(url: httpx.URL, answer: httpx.Response) -> str:
    """As the server calls the file, else the last part of the address; never a path."""
    header = answer.headers.get("content-disposition", "")
    extended, plain = EXTENDED_NAME.search(header), PLAIN_NAME.search(header)
    named = unquote(extended[1]) if extended else ""
    if not named and plain:
        named = plain[1] or plain[2] or ""
    name = PurePosixPath((named or unquote(url.path)).replace("\\", "/")).name
    clean = "".join(char for char in name if char.isprintable()).strip(" .")
    return clean[-200:] or url.host


def _status_sentence(url: httpx.URL, status: int) -> str:
    where = shown(url)
    if status in (401, 403, 407):
        return f"{where} does not let us in (status {status}): ask the supplier for access."
    if status in (404, 410):
        return f"There is no file at {where} (status {status}): check the address."
    if status == 429:
        return f"{where} says that it is asked too often (status 429): choose a longer interval."
    if status >= 500:
        return f"The server of {where} has a fault of its own (status {status})."
    return f"{where} answered with status {status} instead of a file."
