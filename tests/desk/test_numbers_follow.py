"""What is decided at the desk moves the numbers as the page said it would, on every way to ask
for them, and what undoes it moves them back."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from deals import actions
from deals.actions import evidence
from deals.desk.duplicates_pair import impact, pair_of, result
from deals.entry.evidence import difference, record
from deals.flows.whatif_questions import WAYS
from deals.flows.whatif_versions import impact_of_bundles
from deals.models import DealVersion, Review
from tests.desk.runs import make_person
from tests.desk.waiting import hand_in
from tests.factories import make_deals, make_organization, make_population
from tests.flows.comparing import assert_same
from tests.flows.naive import load_register
from tests.flows.registers import random_register
from tests.flows.test_whatif_versions import foreseen, headline

pytestmark = pytest.mark.django_db
EUROPEAN = {"target": "Horizon", "target_country": "CN", "date": "2019-05-13", "amount": "10"}
SAME = ("n", "N", "share")
REASON = {"reason": "Read in the filing."}


@pytest.fixture
def anna(db):
    return make_person("anna", "editor")


@pytest.fixture
def rita(client):
    person = make_person("rita", "reviewer")
    client.force_login(person)
    return person


@pytest.fixture
def deals(db) -> list[DealVersion]:
    """Two that are one, of a fund that is about to move, among forty of all kinds."""
    random_register(7, 40)
    make_population("supplier")
    own = EUROPEAN | {"investors": [("Rhein Fund", "DE")], "population": "supplier"}
    other = own | {"investors": [("Rhein Fund", "DE"), ("GV", "US")], "round_type": "seed"}
    return make_deals(
        [own, other, own | {"target": "Black Sesame", "country_basis": "headquarters"}]
    )


def register() -> dict[str, object]:
    """All that is live: the facts of every deal, and every headline number."""
    live = DealVersion.objects.live().select_related("deal")
    return {version.deal.public_id: actions.facts_of(version) for version in live} | {
        "numbers": headline()
    }


def agreed(client, capsys) -> None:
    """Pages, API, command line and the naive implementation say the same of the headline."""
    naive = load_register()
    for _title, way in WAYS:
        query = way.but(from_="2017", to="2022", population="supplier")
        told = assert_same(query, naive)["deals"]
        asked = query.to_params()
        api = client.get("/api/v1/flows/share/", asked).json()["deals"]
        call_command("flow_share", "--json", *(f"--{name}={asked[name]}" for name in asked))
        line = json.loads(capsys.readouterr().out)["deals"]
        page = client.get("/flows/", asked).context["answer"]["deals"]
        for said in (api, line, page):
            assert [said[name] for name in SAME] == [told[name] for name in SAME]


def publish(client, review: Review) -> dict[str, object]:
    """Decide as a reviewer does; what the page said the numbers would be."""
    page = client.get(reverse("desk-review", args=[review.pk]))
    review.refresh_from_db()
    answer = client.post(
        reverse("desk-review-decide", args=[review.pk]),
        {"choice": "approve", "note": "", "seen": page.context["seen"]},
    )
    assert answer.status_code == 302
    review.refresh_from_db()
    assert review.closed_at is not None
    return review.impact


def test_an_edit_moves_the_numbers_as_its_page_says(client, capsys, anna, rita, deals):
    before = headline()
    said = publish(client, hand_in(anna, deal=deals[0], status="withdrawn"))
    assert foreseen(said, "before").items() <= before.items()
    assert foreseen(said, "after").items() <= headline().items()
    assert foreseen(said, "before") != foreseen(said, "after")
    agreed(client, capsys)


def moved(by, country: str) -> Review:
    """A proposal that the fund's one place is in this country."""
    fund = make_organization("Rhein Fund", "DE")
    known = record(fund)
    place = {
        "row": "", "country": country, "basis": "headquarters", "first": "", "last": "",
        "url": "https://example.org/move", "title": "Report",
    }  # fmt: skip
    row = {"row": known["domiciles"][0]["row"]} if known["domiciles"] else {}
    changes = difference(known, known | {"domiciles": [place | row]})
    return evidence.propose(organization=fund, changes=changes, reason="Moved", by=by).review


def test_evidence_moves_the_numbers_and_the_opposite_edit_moves_them_back(
    client, capsys, anna, rita, deals
):
    publish(client, moved(anna, "DE"))
    before = register()
    publish(client, moved(anna, "US"))
    assert register()["numbers"] != before["numbers"]
    agreed(client, capsys)
    publish(client, moved(anna, "DE"))
    assert register() == before
    agreed(client, capsys)


def test_a_merge_moves_the_numbers_as_its_preview_says_and_its_undo_moves_them_back(
    client, capsys, rita, deals
):
    before, (one, other, _third) = register(), deals
    pair = pair_of(one.deal, other.deal, {})
    said = impact(pair, result(pair))
    address = reverse("desk-deal-merge", args=[one.deal.public_id])
    taken = {f"take-{group}": side for group, side in pair.taken.items()}
    sent = {"with": other.deal.public_id, "keep": pair.keep, "seen": pair.seen, **taken, **REASON}
    assert client.post(address, sent | {"action": "merge"}).status_code == 302
    assert not pair.goes.deal.versions.live().exists()
    assert foreseen(said, "after").items() <= headline().items()
    assert register()["numbers"] != before["numbers"]
    agreed(client, capsys)
    back = reverse("desk-deal-restore", args=[pair.goes.deal.public_id])
    assert client.post(back, {"put_back": "1", **REASON}).status_code == 302
    assert register() == before
    agreed(client, capsys)


def test_a_retraction_moves_the_numbers_as_said_and_restoring_moves_them_back(
    client, capsys, rita, deals
):
    before, deal = register(), deals[0].deal
    said = impact_of_bundles([], gone=[deal.pk])
    address = reverse("desk-deal-retract", args=[deal.public_id])
    assert client.post(address, REASON).status_code == 302
    assert foreseen(said, "after").items() <= headline().items()
    assert register()["numbers"] != before["numbers"]
    agreed(client, capsys)
    assert client.post(reverse("desk-deal-restore", args=[deal.public_id]), REASON)
    assert register() == before
    agreed(client, capsys)
