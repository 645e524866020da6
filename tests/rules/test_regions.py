from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.rules.countries import COUNTRIES
from deals.rules.errors import RuleError
from deals.rules.regions import REGIONS, Side, side, swap_china

FOUNDERS = "BE DE DK ES FR GR IE IT LU NL PT"

# Written by hand from the treaties, not from the table under test.
ACCESSIONS = {
    date(1995, 1, 1): "AT FI SE",
    date(2004, 5, 1): "CY CZ EE HU LT LV MT PL SI SK",
    date(2007, 1, 1): "BG RO",
    date(2013, 7, 1): "HR",
}
LAST_BRITISH_DAY = date(2020, 1, 31)
DAY = timedelta(days=1)


def test_every_accession_to_the_eu_begins_on_its_day() -> None:
    eu = side("eu")
    for joined, countries in ACCESSIONS.items():
        for country in countries.split():
            assert eu.contains(country, joined, joined) is True, country
            assert eu.contains(country, joined - DAY, joined - DAY) is False, country
            assert eu.contains(country, joined - DAY, joined) is None, country


def test_founding_members_belong_to_the_eu_on_every_day_and_without_a_date() -> None:
    for country in FOUNDERS.split():
        assert side("eu").contains(country, date(1980, 1, 1), date(1980, 12, 31)) is True
        assert side("eu").contains(country, None, None) is True


def test_the_united_kingdom_leaves_the_eu_at_the_end_of_january_2020() -> None:
    eu = side("eu")
    assert eu.contains("GB", date(1980, 1, 1), LAST_BRITISH_DAY) is True
    assert eu.contains("GB", LAST_BRITISH_DAY + DAY, date(2026, 1, 1)) is False
    assert eu.contains("GB", date(2020, 1, 1), date(2020, 12, 31)) is None
    assert eu.contains("GB", None, None) is None


def test_the_eu_has_nobody_else() -> None:
    members = {member.country for member in REGIONS["eu"].members}
    by_hand = {*FOUNDERS.split(), *" ".join(ACCESSIONS.values()).split()}
    assert members - {"GB"} == by_hand
    assert side("eu27").always == by_hand
    assert side("eu28").always == by_hand | {"GB"}


def test_europe_is_the_merics_definition_and_does_not_move() -> None:
    europe = side("europe")
    assert europe.always == side("eu27").always | {"GB", "CH", "NO"}
    assert len(europe.always) == 30
    assert europe.dated == ()


def test_every_region_has_a_definition_a_source_and_real_countries() -> None:
    assert {"europe", "eu", "eu27", "china", "china-hk-mo"} <= REGIONS.keys()
    for region in REGIONS.values():
        assert region.title
        assert region.definition.endswith(".")
        assert region.source
        assert {member.country for member in region.members} <= COUNTRIES.keys()


def test_china_is_the_mainland_and_the_others_are_asked_for_by_name() -> None:
    assert side("china").always == {"CN"}
    assert side("china-hk-mo").always == {"CN", "HK", "MO"}
    assert side("greater-china").always == {"CN", "HK", "MO", "TW"}


def test_codes_are_normalised_sorted_and_taken_in_any_case() -> None:
    asked = side(" us,EUROPE , ,gb")
    assert asked.codes == ("GB", "US", "europe")
    assert asked == side(["europe", "US", "GB", "US"])
    assert side("UK").codes == ("GB",)


def test_no_code_means_anyone() -> None:
    assert side("") == Side((), frozenset(), ())
    assert side("").contains("ZA", None, None) is True


@pytest.mark.parametrize("text", ["europa", "EU,XX", "Germany"])
def test_an_unknown_code_is_an_error_that_lists_the_regions(text: str) -> None:
    with pytest.raises(RuleError) as error:
        side(text)
    assert error.value.code == "unknown_region"
    assert text.split(",")[-1] in error.value.message
    assert "china-hk-mo" in error.value.message


days = st.dates(date(1990, 1, 1), date(2026, 12, 31))
regions = st.sampled_from(["eu", "eu,GB", "europe", "eu,china", "US"])
countries = st.sampled_from(["GB", "HR", "DE", "AT", "PL", "RO", "NO", "CN", "US"])


@given(regions, countries, days, st.integers(0, 800))
@settings(max_examples=200, deadline=None)
def test_contains_agrees_with_asking_for_each_day(
    codes: str, country: str, first: date, length: int
) -> None:
    each_day = {_naive(codes, country, first + DAY * n) for n in range(length + 1)}
    expected = each_day.pop() if len(each_day) == 1 else None
    assert side(codes).contains(country, first, first + DAY * length) is expected


def _naive(codes: str, country: str, day: date) -> bool:
    """Membership on one day, from the tables written by hand above."""
    fixed = {"europe": side("eu27").always | {"GB", "CH", "NO"}, "china": {"CN"}}
    for code in codes.split(","):
        if country in fixed.get(code, {code}):
            return True
        if code == "eu":
            joined = next((d for d, who in ACCESSIONS.items() if country in who.split()), None)
            if country in FOUNDERS.split() or (joined is not None and day >= joined):
                return True
            if country == "GB" and day <= LAST_BRITISH_DAY:
                return True
    return False


def test_a_stay_that_touches_another_one_leaves_no_gap() -> None:
    uk = next(member for member in REGIONS["eu"].members if member.country == "GB")
    after = type(uk)("GB", LAST_BRITISH_DAY + DAY, None)
    both = Side(("x",), frozenset(), (uk, after))
    assert both.contains("GB", date(2020, 1, 1), date(2020, 12, 31)) is True
    assert both.contains("GB", None, None) is True


@pytest.mark.parametrize(
    ("asked", "with_hk_mo", "codes"),
    [
        ("CN", True, ("china-hk-mo",)),
        ("china,US", True, ("US", "china-hk-mo")),
        ("CN,HK", True, ("china-hk-mo",)),
        ("china-hk-mo", False, ("CN",)),
        ("CN,HK,MO", False, ("CN",)),
        ("CN,HK", False, ("CN",)),
        ("greater-china", False, ("CN", "TW")),
        ("CN", False, None),
        ("china-hk-mo", True, None),
        ("greater-china", True, None),
        ("HK", True, None),
        ("HK", False, None),
        ("europe", True, None),
        ("", True, None),
    ],
)
def test_swapping_china_adds_or_removes_hong_kong_and_macao_only(
    asked: str, with_hk_mo: bool, codes: tuple[str, ...] | None
) -> None:
    swapped = swap_china(side(asked), with_hk_mo)
    assert (swapped.codes if swapped else None) == codes


@given(st.sets(st.sampled_from(["CN", "HK", "MO", "TW", "US", "eu", "europe", "greater-china"])))
@settings(max_examples=60, deadline=None)
def test_swapping_china_changes_no_other_country(codes: set[str]) -> None:
    before = side(codes)
    for with_hk_mo in (True, False):
        after = swap_china(before, with_hk_mo)
        if after is not None:
            assert after.always ^ before.always <= {"HK", "MO"}
            assert ("HK" in after.always and "MO" in after.always) is with_hk_mo
            assert after.dated == before.dated
            assert swap_china(after, with_hk_mo) is None
