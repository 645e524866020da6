"""Owners at the top of the chain on the deal's day, and stakes of states anywhere above."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deals.models import Ownership
from deals.models.attribution import Attribution, OwnerBook
from tests.factories import make_organization

pytestmark = pytest.mark.django_db
DAY = date(2020, 6, 1)


def owns(owner: str, owned: str, share: str | None = None, **facts: Any) -> None:
    """Names carry their country: "Wingtech CN" holds a stake in "Nexperia NL"."""
    Ownership.objects.create(
        owner=make_organization(owner, owner[-2:]),
        owned=make_organization(owned, owned[-2:]),
        share=Decimal(share) if share else None,
        **({"controlling": False} | facts),
    )


def asked(name: str, day: date | None = DAY) -> Attribution:
    return OwnerBook().attribute(make_organization(name, name[-2:]).pk, name[-2:], day, day)


def test_without_evidence_the_own_country_stands_and_says_so() -> None:
    assert asked("Fund DE") == Attribution(("DE",), "owner_not_researched", False)
    assert OwnerBook().attribute(None, None, DAY, DAY).countries == ()


def test_a_chain_of_majorities_and_documented_control_is_followed_to_its_top() -> None:
    owns("Wingtech CN", "Holding LU", "51")
    owns("Holding LU", "Nexperia NL", controlling=True)
    assert asked("Nexperia NL") == Attribution(("CN",), "evidence", False)


def test_half_of_the_votes_is_no_control_and_dispersed_owners_stop_the_chain() -> None:
    owns("One CN", "Company GB", "50")
    owns("Other US", "Company GB", "50")
    assert asked("Company GB").countries == ("GB",)


def test_joint_controllers_are_all_kept() -> None:
    owns("Renault FR", "Alliance NL", "40", controlling=True)
    owns("Nissan JP", "Alliance NL", "40", controlling=True)
    assert asked("Alliance NL").countries == ("FR", "JP")


def test_only_owners_of_the_day_count_and_an_undated_deal_needs_undated_evidence() -> None:
    owns("Wingtech CN", "Nexperia NL", "98", first=date(2019, 12, 31))
    assert asked("Nexperia NL", date(2019, 12, 30)).countries == ("NL",)
    assert asked("Nexperia NL", date(2019, 12, 31)).countries == ("CN",)
    assert asked("Nexperia NL", None).countries == ("NL",)


def test_owners_in_a_circle_end() -> None:
    owns("One CN", "Two DE", "60")
    owns("Two DE", "One CN", "60")
    assert asked("Two DE").basis == "evidence"


def test_a_states_minority_above_a_minority_is_linked_and_changes_no_country() -> None:
    owns("Academy CN", "Legend CN", "29", state_linked=True)
    owns("Legend CN", "Lenovo HK", "31")
    assert asked("Lenovo HK") == Attribution(("HK",), "evidence", True)
    owns("State FR", "Firm FR", "10", state_linked=True, last=date(2019, 1, 1))
    assert asked("Firm FR").state_linked is False


def seat(name: str, country: str, **days: date) -> None:
    """Headquarters of an organization that stand beside its undated country."""
    make_organization(name, name[-2:]).domiciles.create(
        country=country, basis="headquarters", **days
    )


def test_an_owner_is_where_its_headquarters_were_on_the_day_of_the_deal() -> None:
    owns("Group JP", "Fund GB", controlling=True)
    seat("Group JP", "SG", last=date(2020, 5, 31))
    seat("Group JP", "KR", first=date(2020, 6, 1))
    assert asked("Fund GB", date(2020, 5, 31)).countries == ("SG",)
    assert asked("Fund GB", date(2020, 6, 1)).countries == ("KR",)
    # The year spans the move, and an undated deal has no day: the undated country stands.
    fund = make_organization("Fund GB", "GB").pk
    year = OwnerBook().attribute(fund, "GB", date(2020, 1, 1), date(2020, 12, 31))
    assert year.countries == asked("Fund GB", None).countries == ("JP",)


def test_undated_headquarters_on_evidence_go_before_the_undated_country() -> None:
    owns("Group JP", "Fund GB", controlling=True)
    make_organization("Group JP", "JP").domiciles.create(country="KY", basis="incorporation")
    assert asked("Fund GB").countries == ("JP",)
    seat("Group JP", "SG")
    assert asked("Fund GB").countries == asked("Fund GB", None).countries == ("SG",)


def test_joint_controllers_of_one_group_lead_to_the_group_alone() -> None:
    owns("One DE", "Fund GB", controlling=True)
    owns("Two FR", "Fund GB", controlling=True)
    owns("Group CN", "One DE", "100")
    owns("Group CN", "Two FR", "100")
    assert asked("Fund GB").countries == ("CN",)
