"""A name finds its organization by id, else by normalised name and country, never by a guess."""

import random
from itertools import permutations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deals.feeds.match import LOCK_KEY, existing, organizations
from deals.models import Identifier, Organization, OrganizationName
from deals.rules.names import normalise
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


def found(*names: tuple[str, str | None, str] | tuple[str, str | None], generated: bool = False):
    wanted = [(name[0], name[1], name[2] if len(name) > 2 else "") for name in names]
    ids, _ = organizations(wanted, generated=generated)
    return [Organization.objects.get(pk=ids[named]) for named in wanted]


def identified(organization: Organization, external_id: str) -> Organization:
    scheme, value = external_id.split(":", 1)
    Identifier.objects.create(organization=organization, scheme=scheme, value=value)
    return organization


def ids_of(organization: Organization) -> list[str]:
    return sorted(f"{i.scheme}:{i.value}" for i in organization.identifiers.all())


def test_spellings_of_one_name_in_one_country_are_one_organization() -> None:
    known = make_organization("Foo Co., Ltd.", "CN")
    assert found(("FOO", "CN"), ("Foo Limited", "CN")) == [known, known]


def test_one_name_in_two_countries_stays_two_organizations() -> None:
    german, french = found(("Foo", "DE"), ("Foo", "FR"))
    assert german != french


def test_a_name_without_a_country_is_the_only_one_that_bears_it() -> None:
    known = make_organization("Foo", "DE")
    assert found(("Foo", None)) == [known]


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
    identified(old, "crunchbase:old")
    for one, other in ((old, middle), (middle, new)):
        one.merged_into = other
        one.save()
    assert found(("Old", "CN"), ("Anything", "DE", "crunchbase:old")) == [new, new]


def test_bearers_that_were_merged_are_one_to_a_name_without_a_country() -> None:
    german, french = make_organization("Foo", "DE"), make_organization("Foo", "FR")
    french.merged_into = german
    french.save()
    assert found(("Foo", None), ("Foo", "FR")) == [german, german]


def test_invented_organizations_are_matched_only_among_themselves() -> None:
    real = identified(make_organization("Foo", "DE"), "crunchbase:foo")
    (invented,) = found(("Foo", "DE", "crunchbase:foo"), generated=True)
    assert (invented == real, invented.generated, ids_of(invented)) == (False, True, [])
    assert found(("Foo", "DE", "crunchbase:foo")) == [real]


def test_a_known_id_decides_whatever_the_name_and_country_beside_it_say() -> None:
    known = identified(make_organization("Facebook", "US"), "crunchbase:fb")
    make_organization("Meta", "IE")
    assert found(("Meta", "IE", "crunchbase:fb")) == [known]
    assert not known.names.exists()


def test_an_unknown_id_is_added_to_the_organization_that_the_name_finds() -> None:
    known = make_organization("Foo GmbH", "DE")
    assert found(("Foo", "DE", "crunchbase:foo:1")) == [known]
    assert ids_of(known) == ["crunchbase:foo:1"]
    assert found(("Renamed", None, "crunchbase:foo:1")) == [known]


def test_ids_of_two_schemes_are_two_ids_of_one_organization() -> None:
    one, other = found(("Foo", "DE", "crunchbase:foo"), ("Foo", "DE", "lei:5299"))
    assert one == other
    assert ids_of(one) == ["crunchbase:foo", "lei:5299"]


def test_two_ids_of_one_scheme_are_two_companies_of_one_name() -> None:
    known = make_organization("Apex", "CN")
    first, second = found(("Apex", "CN", "itjuzi:1"), ("Apex", "CN", "itjuzi:2"))
    assert (first, second == known) == (known, False)
    assert (ids_of(first), ids_of(second)) == (["itjuzi:1"], ["itjuzi:2"])
    (later,) = found(("Apex", "CN", "itjuzi:3"))
    assert later not in (first, second)


def test_a_name_that_only_ids_tell_apart_is_none_of_them_and_the_same_the_next_time() -> None:
    first, second = found(("Apex", "CN", "itjuzi:1"), ("Apex", "CN", "itjuzi:2"))
    (without,) = found(("Apex", "CN"))
    assert without not in (first, second)
    assert found(("Apex", "CN")) == [without]


def test_one_id_under_two_names_is_one_organization_and_a_known_name_is_taken() -> None:
    known = make_organization("Zeta", "CN")
    one, other = found(("Alpha", "CN", "itjuzi:1"), ("Zeta", "CN", "itjuzi:1"))
    assert one == other == known


def test_an_id_that_is_no_id_is_left_out() -> None:
    known = make_organization("Foo", "DE")
    wanted = [f"itjuzi:{'9' * 301}", "itjuzi: ", f"{'s' * 33}:1", "loose", ":1"]
    assert set(found(*(("Foo", "DE", external_id) for external_id in wanted))) == {known}
    assert ids_of(known) == []


FILE = [
    ("Foo", None, ""),
    ("Foo", "DE", ""),
    ("Foo", "DE", "cb:2"),
    ("FOO", "DE", "cb:1"),
    ("Bar", None, "cb:1"),
]


def test_the_order_of_names_in_a_file_decides_nothing() -> None:
    def outcome(order) -> list[tuple[str, str | None, tuple[str, ...]]]:
        make_organization("Foo", "DE")
        ids, created = organizations(order, generated=False)
        facts = {
            pk: (o.name, o.country, *ids_of(o), pk in created)
            for pk, o in Organization.objects.in_bulk(ids.values()).items()
        }
        Identifier.objects.all().delete()
        Organization.objects.all().delete()
        return [facts[ids[named]] for named in FILE]

    first = outcome(FILE)
    orders = random.Random(1).sample(list(permutations(FILE)), 20)
    assert all(outcome(order) == first for order in orders)


def test_it_says_what_was_created_and_creates_nothing_the_second_time() -> None:
    make_organization("Known", "DE")
    names = [("Known", "DE", ""), ("New", "DE", "cb:1"), ("Other", None, "")]
    ids, created = organizations(names, generated=False)
    assert sorted(created) == sorted(ids[named] for named in names[1:])
    assert organizations(names, generated=False) == (ids, [])


def test_who_only_looks_finds_the_same_and_waits_for_nobody() -> None:
    known = make_organization("Foo", "DE")
    identified(make_organization("Bar", "FR"), "lei:1")
    names = [("Foo", "DE", ""), ("foo ltd", None, ""), ("Other", None, "lei:1")]
    ids = existing(names, generated=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            " AND (classid::bigint << 32) + objid::bigint = %s",
            [LOCK_KEY],
        )
        assert cursor.fetchone() == (0,)
    assert ids == organizations(names, generated=False)[0]
    assert ids is not None
    assert ids["Foo", "DE", ""] == known.pk


@pytest.mark.parametrize("named", [("New", "DE", ""), ("Foo", "FR", ""), ("Foo", "DE", "lei:2")])
def test_who_only_looks_finds_nothing_where_something_would_be_written(named) -> None:
    known = make_organization("Foo", "DE")
    assert existing([("Foo", "DE", ""), named], generated=False) is None
    assert (Organization.objects.get(), ids_of(known)) == (known, [])


def test_a_thousand_names_take_as_many_queries_as_one() -> None:
    def queries(names) -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            organizations(names, generated=False)
        return len(context)

    one = queries([("A", "DE", "cb:0")])
    assert queries([(f"Name {n}", "DE", f"cb:{n}") for n in range(1000)]) == one <= 12
