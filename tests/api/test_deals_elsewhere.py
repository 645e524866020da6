"""Deals that are not to be seen, are another by now, or are asked for in another spelling."""

import pytest

from deals import actions
from deals.models import DealVersion, ledger
from tests.factories import make_deal, submit_version

DEALS = "/api/v1/deals/"
pytestmark = pytest.mark.django_db


def rejected() -> DealVersion:
    version = submit_version(target="Refused")
    actions.reject(version=version, by=None, reason="It is not a deal")
    return version


@pytest.mark.parametrize("make", [lambda: submit_version(target="Waits"), rejected])
def test_a_deal_that_was_not_published_is_not_there_and_neither_are_its_versions(
    client, make
) -> None:
    public_id = make().deal.public_id
    for part in ("", "versions/"):
        response = client.get(f"{DEALS}{public_id}/{part}")
        assert response.status_code == 404, part
        assert public_id in response.json()["detail"]


def test_versions_at_a_point_before_the_first_are_not_there(client) -> None:
    make_deal()
    before = ledger.head()
    later = make_deal(target="Later").deal.public_id
    assert client.get(f"{DEALS}{later}/versions/?as_of={before}").status_code == 404
    (one,) = client.get(f"{DEALS}{later}/versions/").json()["results"]
    assert one["id"] == later


def test_versions_of_a_retracted_deal_stay(client) -> None:
    version = make_deal()
    actions.retract(deal=version.deal, by=None, reason="It never was")
    address = f"{DEALS}{version.deal.public_id}/"
    assert client.get(address).status_code == 404
    assert len(client.get(f"{address}versions/").json()["results"]) == 1


def test_a_merged_deal_leads_on_and_is_asked_for_again(client) -> None:
    one, other = make_deal(), make_deal(target="Other")
    actions.merge(deal=other.deal, into=one.deal, by=None, reason="One round")
    response = client.get(f"{DEALS}{other.deal.public_id}/")
    assert response.status_code == 301
    assert response["Cache-Control"] == "no-cache"


def test_an_organization_is_found_however_its_id_is_spelled(client) -> None:
    target = make_deal(target="Acme").deal.versions.get().target.public_id
    make_deal(target="Bolt")
    found = client.get(DEALS, {"organization": target}).json()["results"]
    assert len(found) == 1
    assert client.get(DEALS, {"organization": target.lower()}).json()["results"] == found
    both = f"{target},{target.lower()}"
    assert client.get(DEALS, {"organization": both}).json()["results"] == found


def test_a_method_that_no_key_can_use_is_a_405_for_strangers_too(client, settings) -> None:
    public_id = make_deal().deal.public_id
    for public in (True, False):
        settings.PUBLIC_READ = public
        for ask, address in (
            (client.put, DEALS), (client.delete, DEALS), (client.patch, DEALS),
            (client.put, f"{DEALS}{public_id}/"), (client.post, f"{DEALS}{public_id}/"),
        ):  # fmt: skip
            response = ask(address)
            assert response.status_code == 405, address
            assert response["Allow"]
        assert client.post(DEALS).status_code == 401
        assert client.patch(f"{DEALS}{public_id}/").status_code == 401
