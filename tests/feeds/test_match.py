"""A name finds its organization by normalised name and country, and never by a guess."""

import pytest

from deals.feeds.match import organizations
from deals.models import Organization, OrganizationName
from deals.rules.names import normalise
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


def found(*names: tuple[str, str | None], generated: bool = False) -> list[Organization]:
    ids = organizations(names, generated=generated)
    return [Organization.objects.get(pk=ids[name]) for name in names]


def test_spellings_of_one_name_in_one_country_are_one_organization() -> None:
    known = make_organization("Foo Co., Ltd.", "CN")
    assert found(("FOO", "CN"), ("Foo Limited", "CN")) == [known, known]


def test_one_name_in_two_countries_stays_two_organizations() -> None:
    german, french = found(("Foo", "DE"), ("Foo", "FR"))
    assert german != french


def test_a_name_without_a_country_is_the_only_one_that_bears_it() -> None:
    known = make_organization("Foo", "DE")
    assert found(("Foo", None)) == [known]


def test_the_order_of_names_in_a_file_decides_nothing() -> None:
    unknown, german = found(("Foo", None), ("Foo", "DE"))
    assert unknown == german


def test_with_several_bearers_it_is_one_of_unknown_country_and_the_same_the_next_time() -> None:
    make_organization("Foo", "DE")
    make_organization("Foo", "FR")
    (first,), (second,) = found(("Foo", None)), found(("Foo", None))
    assert (first.country, second) == (None, first)


def test_other_names_are_known_too() -> None:
    known = make_organization("DeepSeek", "CN")
    name = "深度求索"
    OrganizationName.objects.create(
        organization=known, name=name, key=normalise(name), script="Hans"
    )
    assert found((name, "CN")) == [known]


def test_a_merged_organization_leads_to_the_one_it_is() -> None:
    old, middle, new = (make_organization(name, "CN") for name in ("Old", "Middle", "New"))
    for one, other in ((old, middle), (middle, new)):
        one.merged_into = other
        one.save()
    assert found(("Old", "CN")) == [new]


def test_invented_organizations_are_matched_only_among_themselves() -> None:
    real = make_organization("Foo", "DE")
    (invented,) = found(("Foo", "DE"), generated=True)
    assert (invented == real, invented.generated) == (False, True)
    assert found(("Foo", "DE")) == [real]
