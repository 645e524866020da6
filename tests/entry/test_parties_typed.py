"""Target and investors of a typed deal: who is meant, where they are from, and nobody twice."""

from typing import Any

import pytest

from deals import actions
from deals.entry.reading import read
from deals.entry.typed import typed_of
from deals.models import OrganizationName
from deals.organizations import merge as merge_organizations
from deals.rules.names import normalise
from tests.entry.test_reading import TODAY, faults, form
from tests.factories import make_deal, make_organization

pytestmark = pytest.mark.django_db


def typed(*investors: dict[str, str], target: Any = "Horizon", **more: Any) -> dict[str, Any]:
    sources = [{"kind": "page", "url": "https://a.example/"}]
    return form(target=target, sources=sources, investors=list(investors), **more)


def party(name: str, country: str = "", public_id: str = "", **more: str) -> dict[str, str]:
    return {"id": public_id, "name": name, "country": country, **more}


def facts(*investors: dict[str, str], **more: Any) -> Any:
    found = read(typed(*investors, **more), today=TODAY)
    assert found.faults == ()
    return found.facts


def test_the_country_of_an_organization_that_was_chosen_is_its_headquarters():
    bosch = make_organization("Bosch", "DE")
    nowhere = make_organization("Nowhere", None)
    found = facts(party("Bosch", "", bosch.public_id), party("", "", nowhere.public_id))
    assert found["investors"][0] | {"lead": None} == {
        "id": bosch.public_id, "name": "Bosch", "country": "DE", "basis": "headquarters",
        "lead": None, "contribution": None, "stake": None,
    }  # fmt: skip
    named = found["investors"][1]
    assert (named["name"], named["country"], named["basis"]) == ("Nowhere", None, "unknown")


@pytest.mark.parametrize(
    ("country", "expected"),
    [("CN", ("CN", "stated")), ("DE", ("DE", "headquarters")), ("unknown", (None, "unknown"))],
)
def test_another_country_than_its_own_was_stated_by_the_source(country, expected):
    bosch = make_organization("Bosch", "DE")
    (one,) = facts(party("Bosch", country, bosch.public_id))["investors"]
    assert (one["country"], one["basis"]) == expected


def test_a_name_without_an_id_is_kept_for_the_register_to_find():
    found = facts(party("Bosch  GmbH", "germany"), target=party("深度求索", "中国"))
    assert found["target"] == {"id": "", "name": "深度求索", "country": "CN", "basis": "stated"}
    assert found["investors"][0]["name"] == "Bosch GmbH"
    assert found["investors"][0]["id"] == ""


def test_what_is_seen_wins_over_an_id_that_was_left_over():
    bosch = make_organization("Bosch", "DE")
    OrganizationName.objects.create(
        organization=bosch, name="博世", key=normalise("博世"), script="Hans"
    )
    (other,) = facts(party("Siemens", "DE", bosch.public_id))["investors"]
    assert (other["id"], other["name"]) == ("", "Siemens")
    (same,) = facts(party("博世", "", bosch.public_id))["investors"]
    assert (same["id"], same["name"]) == (bosch.public_id, "博世")


def test_an_organization_that_was_merged_leads_to_what_it_is_now():
    one, other = make_organization("Bosch Gruppe", "DE"), make_organization("Bosch", "DE")
    make_deal(target="Elsewhere", investors=[("Bosch Gruppe", "DE")])
    merge_organizations(one=one, into=other, by=None, reason="The same.")
    (found,) = facts(party("Bosch Gruppe", "", one.public_id))["investors"]
    assert found["id"] == other.public_id


@pytest.mark.parametrize("public_id", ["O-NOWHERE", "D-1", "x" * 10_000, "'; --", "\0"])
def test_an_id_that_is_none_of_the_registers_is_said(public_id):
    found = faults(typed(party("Bosch", "DE", public_id)))
    assert "choose again" in found["investors-0-name"]


@pytest.mark.parametrize(
    ("row", "part", "says"),
    [
        (party("x" * 301, "DE"), "name", "more than 300 characters"),
        (party("Bosch", "Germny"), "country", "Did you mean Germany (DE)?"),
        (party("Bosch", "Congo"), "country", "could be more than one country"),
        (party("Bosch", "DE", lead="perhaps"), "lead", "neither yes nor no"),
        (party("Bosch", "DE", stake="140"), "stake", "above 0 and up to 100"),
        (party("Bosch", "DE", stake="0"), "stake", "above 0 and up to 100"),
        (party("Bosch", "DE", contribution="some"), "contribution", "is not an amount"),
        (
            party("Bosch", "DE", contribution="$1-2m"),
            "contribution",
            "a contribution is one amount",
        ),
        (party("Bosch", "DE", contribution="1m EUR"), "contribution", "the deal is in USD"),
        (party("Bosch", "DE", contribution="6m"), "contribution", "add up to 6,000,000 USD"),
    ],
)
def test_what_is_wrong_with_an_investor_is_said_in_its_row(row, part, says):
    found = faults(typed(party("GV", "US"), row))
    assert list(found) == [f"investors-1-{part}"]
    assert says in found[f"investors-1-{part}"]


def test_a_target_is_needed_and_its_country_is_read():
    assert "Name the company" in faults(typed(target=party("  ")))["target-name"]
    assert "not a country" in faults(typed(target=party("A", "Atlantis")))["target-country"]


def test_nobody_takes_part_twice():
    bosch = make_organization("Bosch", "DE")
    twice = [party("Bosch GmbH", "DE"), party("bosch", "CN")]
    assert "named twice" in faults(typed(*twice))["investors-1-name"]
    by_id = [party("Bosch", "", bosch.public_id), party("Bosch", "DE")]
    assert "named twice" in faults(typed({}, *by_id))["investors-2-name"]


def test_nobody_takes_part_twice_under_another_name():
    bosch = make_organization("Bosch", "DE")
    OrganizationName.objects.create(
        organization=bosch, name="博世", key=normalise("博世"), script="Hans"
    )
    for rows in (
        [party("Bosch", "", bosch.public_id), party("博世", "DE")],
        [party("博世", "DE"), party("Bosch", "", bosch.public_id)],
    ):
        assert "named twice" in faults(typed(*rows))["investors-1-name"]


def test_two_organizations_of_one_name_are_two_where_both_were_chosen():
    german, chinese = make_organization("Alpha", "DE"), make_organization("Alpha", "CN")
    found = facts(party("Alpha", "", german.public_id), party("Alpha", "", chinese.public_id))
    assert [one["country"] for one in found["investors"]] == ["DE", "CN"]


def test_a_target_is_not_its_own_investor():
    assert "is the target" in faults(typed(party("HORIZON", "DE")))["investors-0-name"]


def test_several_investors_may_have_no_name():
    found = facts(party("", "DE"), party("", "DE"), party(""))
    assert [one["country"] for one in found["investors"]] == ["DE", "DE"]


@pytest.mark.parametrize(
    ("said", "investors", "expected"),
    [
        ("", [], "none"),
        ("", [party("GV", "US")], "partial"),
        ("complete", [party("GV", "US")], "complete"),
        ("none", [party("", "US")], "none"),
    ],
)
def test_a_list_is_complete_only_where_somebody_says_so(said, investors, expected):
    assert facts(*investors, investor_list=said)["investor_list"] == expected


@pytest.mark.parametrize(
    ("said", "investors"),
    [
        ("complete", []),
        ("partial", []),
        ("none", [party("GV", "US")]),
        ("complete", [party("GV", "US"), party("", "DE")]),
    ],
)
def test_a_list_and_what_is_said_of_it_go_together(said, investors):
    assert list(faults(typed(*investors, investor_list=said))) == ["investor_list"]


def test_more_investors_than_a_form_is_for_are_refused():
    rows = [party(f"Fund {number}", "DE") for number in range(61)]
    assert "61 investors, more than 60" in faults(typed(*rows))["investors-60-name"]


def test_a_deal_with_more_can_still_be_changed():
    many = [(f"Fund {number}", "DE") for number in range(61)]
    before = actions.facts_of(make_deal(target="Horizon", investors=many))
    again = typed_of(before) | {"notes": "New."}
    assert read(again, before, today=TODAY).facts == before | {"notes": "New."}


def test_an_investor_who_is_named_as_before_keeps_country_and_basis():
    bosch = make_organization("Bosch", "DE")
    before = actions.facts_of(make_deal(target="Horizon", investors=[("Bosch", "DE")]))
    assert before["investors"][0]["id"] == bosch.public_id
    again = typed_of(before)
    again["investors"][0]["stake"] = "5"
    found = read(again, before, today=TODAY).facts
    assert found is not None
    assert found["investors"][0] == before["investors"][0] | {"stake": "5.0000"}
