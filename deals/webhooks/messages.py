"""What a message says: entries of the ledger exactly as `GET changes/` has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.conf import settings

from deals.flows.changes import Entry, entries
from deals.flows.listing import Wanted
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.flows.touched import touched
from deals.models import Change
from deals.models.documents import dumps

CHANGED, TEST = "deals.changed", "webhook.test"
# Entries in one message, and bytes of them; whoever is told that there are more asks for the rest.
MOST, MOST_BYTES = 100, 200_000


@dataclass(frozen=True, slots=True)
class Told:
    """Entries of the ledger between `after` (not it) and `head` that concern a webhook."""

    after: int
    head: int
    texts: tuple[str, ...]
    more: bool
    # Up to where the message itself tells.
    upto: int


def told(query: Mapping[str, str], after: int, head: int) -> Told:
    """The first entries; `query` are the parameters of a question, {} means all entries.

    Raises `BadParameters` when the question cannot be asked any more.
    """
    found = _entries(query, after, head)
    texts: list[str] = []
    size = 0
    for entry in found[:MOST]:
        text = entry.text(documents=False)
        size += len(text.encode())
        if size > MOST_BYTES:
            break
        texts.append(text)
    more = len(texts) < len(found)
    last = found[len(texts) - 1].seq if texts else after
    return Told(after, head, tuple(texts), more, last if more else head)


def message(found: Told, now: datetime) -> str:
    """The body, as it is signed and sent. Two webhooks that are told the same get the same."""
    data = {
        "after": found.after,
        "head": found.head,
        "more": found.more,
        "url": f"{settings.SITE_URL}/api/v1/changes/?after={found.upto}",
    }
    changes = ",".join(found.texts)
    return f'{_begin(CHANGED, now)},"data":{dumps(data)[:-1]},"changes":[{changes}]}}}}'


def test_message(head: int, now: datetime) -> str:
    """A body that tells of nothing."""
    data = dumps({"after": head, "head": head, "more": False, "changes": []})
    return f'{_begin(TEST, now)},"data":{data}}}'


def new_id() -> str:
    return f"msg_{uuid4().hex}"


def _begin(kind: str, now: datetime) -> str:
    at = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return dumps({"type": kind, "timestamp": at})[:-1]


def _entries(query: Mapping[str, Any], after: int, head: int) -> list[Entry]:
    """One more than a message holds, so that it is known whether there are more."""
    if not query:
        return entries(after, head, MOST + 1)
    asked = FlowQuery.from_params(query)
    seqs = touched(asked, resolve(asked), Wanted(), after=after, before=head + 1, most=MOST + 1)
    # What was erased is not there to be asked about; everybody who may hold a copy is told.
    erased = Change.objects.filter(kind=Change.Kind.PURGED, seq__gt=after, seq__lte=head)
    seqs = sorted({*seqs, *erased.order_by("seq").values_list("seq", flat=True)[: MOST + 1]})
    seqs = seqs[: MOST + 1]
    return entries(seqs[0] - 1, seqs[-1], len(seqs), only=seqs) if seqs else []
