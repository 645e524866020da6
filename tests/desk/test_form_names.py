"""A name that several organizations bear is never guessed: the form asks, also without a script."""

import pytest
from django.test import Client

from deals.feeds import spellings
from deals.models import DealVersion, Draft, Organization
from tests.desk.runs import make_person
from tests.factories import make_organization

pytestmark = pytest.mark.django_db
NEW = "/desk/deals/new/"


@pytest.fixture
def desk():
    client = Client()
    client.force_login(make_person("eve", "contributor"))
    return client


@pytest.fixture
def horizons():
    found = [make_organization("Horizon", country) for country in ("CN", "DE")]
    spellings.rebuild()
    return found


def deal(**more: str) -> dict[str, str]:
    return {
        "target-name": "Horizon", "kind": "funding_round", "status": "completed", "ai": "yes",
        "date": "2024-03", "date_basis": "announced", "amount": "undisclosed",
        "investors-0-name": "Northgate", "investors-0-country": "DE",
        "sources-0-url": "https://news.example/1", "sources-0-title": "News",
        "sources-0-kind": "page", "action": "submit", **more,
    }  # fmt: skip


def test_the_form_comes_back_with_those_who_bear_the_name(desk, horizons):
    response = desk.post(NEW, deal())
    assert response.status_code == 400
    text = response.content.decode()
    assert "Several organizations are called Horizon: choose one, or say its country." in text
    for one in horizons:
        assert f'name="target-id" value="{one.public_id}"' in text
    assert not DealVersion.objects.exists()
    assert Organization.objects.count() == 2


def test_an_investor_is_asked_about_as_well(desk, horizons):
    more = {"target-country": "CN", "investors-0-name": "horizon", "investors-0-country": ""}
    text = desk.post(NEW, deal(**more)).content.decode()
    assert "Several organizations are called horizon" in text
    assert f'name="investors-0-id" value="{horizons[1].public_id}"' in text


def test_whoever_was_chosen_takes_part(desk, horizons):
    desk.post(NEW, deal())
    draft = Draft.objects.get()
    sent = deal(**{"target-id": horizons[1].public_id, "revision": str(draft.revision)})
    assert desk.post(f"/desk/drafts/{draft.pk}/", sent).status_code == 302
    assert DealVersion.objects.get().target == horizons[1]


def test_a_country_says_it_and_a_name_that_one_bears_needs_none(desk, horizons):
    assert desk.post(NEW, deal(**{"target-country": "CN"})).status_code == 302
    assert DealVersion.objects.get().target == horizons[0]
    assert desk.post(NEW, deal(**{"target-name": "Nobody yet"})).status_code == 302
