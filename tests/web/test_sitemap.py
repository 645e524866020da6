"""The sitemap lists each page once, in files that a large register does not slow down."""

from xml.etree import ElementTree

import pytest
from django.utils import timezone

from deals import actions
from deals.models import Release
from deals.web import sitemap
from tests.desk.runs import make_person
from tests.factories import make_deal, make_deals, make_organization, make_population

pytestmark = pytest.mark.django_db
NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def places(client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/xml"
    tree = ElementTree.fromstring(response.content)
    return [(e.text or "").removeprefix("http://testserver") for e in tree.iter(f"{NS}loc")]


def everything(client) -> list[str]:
    return [one for file in places(client, "/sitemap.xml") for one in places(client, file)]


def test_every_listed_page_is_there_and_listed_once(client) -> None:
    make_deals([{"target": "One"}, {"target": "Other"}])
    Release.objects.create(name="2026.11", seq=1, at=timezone.now())
    found = everything(client)
    assert len(found) == len(set(found))
    for page in found:
        if not page.startswith("/countries/") or page in ("/countries/", "/countries/DE/"):
            assert client.get(page).status_code == 200, page


def test_live_deals_and_organizations_are_listed_and_invented_or_gone_ones_are_not(client) -> None:
    live, gone = make_deals([{"target": "Live"}, {"target": "Gone"}])
    invented = make_deal(target="Made up", population=make_population("demo", generated=True))
    actions.retract(deal=gone.deal, by=make_person("boss", "manager"), reason="Wrong.")
    found = everything(client)
    assert f"/deals/{live.deal.public_id}/" in found
    assert f"/organizations/{live.target.public_id}/" in found
    assert f"/deals/{gone.deal.public_id}/" not in found
    assert f"/deals/{invented.deal.public_id}/" not in found
    assert f"/organizations/{invented.target.public_id}/" not in found


def test_many_deals_come_in_ranges_that_have_each_exactly_once(client, monkeypatch) -> None:
    monkeypatch.setattr(sitemap, "RANGE", 3)
    monkeypatch.setattr(sitemap.Deals, "ranges", sitemap.DEAL_RANGES.replace("/ 10000", "/ 3"))
    versions = make_deals([{"target": f"Deal {number}"} for number in range(10)])
    files = [one for one in places(client, "/sitemap.xml") if one.startswith("/sitemap-deals")]
    assert len(files) >= 4
    listed = [one for file in files for one in places(client, file)]
    assert sorted(listed) == sorted(f"/deals/{one.deal.public_id}/" for one in versions)


def test_a_file_of_deals_costs_few_queries(client, django_assert_max_num_queries) -> None:
    make_deals([{"target": f"Deal {number}"} for number in range(30)])
    with django_assert_max_num_queries(4):
        assert len(places(client, "/sitemap-deals.xml")) == 30


@pytest.mark.parametrize(
    "address",
    [
        "/sitemap-deals.xml?p=99",
        "/sitemap-pages.xml?p=x",
        "/sitemap-nothing.xml",
        "/sitemap-pages.xml?p=" + "9" * 5000,
    ],
)
def test_a_file_that_is_not_there_is_not_found(client, address) -> None:
    make_organization("One")
    assert client.get(address).status_code == 404


def test_robots_are_led_to_pages_and_kept_from_filters_and_desks(client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    for hidden in ("/desk/", "/account/", "/admin/", "/api/", "/*?"):
        assert f"Disallow: {hidden}" in lines
    assert "Allow: /sitemap-" in lines
