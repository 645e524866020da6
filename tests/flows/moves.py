"""What happens to deals after they were published, in one call each."""

from collections.abc import Iterator
from typing import Any

from deals import actions
from deals.feeds.publish import publish
from deals.flows.listing import Page, Wanted, listing
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.models import DealVersion
from tests.factories import submit_version


def edit(version: DealVersion, **facts: Any) -> DealVersion:
    """Publish another version of the same deal; `facts` are all of it, as for `make_deal`."""
    new = submit_version(version.deal, **facts)
    publish([new.pk], by="system")
    new.refresh_from_db()
    return new


def retract(version: DealVersion) -> None:
    """Take a deal out of the register: its version is superseded and nothing follows it."""
    actions.retract(deal=version.deal, by=None, reason="A test")


def page_of(query: FlowQuery, **wanted: Any) -> Page:
    return listing(query, resolve(query), Wanted(**wanted))


def pages(query: FlowQuery, *, forward: bool = True, **wanted: Any) -> Iterator[Page]:
    """Every page from one cursor on, following the links as they are given."""
    followed: set[str] = set()
    while True:
        page = page_of(query, **wanted)
        yield page
        cursor = page.next if forward else page.previous
        if cursor is None:
            return
        assert cursor not in followed, "The links go round in a circle."
        followed.add(cursor)
        wanted["cursor"] = cursor
