"""One organization: its names, its chain of owners, its deals on both sides, and those below it."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from deals.actions.evidence import propose, publish_edit
from deals.entry.evidence import difference, record
from deals.models import (
    Change,
    Domicile,
    Identifier,
    Organization,
    OrganizationName,
    Ownership,
    Source,
    ledger,
)
from deals.organizations import merge
from tests.desk.runs import make_person
from tests.factories import make_deal, make_deals, make_organization, make_population

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'=1+1"


def page(client, organization, status=200):
    response = client.get(f"/organizations/{organization.public_id}/")
    assert response.status_code == status
    return unescape(response.content.decode())


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def holds(owner, owned, **facts) -> None:
    Ownership.objects.create(owned=owned, owner=owner, **{"controlling": True} | facts)


@pytest.fixture
def group():
    """Renault and Nissan control Alliance together; a state holds a little of Renault."""
    renault, nissan = make_organization("Renault", "FR"), make_organization("Nissan", "JP")
    alliance, state = make_organization("Alliance", "NL"), make_organization("État", "FR")
    source = Source.objects.create(title="City AM", url="https://example.org/alliance")
    day = date(2018, 1, 9)
    holds(renault, alliance, share=Decimal(40), first=day, source=source)
    holds(nissan, alliance, share=Decimal(40), first=day, last=date(2023, 6, 30))
    holds(state, renault, share=Decimal(15), controlling=False, state_linked=True)
    return {"renault": renault, "nissan": nissan, "alliance": alliance, "state": state}


def test_names_in_all_scripts_are_there_with_their_language(client):
    found = make_organization("DeepSeek", "CN")
    OrganizationName.objects.create(organization=found, name="深度求索", key="x", script="Hans")
    html = page(client, found)
    assert '<span lang="zh-Hans">深度求索</span>' in html


def test_identifiers_lead_to_whoever_gave_them(client):
    found = make_organization("DeepSeek", "CN")
    for scheme, value in (("lei", "529900T8BM49AURSDO55"), ("wikidata", "Q1"), ("odd", "../x")):
        Identifier.objects.create(organization=found, scheme=scheme, value=value)
    html = page(client, found)
    assert 'href="https://search.gleif.org/#/record/529900T8BM49AURSDO55"' in html
    assert 'href="https://www.wikidata.org/wiki/Q1"' in html
    assert "../x" in text(html)
    assert 'href="../x"' not in html


def test_places_stand_with_dates_and_sources(client):
    found = make_organization("Alibaba", "CN")
    source = Source.objects.create(title="Filing", url="javascript:alert(1)")
    Domicile.objects.create(
        organization=found, country="KY", basis="incorporation", first=date(1999, 6, 28),
        source=source,
    )  # fmt: skip
    html = page(client, found)
    assert "Incorporation: Cayman Islands, from 28 Jun 1999 (Filing)" in text(html)
    assert "javascript:" not in html


def test_the_chain_shows_owners_above_with_share_control_and_dates(client, group):
    html = page(client, group["alliance"])
    chain = text(html[html.index("<svg") : html.rindex("</svg>")])
    assert "holds 40 %, control, from 9 Jan 2018" in chain
    assert "until 30 Jun 2023" in chain
    assert "France · state-linked" in chain
    assert "holds 15 %" in chain
    table = text(html[html.index("The evidence") :])
    assert "no control on record" in table
    assert 'href="https://example.org/alliance"' in html
    assert "3 owners above it. A state holds a stake above it." in text(html)


def test_a_stake_without_control_is_dashed_and_the_drawing_is_there_for_phones(client, group):
    html = page(client, group["alliance"])
    assert html.count('class="chain-line dashed"') == 2
    assert html.count('class="chain-line"') == 4
    assert 'class="chart chart-narrow"' in html


def test_holdings_below_are_followed_through_control(client, group):
    html = page(client, group["renault"])
    assert "1 owner above it and 1 holding below it" in text(html)
    assert f'href="/organizations/{group["alliance"].public_id}/"' in html


def test_owners_in_a_circle_end_where_it_closes(client):
    one, two = make_organization("One", "DE"), make_organization("Two", "FR")
    holds(one, two)
    holds(two, one)
    assert "1 owner above it and 1 holding below it" in text(page(client, one))


def test_without_evidence_it_says_that_nobody_researched_the_owners(client):
    assert "Owners not researched" in page(client, make_organization("Fund", "DE"))


def test_deals_stand_on_the_side_that_it_took(client):
    make_deals(
        [
            {"target": "Momenta", "investors": [("Bosch", "DE")], "date": "2018"},
            {"target": "Momenta", "investors": [("SAIC", "CN")], "kind": "acquisition"},
            {"target": "Robot", "target_country": "DE", "investors": [("Momenta", "CN")]},
        ]
    )
    html = page(client, Organization.objects.get(name="Momenta"))
    assert "3 deals of the register: 2 as target and 1 as investor" in text(html)
    received = html[html.index('id="as-target"') : html.index('id="as-investor"')]
    assert "Bosch" in received
    assert "SAIC" in received
    assert "Robot" in html[html.index('id="as-investor"') :]


def test_the_number_of_deals_leads_to_exactly_these(client):
    make_deals([{"target": "Momenta", "kind": kind} for kind in ("funding_round", "grant", "debt")])
    html = page(client, Organization.objects.get(name="Momenta"))
    lead = html[html.index('<p class="lead">') : html.index('<dl class="facts">')]
    (address,) = re.findall(r'href="(/deals/\?[^"]*)"', lead)
    assert "3 deals of the register" in text(client.get(address).content.decode())


def test_deals_of_whom_it_controls_count_only_while_it_does(client, group):
    make_deals(
        [
            {"target": "Before", "investors": [("Alliance", "NL")], "date": "2017-05-01"},
            {"target": "While", "investors": [("Alliance", "NL")], "date": "2019-05-01"},
            {"target": "Undated", "investors": [("Alliance", "NL")], "date": None},
        ]
    )
    html = page(client, group["renault"])
    through = html[html.index('id="through"') :]
    assert "While" in through
    assert "Before" not in through
    assert "Undated" not in through
    # A minority above it controls nothing.
    assert 'id="through"' not in page(client, group["state"])


def test_who_took_part_in_the_same_deals_is_drawn(client):
    make_deal(target="Momenta", investors=[("Bosch", "DE"), ("SAIC", "CN")])
    html = page(client, Organization.objects.get(name="Bosch"))
    assert 'data-picture="network"' in html
    assert "SAIC" in html[html.index('data-picture="network"') :]
    assert 'data-picture="network"' not in page(client, make_organization("Alone", "DE"))


def test_a_merged_organization_leads_to_the_survivor_for_ever(client):
    one, into = make_organization("Momenta AI", "CN"), make_organization("Momenta", "CN")
    make_deal(target="Momenta AI")
    merge(one=one, into=into, by=None, reason="The same company.")
    response = client.get(f"/organizations/{one.public_id}/")
    assert response.status_code == 301
    assert response["Location"] == f"/organizations/{into.public_id}/"
    html = page(client, into)
    assert "1 deal of the register, as target" in text(html)
    assert "The same company." in html


def test_an_identifier_is_found_however_it_is_typed(client):
    found = make_organization("Momenta", "CN")
    response = client.get(f"/organizations/{found.public_id.lower()}/")
    assert response.status_code == 301
    assert response["Location"] == f"/organizations/{found.public_id}/"


@pytest.mark.parametrize("address", ["O-00000000", "D-7KQ3M2XA", "x" * 300, "%00", "☃"])
def test_what_is_no_organization_is_not_found(client, address):
    response = client.get(f"/organizations/{address}/")
    assert response.status_code == 404
    assert "There is no organization" in response.content.decode()


def test_it_takes_no_parameters(client):
    found = make_organization("Momenta", "CN")
    assert client.get(f"/organizations/{found.public_id}/?x=1").status_code == 400


def test_an_invented_one_says_so_and_lists_its_invented_deals(client):
    make_population("demo", generated=True)
    make_deal(target="Made up", population="demo")
    html = page(client, Organization.objects.get(name="Made up"))
    assert "This organization, its deals and its sources are invented." in html
    assert "1 deal of the register" in text(html)
    assert "population=demo" in html


def test_hostile_names_stay_names(client):
    make_deal(target=HOSTILE, investors=[(HOSTILE, "DE")])
    found = Organization.objects.get(name=HOSTILE, country="CN")
    OrganizationName.objects.create(organization=found, name=HOSTILE + "2", key="x", script="Latn")
    holds(make_organization(HOSTILE, "DE"), found, note=HOSTILE)
    ledger.append(Change.Kind.ORGANIZATION, by="a", reason=HOSTILE, organization=found)
    raw = client.get(f"/organizations/{found.public_id}/").content.decode()
    assert "<script>alert" not in raw
    assert raw.count("&lt;script&gt;alert(1)") > 5


def test_a_page_asks_a_fixed_number_of_times(client, group, django_assert_max_num_queries):
    make_deals([{"target": "A", "investors": [("Alliance", "NL")]} for _ in range(5)])
    with django_assert_max_num_queries(19):
        page(client, group["alliance"])


def test_its_history_says_what_changed_why_and_how_many_deals_moved(client):
    fund = make_organization("Fund", "DE")
    make_deal(investors=[("Fund", "DE")], country_basis="headquarters")
    known = record(fund)
    seat = {"row": "", "country": "CN", "basis": "headquarters", "first": "2019-01-01", "last": ""}
    source = {"url": "https://example.org/move", "title": "Annual report"}
    changes = difference(known, known | {"domiciles": [seat | source]})
    anna, rita = make_person("anna"), make_person("rita", "reviewer")
    edit = propose(organization=fund, changes=changes, reason="It moved in 2019", by=anna)
    assert "It moved" not in page(client, fund)
    publish_edit(edit=edit, by=rita)
    said = text(page(client, fund))
    assert "It moved in 2019 (rita)" in said
    assert "Place: Headquarters in China, from 1 Jan 2019 Annual report" in said
    assert "1 deal got a new version by it." in said
    other = make_organization("Other", "DE")
    merge(one=other, into=fund, by=None, reason="The same")
    assert "Other was merged into Fund. The same (system)" in text(page(client, fund))


def test_deals_that_state_another_country_than_the_evidence_are_listed(client):
    fund = make_organization("Fund", "DE")
    make_deal(target="Early", investors=[("Fund", "DE")], date="2018-05-13")
    make_deal(target="Late", investors=[("Fund", "DE")], date="2020-05-13")
    make_deal(target="Fund", target_country="DE", date="2021-05-13")
    make_deal(target="Followed", investors=[("Fund", "DE")], country_basis="headquarters")
    assert "Stated otherwise" not in page(client, fund)
    fund.domiciles.create(country="CN", basis="headquarters", first=date(2019, 1, 1))
    said = text(page(client, fund))
    assert "Stated otherwise in deals 2" in said
    assert "Late (as investor): stated Germany, on evidence China" in said
    assert "Fund (as target): stated Germany, on evidence China" in said
    assert "Early (as investor): stated" not in said


def test_everybody_is_led_to_report_an_error_and_to_edit(client):
    found = make_organization("Fund", "DE")
    html = page(client, found)
    assert f'href="/organizations/{found.public_id}/report/"' in html
    assert f'href="/desk/organizations/{found.public_id}/edit/"' in html
