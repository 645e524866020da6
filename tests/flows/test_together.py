"""Deals in which several organizations took part together, and places that mean one of them."""

import pytest
from django.http import QueryDict

from deals.flows.asked import ask
from deals.flows.listing import Wanted, listing
from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import resolve
from tests.factories import make_deals, make_organization
from tests.flows.comparing import assert_same
from tests.flows.moves import page_of

pytestmark = pytest.mark.django_db

RHEIN, SEINE = ("Rhein", "DE"), ("Seine", "FR")


@pytest.fixture
def codes() -> tuple[str, str, str]:
    make_deals(
        [
            {"target": "Alpha", "investors": [RHEIN, SEINE]},
            {"target": "Beta", "investors": [RHEIN, SEINE]},
            {"target": "Alpha", "investors": [RHEIN]},
            {"target": "Beta", "investors": [("Alpha", "CN"), RHEIN]},
        ]
    )
    names = (RHEIN, SEINE, ("Alpha", "CN"))
    rhein, seine, alpha = (make_organization(*name).public_id for name in names)
    return rhein, seine, alpha


def asked(*codes: str, **params: str) -> FlowQuery:
    return FlowQuery.from_params(
        {"investor": "europe", "target": "CN", "organization": ",".join(codes)} | params
    )


def test_all_of_them_took_part_in_whatever_role(codes: tuple[str, str, str]) -> None:
    rhein, seine, alpha = codes
    for together, n in (
        ((rhein,), 4),
        ((rhein, seine), 2),
        ((rhein, alpha), 3),
        ((rhein, seine, alpha), 1),
    ):
        assert assert_same(asked(*together))["deals"]["n"] == n
        assert page_of(asked(*together)).total == n


def test_places_mean_the_first_one_in_its_role(codes: tuple[str, str, str]) -> None:
    rhein, seine, alpha = codes
    for first, other, place, n in (
        (alpha, rhein, "as_target", 2),
        (rhein, alpha, "as_target", 0),
        (rhein, seine, "as_investor", 2),
        # Alpha invested once, and is not from Europe.
        (alpha, rhein, "as_investor", 0),
    ):
        assert page_of(asked(first, other), place=place).total == n, (first, place)
    assert page_of(FlowQuery(organization=alpha), place="as_investor").total == 1


def test_their_order_is_kept_and_each_is_meant_once() -> None:
    query = asked("O-2", " O-1", "O-2")
    assert query.organization == "O-2,O-1"
    assert FlowQuery.from_params(query.to_params()) == query


@pytest.mark.parametrize("text", ["O-1;O-2", "O 1", "<b>", ",".join(f"O-{n}" for n in range(6))])
def test_what_is_no_list_of_codes_is_refused(text: str) -> None:
    with pytest.raises(BadParameters) as caught:
        asked(text)
    assert [problem.parameter for problem in caught.value.problems] == ["organization"]


def test_a_row_that_would_name_too_many_has_no_link_and_the_others_lead_to_their_deals() -> None:
    names = [(f"Fund {number}", "DE") for number in range(6)]
    make_deals([{"target": "Alpha", "date": "2020", "investors": names}])
    five = [make_organization(*name).public_id for name in names[:5]]
    answer, _scope = ask("top-investors", asked(*five))
    links = {row["name"]: row["deals"] for row in answer["rows"]}
    assert links.pop("Fund 5") == ""
    for name, address in links.items():
        params = QueryDict(address.partition("?")[2]).dict()
        place = params.pop("place")
        assert page_of(FlowQuery.from_params(params), place=place).total == 1, name


def test_each_one_that_is_not_there_is_named(codes: tuple[str, str, str]) -> None:
    with pytest.raises(BadParameters) as caught:
        resolve(asked(codes[0], "O-00000001", "O-00000002"))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("place", ["as_target", "as_investor"])
def test_a_place_that_means_an_organization_needs_one(place: str) -> None:
    query = FlowQuery()
    with pytest.raises(BadParameters, match="place") as caught:
        listing(query, resolve(query), Wanted(place=place))
    assert [problem.parameter for problem in caught.value.problems] == ["place"]


def test_pages_and_api_name_the_parameter(client, codes: tuple[str, str, str]) -> None:
    for address in ("/deals/", "/api/v1/deals/"):
        assert client.get(address, {"place": "as_target"}).status_code == 400
        shown = client.get(address, {"organization": ",".join(codes[:2]), "place": "as_investor"})
        assert shown.status_code == 200
