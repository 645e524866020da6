"""Merging two organizations with a choice of name, country and kind, and undoing that."""

from itertools import chain, combinations

import pytest

from deals import organizations
from deals.feeds.match import organizations as match
from deals.models import Organization, OrganizationName
from tests.factories import make_organization

pytestmark = pytest.mark.django_db
FACTS = ("name", "country", "kind")
CHOICES = list(chain.from_iterable(combinations(FACTS, n) for n in range(4)))


@pytest.fixture
def two():
    one = make_organization("Weiya Ventures", "CN", kind="fund")
    into = make_organization("WY Capital", "HK", kind="company")
    one.names.create(name="维亚", key="维亚", script="Hans")
    into.names.create(name="WYC", key="wyc", script="Latn")
    return one, into


def known():
    """All that names and organizations say, but for keys."""
    rows = Organization.objects.order_by("pk").values_list(
        "name", "key", "country", "kind", "merged_into"
    )
    names = OrganizationName.objects.order_by("organization", "name")
    return list(rows), list(names.values_list("organization", "name", "key", "script"))


@pytest.mark.parametrize("take", CHOICES)
def test_the_survivor_has_what_was_chosen_and_every_name_as_another(two, take):
    one, into = two
    organizations.merge(one=one, into=into, by=None, reason="One", take=take)
    into.refresh_from_db()
    assert into.name == ("Weiya Ventures" if "name" in take else "WY Capital")
    assert into.country == ("CN" if "country" in take else "HK")
    assert into.kind == ("fund" if "kind" in take else "company")
    every = {into.name, *into.names.values_list("name", flat=True)}
    assert every == {"Weiya Ventures", "WY Capital", "维亚", "WYC"}


@pytest.mark.parametrize("take", CHOICES)
def test_undo_gives_both_back_what_they_were(two, take):
    before = known()
    organizations.merge(one=two[0], into=two[1], by=None, reason="One", take=take)
    organizations.split(organization=two[0], by=None, reason="Two")
    assert known() == before


@pytest.mark.parametrize("take", CHOICES)
def test_files_find_the_survivor_by_every_name_in_either_country(two, take):
    one, into = two
    asked = [("Weiya Ventures", "CN", ""), ("WY Capital", "HK", ""), ("WYC", "HK", "")]
    organizations.merge(one=one, into=into, by=None, reason="One", take=take)
    found, created = match(asked, generated=False)
    assert created == []
    assert set(found.values()) == {into.pk}


def test_what_somebody_has_changed_since_stays(two):
    one, into = two
    organizations.merge(one=one, into=into, by=None, reason="One", take=FACTS)
    Organization.objects.filter(pk=into.pk).update(name="Newer", key="newer", kind="government")
    organizations.split(organization=one, by=None, reason="Two")
    into.refresh_from_db()
    assert (into.name, into.kind, into.country) == ("Newer", "government", "HK")


def test_an_unknown_country_or_kind_is_never_taken():
    one, into = make_organization("A", None), make_organization("A", "DE", kind="fund")
    organizations.merge(one=one, into=into, by=None, reason="One", take=FACTS)
    into.refresh_from_db()
    assert (into.country, into.kind) == ("DE", "fund")
