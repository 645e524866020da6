"""Which investors of a pasted line are organizations of the register."""

import pytest

from deals.entry.parties_known import recognised
from deals.models import OrganizationName
from deals.organizations import merge
from deals.rules.names import normalise
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


def known(name: str, country: str = "") -> tuple[str, str]:
    (row,) = recognised([{"id": "", "name": name, "country": country}])
    assert row["name"] == name
    return row["id"], row["country"]


def test_one_organization_of_a_name_is_meant_by_any_of_its_names():
    bosch = make_organization("Robert Bosch", "DE")
    OrganizationName.objects.create(
        organization=bosch, name="博世", key=normalise("博世"), script="Hans"
    )
    for name in ("Robert Bosch GmbH", "ROBERT BOSCH", "博世"):
        assert known(name) == (bosch.public_id, "DE")
    assert known("Robert Bosch", "CN") == ("", "CN")
    assert known("Nobody") == ("", "")


def test_of_two_of_a_name_the_country_decides_and_nothing_else():
    german, _chinese = make_organization("Alpha", "DE"), make_organization("Alpha", "CN")
    assert known("Alpha") == ("", "")
    assert known("Alpha", "DE") == (german.public_id, "DE")


def test_invented_organizations_are_never_meant():
    make_organization("Made Up", "FR", generated=True)
    assert known("Made Up") == ("", "")


def test_a_merged_organization_is_the_one_that_it_is_now():
    one, other = make_organization("Beta", "DE"), make_organization("Beta Group", "DE")
    merge(one=one, into=other, by=None, reason="The same.")
    assert known("Beta") == (other.public_id, "DE")


def test_an_organization_of_unknown_country_is_still_recognised():
    gamma = make_organization("Gamma", None)
    assert known("Gamma") == (gamma.public_id, "")


def test_queries_do_not_grow_with_the_rows(django_assert_num_queries):
    rows = [{"id": "", "name": f"Fund {number}", "country": ""} for number in range(40)]
    for row in rows:
        make_organization(row["name"], "DE")
    with django_assert_num_queries(2):
        assert all(row["id"] for row in recognised(rows))
