"""A search finds the deals that a look at every version finds, however many names it stands for."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deals.flows import search
from deals.flows.listing import Wanted, total
from deals.flows.query import ALL, FlowQuery
from deals.flows.scope import resolve
from deals.models import DealVersion, Organization, OrganizationName, TargetName
from tests.factories import make_deals, make_organization
from tests.flows.moves import pages

pytestmark = pytest.mark.django_db

ALL_DEALS = FlowQuery(kind=(ALL,), status=(ALL,), ai=(ALL,))
WORDS = ["lpha", "Alpha AI", "al ai", "fund", "100%", "a_b", "x-7", "阿里", "former", "nobody", "a"]


@pytest.fixture
def register() -> None:
    make_deals(
        {"target": target, "investors": investors, "external_id": number or ""}
        for target, investors, number in (
            ("Alpha AI", [("Beta Fund", "DE")], "x-7"),
            ("Alphabet of Nothing", [("Gamma Fund", "FR"), ("Alpha AI", "CN")], ""),
            ("100% Robot", [("a_b Capital", "DE")], "X-7"),
            ("100 Robots", [("a-b Capital", "DE")], "x-77"),
        )
    )
    other = Organization.objects.get(name="100 Robots")
    OrganizationName.objects.create(
        organization=other, name="阿里机器人", key="阿里机器人", script="Hans"
    )
    # Its deal was published under the name that it had then.
    renamed = Organization.objects.get(name="Alphabet of Nothing")
    Organization.objects.filter(pk=renamed.pk).update(name="Omega (formerly something else)")
    make_organization("Alpha without deals", "CN")


def naive(words: str) -> set[str]:
    """All versions, one after the other, in Python."""
    parts = words.casefold().split()

    def has(name: str) -> bool:
        at = 0
        for part in parts:
            found = name.casefold().find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return True

    def named(one: Organization) -> bool:
        return has(one.name) or any(has(other.name) for other in one.names.all())

    return {
        version.deal.public_id
        for version in DealVersion.objects.filter(published_seq__isnull=False)
        if has(version.target_name)
        or named(version.target)
        or any(named(one.investor) for one in version.participations.all() if one.investor)
        or version.external_id == words
        or version.deal.public_id == words.upper()
    }


def found(words: str) -> set[str]:
    return {json.loads(text)["id"] for page in pages(ALL_DEALS, q=words) for text in page.documents}


@pytest.mark.parametrize("few", [search.FEW, 1, 0])
def test_a_search_finds_what_every_version_looked_at_says(
    register: None, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    # With none looked up one by one, each deal is held against all that the search means.
    monkeypatch.setattr(search, "FEW", few)
    deal = DealVersion.objects.first()
    assert deal
    expected = {words: naive(words) for words in [*WORDS, deal.deal.public_id.lower()]}
    assert {words: found(words) for words in expected} == expected
    assert len({frozenset(one) for one in expected.values()}) > 5


def test_names_of_targets_are_kept_once_and_outlive_a_new_name(register: None) -> None:
    kept = TargetName.objects.values_list("organization_id", "name")
    assert sorted(kept) == sorted(DealVersion.objects.values_list("target_id", "target_name"))
    assert not Organization.objects.filter(name="Alphabet of Nothing").exists()


def test_all_statements_of_a_page_look_a_search_up_once(register: None) -> None:
    scope = resolve(ALL_DEALS)
    wanted = Wanted(q="alpha")
    with CaptureQueriesContext(connection) as asked:
        assert total(ALL_DEALS, scope, wanted) == total(ALL_DEALS, scope, wanted) == 2
    assert len(asked) == 3
