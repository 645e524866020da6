"""No page of the desk asks the database more often because the desk is fuller."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals import actions, journal
from deals.actions import reports
from deals.models import DealSuggestion, Suggestion
from tests.desk.routes import DESK
from tests.desk.runs import make_person, make_run, stage
from tests.desk.things import make_things
from tests.desk.waiting import hand_in
from tests.factories import make_deal, make_organization

pytestmark = pytest.mark.django_db


def fuller(person, writer, times: int) -> None:
    """More of everything that pages of the desk list, about the same few things, too."""
    fund = make_organization("Fund", "DE")
    deal = make_deal(target="Horizon", investors=[("Fund", "DE")])
    run = make_run("published", deals_conflict=times)
    begin = Suggestion.objects.count()
    for number in range(begin, begin + times):
        hand_in(writer, deal=make_deal(target=f"Waiting {number}"), notes=f"Mended {number}")
        actions.begin_draft(by=person, typed={"target": {"id": "", "name": "A", "country": "CN"}})
        text = f"Wrong {number}"
        reports.send(deal=deal.deal, text=text, address=f"2001:db8::{number}")
        reports.send(organization=fund, text=text, address=f"2001:db8:1::{number}")
        other = make_organization(f"Twin {number}", "CN")
        Suggestion.objects.create(
            one=fund, other=other, score=95, created_at=timezone.now(), reasons=[]
        )
        DealSuggestion.objects.create(
            one=deal.deal, other=make_deal(target="Horizon").deal, score=90, reasons=[],
            created_at=timezone.now(),
        )  # fmt: skip
        journal.notify([person.pk], "commented", by=writer, subject="Horizon", link="/desk/")
        journal.record("commented", by=person, organization=fund, text="Look")
        make_run("published")
        stage(run, "conflict", fields=["amount"], deal=deal.deal)


def asked(client, addresses) -> dict[str, int]:
    """How often each page asks; what is kept after the first time is kept before."""
    found = {}
    for name, address in addresses.items():
        if name in DESK and "GET" in DESK[name][1] and DESK[name][2] == 200:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found[name] = len(queries)
    return found


def test_a_page_asks_as_often_of_many_things_as_of_few(client, monkeypatch, settings):
    settings.REPORTS_PER_HOUR = settings.REPORTS_PER_DAY = 1_000
    addresses = make_things(monkeypatch)
    person, writer = make_person("ada", "administrator"), make_person("wu", "contributor")
    client.force_login(person)
    # Enough that every list is longer than what is shown of it at first.
    fuller(person, writer, 8)
    few = asked(client, addresses)
    fuller(person, writer, 8)
    many = asked(client, addresses)
    assert {name: (few[name], many[name]) for name in few if many[name] > few[name]} == {}
