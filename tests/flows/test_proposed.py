"""Who only a proposal names is nobody's business but the desk's."""

import re

import pytest
from django.core.cache import cache
from django.db import connection

from deals import actions
from deals.feeds.publish import publish
from deals.flows.proposed import ONLY_PROPOSED
from deals.models import Domicile, Organization
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization, submit_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal():
    make_deal(target="Known", investors=[("Known fund", "DE")])
    return submit_version(
        target="Secret target", investors=[("Secret fund", "FR"), ("Known fund", "DE")]
    )


def listed(client):
    """Names in the four places that list organizations."""
    api = client.get("/api/v1/organizations/").json()["results"]
    page = client.get("/organizations/").content.decode()
    cache.clear()
    sitemap = client.get("/sitemap-organizations.xml").content.decode()
    ids = set(re.findall(r"/organizations/(O-\w+)/", sitemap))
    names = set(Organization.objects.filter(public_id__in=ids).values_list("name", flat=True))
    assert names == {one["name"] for one in api}
    assert all(name in page for name in names)
    hidden = set(Organization.objects.values_list("name", flat=True)) - names
    assert not any(name in page for name in hidden)
    return names


def test_they_are_nowhere_until_the_deal_is_published(client, proposal):
    assert listed(client) == {"Known", "Known fund"}
    secret = Organization.objects.get(name="Secret target").public_id
    assert client.get(f"/organizations/{secret}/").status_code == 404
    assert client.get(f"/api/v1/organizations/{secret}/").status_code == 404
    assert client.get("/api/v1/organizations/?q=Secret").json()["results"] == []
    assert client.get("/api/v1/digest/").json()["organizations"]["count"] == 2
    publish([proposal.pk], by="system", reason="")
    assert listed(client) == {"Known", "Known fund", "Secret target", "Secret fund"}
    assert client.get(f"/organizations/{secret}/").status_code == 200
    assert client.get("/api/v1/digest/").json()["organizations"]["count"] == 4


@pytest.mark.parametrize(
    "path",
    [
        "/flows/?organization={}&tab=network", "/embed/network/?organization={}",
        "/flows/chart/network.csv?organization={}", "/organizations/{}/report/",
        "/deals/?organization={}", "/api/v1/deals/?organization={}",
    ],
)  # fmt: skip
def test_whoever_guesses_a_number_reads_no_name(client, proposal, path):
    for name in ("Secret target", "Secret fund"):
        response = client.get(
            path.format(Organization.objects.get(name=name).public_id), follow=True
        )
        assert response.status_code in (200, 404)
        assert "Secret" not in response.content.decode()


def test_they_stay_private_when_the_proposal_is_turned_down(client, proposal):
    actions.reject(version=proposal, by=make_person("rita", "reviewer"), reason="No source.")
    assert listed(client) == {"Known", "Known fund"}


def test_whoever_works_at_the_desk_sees_them(client, proposal):
    secret = Organization.objects.get(name="Secret target").public_id
    client.force_login(make_person("edith", "editor"))
    assert client.get(f"/organizations/{secret}/").status_code == 200


def test_what_is_known_of_them_otherwise_makes_them_public(client, proposal):
    fund = Organization.objects.get(name="Secret fund")
    Domicile.objects.create(organization=fund, country="FR", basis="headquarters")
    assert listed(client) == {"Known", "Known fund", "Secret fund"}


def test_an_organization_that_nobody_names_is_public(client, proposal):
    make_organization("Written down by an editor", "DE")
    assert "Written down by an editor" in listed(client)


def test_each_proposal_is_looked_up_and_no_table_of_all_deals_is_joined():
    """No statistics say how few proposals there are; whole tables took ten seconds."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {ONLY_PROPOSED}")
        plan = "\n".join(line for (line,) in cursor)
    assert "SubPlan" in plan
    assert "Anti Join" not in plan
    assert "Hash Join" not in plan
