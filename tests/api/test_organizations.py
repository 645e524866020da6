"""GET /api/v1/organizations/…: what is known of each, dated and with sources."""

import json
from datetime import date
from decimal import Decimal

import pytest

from deals import organizations
from deals.models import Domicile, Identifier, Organization, OrganizationName, Ownership, Source
from deals.models.documents import dumps
from tests.factories import make_deal, make_organization

pytestmark = pytest.mark.django_db
ORGANIZATIONS = "/api/v1/organizations/"


@pytest.fixture
def uncounted(settings):
    """Without the query that counts requests."""
    settings.API_PER_HOUR_OPEN = 0


def make_bosch():
    """A fund with everything that can be known of one."""
    fund = make_organization("Bosch Ventures", "DE", kind="fund")
    owner = make_organization("Robert Bosch", "DE", kind="company")
    source = Source.objects.create(
        title="Annual report", url="https://example.org/report", published_on=date(2024, 3, 1)
    )
    OrganizationName.objects.create(
        organization=fund, name="博世创投", key="博世创投", script="Hans"
    )
    Identifier.objects.create(organization=fund, scheme="lei", value="529900")
    Domicile.objects.create(
        organization=fund, country="DE", basis="headquarters", first=date(2007, 1, 1), source=source
    )
    Ownership.objects.create(
        owned=fund, owner=owner, share=Decimal("100"), controlling=True, source=source, note="whole"
    )
    return fund, owner


def walk(client, **params):
    found, page = [], client.get(ORGANIZATIONS, params).json()
    while True:
        found += page["results"]
        if page["next"] is None:
            return found
        page = client.get(page["next"]).json()


def test_one_has_its_names_numbers_places_and_owners(client):
    fund, owner = make_bosch()
    make_deal(investors=[("Bosch Ventures", "DE")])
    found = client.get(f"{ORGANIZATIONS}{fund.public_id.lower()}/").json()
    assert found["names"] == [{"name": "博世创投", "script": "Hans"}]
    assert found["identifiers"] == [{"scheme": "lei", "value": "529900"}]
    (place,) = found["domiciles"]
    assert (place["country"], place["first"], place["last"]) == ("DE", "2007-01-01", None)
    assert place["source"]["published_on"] == "2024-03-01"
    (stake,) = found["owners"]
    assert (stake["id"], stake["share_percent"]) == (owner.public_id, "100.0000")
    assert stake["controls"]
    assert found["deals"] == {"as_target": 0, "as_investor": 1, "either": 1}
    assert len(client.get(found["links"]["deals"]).json()["results"]) == 1
    (below,) = client.get(f"{ORGANIZATIONS}{owner.public_id}/").json()["holdings"]
    assert (below["id"], below["state_linked"]) == (fund.public_id, False)


def test_a_merged_one_leads_to_what_it_is_now(client):
    one, middle, last = (make_organization(name, "CN") for name in ("One", "Middle", "Last"))
    organizations.merge(one=one, into=middle, by=None, reason="the same")
    organizations.merge(one=middle, into=last, by=None, reason="the same")
    response = client.get(f"{ORGANIZATIONS}{one.public_id}/")
    assert response.status_code == 301
    assert response["Location"].endswith(f"/organizations/{last.public_id}/")
    # A merge can be undone.
    assert response["Cache-Control"] == "no-cache"
    (listed,) = walk(client)
    assert listed["id"] == last.public_id
    assert listed["absorbed"] == sorted([one.public_id, middle.public_id])


def test_the_text_is_compact_json_as_others_write_it(client):
    _fund, owner = make_bosch()
    hard = 'a "quote", \\ a tab\t, a line\n, \x01, \x7f, é, 𠮷, \u2028, </script>'
    Organization.objects.filter(pk=owner.pk).update(name=hard)
    Ownership.objects.update(note=hard)
    results = client.get(ORGANIZATIONS).content.decode().partition('"results":')[2][:-1]
    rows = json.loads(results)
    assert rows[0]["owners"][0]["name"] == rows[0]["owners"][0]["note"] == hard
    assert json.dumps(rows, ensure_ascii=False, separators=(",", ":")) == results
    assert dumps(rows) == results


def test_every_one_is_on_exactly_one_page_while_others_come(client):
    names = [make_organization(f"Company {number}").public_id for number in range(7)]
    first = client.get(ORGANIZATIONS, {"page_size": 3}).json()
    make_organization("A late one")
    rest = client.get(first["next"]).json()
    last = client.get(rest["next"]).json()
    ids = [row["id"] for page in (first, rest, last) for row in page["results"]]
    assert ids[:7] == names
    assert len(ids) == 8
    assert client.get(rest["previous"]).json()["results"] == first["results"]


def test_filters_find_by_any_name_number_country_and_kind(client):
    fund, owner = make_bosch()
    make_organization("Invented", "DE", generated=True)
    for asked in (
        {"q": "博世"},
        {"q": "529900"},
        {"q": fund.public_id},
        {"kind": "fund,government"},
    ):
        assert [row["id"] for row in walk(client, **asked)] == [fund.public_id], asked
    assert len(walk(client, country="DE")) == 2
    assert walk(client, country="CN,FR") == []
    assert [row["name"] for row in walk(client, generated="yes")] == ["Invented"]
    assert owner.public_id in {row["id"] for row in walk(client)}


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"country": "XX", "kind": "bank"}, ["country", "kind"]),
        ({"generated": "maybe", "q": "x" * 201}, ["generated", "q"]),
        ({"name": "x"}, ["name"]),
        ({"cursor": "x"}, ["cursor"]),
        ({"page_size": "1000"}, ["page_size"]),
    ],
)
def test_every_wrong_filter_is_named(client, params, names):
    response = client.get(ORGANIZATIONS, params)
    assert response.status_code == 400
    assert sorted(error["parameter"] for error in response.json()["errors"]) == names


@pytest.mark.parametrize("public_id", ["O-00000000", "x", "%00", "O-\u202e"])
def test_what_is_not_there_is_a_problem(client, public_id):
    assert client.get(f"{ORGANIZATIONS}{public_id}/").status_code == 404


@pytest.mark.usefixtures("uncounted")
def test_a_page_takes_the_same_queries_however_long_it_is(client, django_assert_max_num_queries):
    make_bosch()
    for number in range(20):
        make_organization(f"Company {number}")
    with django_assert_max_num_queries(10):
        assert len(client.get(ORGANIZATIONS).json()["results"]) == 22


def test_an_answer_holds_until_something_about_organizations_changes(client):
    make_bosch()
    etag = client.get(ORGANIZATIONS)["ETag"]
    assert client.get(ORGANIZATIONS, headers={"If-None-Match": etag}).status_code == 304
    # A file brings new ones without an entry of the ledger.
    make_organization("New")
    assert client.get(ORGANIZATIONS, headers={"If-None-Match": etag}).status_code == 200
    assert Organization.objects.count() == 3
