"""The list of organizations: any name in any script, an identifier, page by page."""

import re
from html import unescape

import pytest

from deals.flows import organizations as flows
from deals.models import Identifier, Organization, OrganizationName
from tests.factories import make_deals, make_organization

pytestmark = pytest.mark.django_db


def page(client, address="/organizations/"):
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:2000]
    return unescape(response.content.decode())


def names(html: str) -> list[str]:
    return re.findall(r'<th scope="row" data-title><a [^>]*>([^<]*)</a>', html)


@pytest.fixture
def register():
    make_deals(
        [
            {"target": "Momenta", "investors": [("Bosch", "DE"), ("SAIC", "CN")]},
            {"target": "Momenta", "investors": [("Bosch", "DE")], "kind": "acquisition"},
            {"target": "Kuka", "target_country": "DE", "investors": [("Midea", "CN")]},
        ]
    )
    momenta = Organization.objects.get(name="Momenta")
    OrganizationName.objects.create(organization=momenta, name="魔门塔", key="m", script="Hans")
    Identifier.objects.create(organization=momenta, scheme="lei", value="529900T8BM49AURSDO55")
    make_organization("Invented", "CN", generated=True)


def test_they_stand_in_the_order_of_their_names_with_their_deals(client, register):
    html = page(client)
    assert names(html) == ["Bosch", "Kuka", "Midea", "Momenta", "SAIC"]
    row = re.sub(r"<[^>]+>", " ", html[html.index(">Momenta<") :])[:300]
    assert re.findall(r"\d+", row)[:2] == ["2", "0"]


def test_each_number_leads_to_its_deals_on_the_page_of_the_organization(client, register):
    bosch = Organization.objects.get(name="Bosch")
    assert f'href="/organizations/{bosch.public_id}/#as-investor">2</a>' in page(client)
    assert 'id="as-investor"' in page(client, f"/organizations/{bosch.public_id}/")


@pytest.mark.parametrize("q", ["momenta", "MENTA", "魔门", "529900T8BM49AURSDO55"])
def test_it_is_found_by_any_name_or_identifier(client, register, q):
    assert names(page(client, f"/organizations/?q={q}")) == ["Momenta"]


def test_it_is_found_by_its_own_number_and_says_by_which_name(client, register):
    momenta = Organization.objects.get(name="Momenta")
    assert names(page(client, f"/organizations/?q={momenta.public_id.lower()}")) == ["Momenta"]
    assert "魔门塔" in page(client, "/organizations/?q=魔门")


@pytest.mark.parametrize("q", ["%", "_", "\\", "100%"])
def test_signs_of_a_search_are_taken_literally(client, register, q):
    assert names(page(client, f"/organizations/?q={q.replace('%', '%25')}")) == []


def test_nothing_found_says_what_a_search_does(client, register):
    html = page(client, "/organizations/?q=nobody")
    assert "No organization is found." in html
    assert "Show all organizations" in html


def test_invented_ones_are_shown_only_when_asked_for(client, register):
    assert "Invented" not in names(page(client))
    html = page(client, "/organizations/?generated=yes")
    assert "Invented" in names(html)
    assert "generated</span>" in html


def test_pages_lead_forth_and_back_over_all_of_them(client, monkeypatch):
    monkeypatch.setattr(flows, "PAGE_SIZE", 4)
    for number in range(11):
        make_organization(f"Fund {number // 2:02}", "DE" if number % 2 else "FR")
    seen, address = [], "/organizations/"
    while address:
        html = page(client, address)
        seen.append(re.findall(r'href="/organizations/(O-\w+)/">Fund', html))
        found = re.search(r'rel="next" href="([^"]*)"', html)
        address = found[1] if found else ""
    assert [len(part) for part in seen] == [4, 4, 3]
    assert len({one for part in seen for one in part}) == 11
    back = re.search(r'rel="prev" href="([^"]*)"', html)[1]
    assert re.findall(r'href="/organizations/(O-\w+)/">Fund', page(client, back)) == seen[1]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("x=1", "x"), ("generated=maybe", "generated"), ("cursor=abc", "cursor"),
        ("q=" + "a" * 300, "q"), ("q=%00", "q"), ("q=a%0ab", "q"), ("q=a&q=b", "q"),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_named(client, query, named):
    response = client.get(f"/organizations/?{query}")
    assert response.status_code == 400
    assert f"<code>{named}</code>" in response.content.decode()


def test_a_cursor_of_another_search_is_refused(client, monkeypatch):
    monkeypatch.setattr(flows, "PAGE_SIZE", 1)
    make_organization("Fund 1", "DE")
    make_organization("Fund 2", "DE")
    cursor = re.search(r"cursor=([^\"&]+)", page(client))[1]
    assert client.get(f"/organizations/?q=Fund&cursor={cursor}").status_code == 400


def test_a_page_asks_a_fixed_number_of_times(client, register, django_assert_num_queries):
    # The ledger's head (twice: for the scope and for the strip), the page, and how many there are.
    with django_assert_num_queries(4):
        page(client)


def test_hostile_names_stay_names(client):
    name = "<script>alert(1)</script>\"'=1+1"
    make_deals([{"target": name, "investors": [(name, "DE")]}])
    for address in ("/organizations/", "/organizations/?q=<script>", "/", "/countries/DE/"):
        html = client.get(address).content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;" in html, address
