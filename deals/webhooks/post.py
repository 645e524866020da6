"""One attempt to send one message: bounded in time and size, to public addresses, no redirects."""

import time
from contextlib import suppress
from dataclasses import dataclass

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext_noop

from deals.feeds.addresses import NotFetched
from deals.feeds.connect import Deadline, GuardedTransport
from deals.webhooks.address import Refused, check_address

SECONDS = 15.0
CONNECT_SECONDS = 5.0
# An answer says nothing that we need but its status; so much is read, out of politeness.
MOST_READ = 64 * 1024
MOST_WAIT = 24 * 3600
# Kept as they stand here, and shown in the reader's language.
TOO_SLOW = gettext_noop("No answer came within 15 seconds.")
UNREACHED = gettext_noop("No connection was made, or it broke before the answer came.")
REDIRECTED = gettext_noop(
    "The receiver redirects, which is not followed: give the address that it leads to."
)
GONE = gettext_noop("The receiver says that it is gone for good.")
NOT_TAKEN = gettext_noop("The receiver did not take the message.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt: a status, or a problem in one sentence, or both.

    `retry_after` are the seconds that the receiver asks us to wait, if it does.
    """

    status: int | None
    seconds: float
    problem: str = ""
    retry_after: int | None = None

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: dict[str, str], *, seconds: float = SECONDS) -> Answer:
    """Send one message. Touches no database, so that several can wait at the same time."""
    began = time.monotonic()
    status: int | None = None
    retry_after: int | None = None
    try:
        # Settings may have changed since the address was given.
        status, retry_after = _sent(check_address(url), body, headers, seconds)
        problem = _status_problem(status)
    except (Refused, NotFetched) as refusal:
        problem = str(refusal)
    except httpcore.TimeoutException:
        problem = TOO_SLOW
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, OSError):
        problem = UNREACHED
    took = time.monotonic() - began
    if status is None and took >= seconds:
        # Whichever step the deadline cut short.
        problem = TOO_SLOW
    return Answer(status, round(took, 3), problem, retry_after)


def _sent(url: str, body: bytes, headers: dict[str, str], seconds: float) -> tuple[int, int | None]:
    """Status and `Retry-After` of the answer; reads at most 64 kB of it."""
    deadline = Deadline(seconds)
    transport = GuardedTransport(
        deadline, secure=url.startswith("https:"), allowed=settings.WEBHOOK_ALLOW_INSIDE
    )
    timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
    sent = {"content-type": "application/json", "user-agent": "InvestTrack-webhooks"} | headers
    with (
        httpx.Client(transport=transport, trust_env=False, timeout=timeout) as client,
        client.stream("POST", url, content=body, headers=sent, follow_redirects=False) as answer,
    ):
        # What counts has come with the status, however the rest of the answer ends.
        with suppress(httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException,
                      NotFetched, OSError):  # fmt: skip
            _read_some(answer)
        return answer.status_code, _retry_after(answer)


def _read_some(answer: httpx.Response) -> None:
    read = 0
    for block in answer.iter_raw(MOST_READ):
        read += len(block)
        if read >= MOST_READ:
            return


def _retry_after(answer: httpx.Response) -> int | None:
    text = answer.headers.get("retry-after", "").strip()
    readable = text.isascii() and text.isdigit() and len(text) <= 9
    return min(int(text), MOST_WAIT) if readable else None


def _status_problem(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return REDIRECTED
    return GONE if status == 410 else NOT_TAKEN
