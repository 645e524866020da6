"""What happens to deals after they were published, in one call each."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from deals.feeds.publish import publish
from deals.flows.listing import Page, Wanted, listing
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.models import Change, DealFact, DealVersion, ledger
from tests.factories import submit_version


def edit(version: DealVersion, **facts: Any) -> DealVersion:
    """Publish another version of the same deal; `facts` are all of it, as for `make_deal`."""
    new = submit_version(version.deal, **facts)
    publish([new.pk], by="system")
    new.refresh_from_db()
    return new


def retract(version: DealVersion) -> None:
    """Take a deal out of the register: its version is superseded and nothing follows it."""
    with transaction.atomic():
        entry = ledger.append(
            Change.Kind.RETRACTED, by="system", deal=version.deal, version=version
        )
        for model in (
            DealVersion.objects.filter(pk=version.pk),
            DealFact.objects.filter(pk=version.pk),
        ):
            model.update(superseded_seq=entry.seq)


def page_of(query: FlowQuery, **wanted: Any) -> Page:
    return listing(query, resolve(query), Wanted(**wanted))


def pages(query: FlowQuery, *, forward: bool = True, **wanted: Any) -> Iterator[Page]:
    """Every page from one cursor on, following the links as they are given."""
    while True:
        page = page_of(query, **wanted)
        yield page
        cursor = page.next if forward else page.previous
        if cursor is None:
            return
        wanted["cursor"] = cursor
