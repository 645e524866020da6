"""What the preview says is what the register says once the change is published."""

import pytest

from deals.actions.evidence import propose, publish_edit
from deals.desk.evidence_flips import EVERY_FLOW, flips, flow_words
from deals.entry.evidence import difference, record
from deals.flows.asked import share_answer
from deals.flows.flips import HEADQUARTERS, ULTIMATE, WAYS
from deals.flows.query import FlowQuery
from deals.models import Ownership
from tests.desk.runs import make_person
from tests.factories import make_deals, make_organization, make_population

pytestmark = pytest.mark.django_db
CHINA = {False: "CN", True: "china-hk-mo"}
SOURCE = {"url": "https://example.org/move", "title": "Annual report"}
QUESTIONS = [(way, by, wide) for way in WAYS for by in (HEADQUARTERS, ULTIMATE) for wide in CHINA]


@pytest.fixture
def fund():
    """Invests from Germany, is a target itself, and owns a fund in Luxembourg."""
    fund, below = make_organization("Fund", "DE"), make_organization("Below", "LU")
    make_population("all")
    Ownership.objects.create(owned=below, owner=fund, controlling=True)
    by = {"country_basis": "headquarters", "population": "all"}
    make_deals(
        [
            {"target_country": "CN", "investors": [("Fund", "DE")], **by},
            {"target_country": "CN", "investors": [("Fund", "DE"), ("Other", "FR")], **by},
            {"target_country": "HK", "investors": [("Fund", "DE")], "date": "2021", **by},
            {"target_country": "GB", "investors": [("Fund", "DE")], "date": "2016-01-04", **by},
            {"target_country": "CN", "investors": [("Below", "LU")], **by},
            {"target_country": "FR", "investors": [("Below", "LU")], "date": None, **by},
            {"target": "Fund", "target_country": "DE", "investors": [("Third", "CN")], **by},
            {"target_country": "CN", "investors": [("Fund", "DE")], "population": "all"},
        ]
    )
    return fund


def seat(country: str, first: str = "", last: str = "") -> dict[str, str]:
    facts = {"row": "", "country": country, "basis": "headquarters", "first": first, "last": last}
    return facts | SOURCE


def numbers() -> dict[tuple, tuple[int, int]]:
    """n and N of both directions, by both attributions, with and without Hong Kong and Macao."""
    found = {}
    for way, by, wide in QUESTIONS:
        investor, target = (CHINA[wide] if end == "china" else end for end in way)
        query = FlowQuery.from_params(
            {"investor": investor, "target": target, "population": "all",
             "attribution": "immediate" if by == HEADQUARTERS else "ultimate"}
        )  # fmt: skip
        answer, _ = share_answer(query)
        found[way, by, wide] = answer["deals"]["n"], answer["deals"]["N"]
    return found


@pytest.mark.parametrize(
    ("country", "days"),
    [
        ("CN", ("", "")),
        ("CN", ("2018-01-01", "")),
        ("HK", ("", "2018-12-31")),
        ("US", ("2017-01-01", "2020-12-31")),
    ],
)
def test_the_numbers_after_publication_are_those_of_the_preview(fund, country, days):
    known = record(fund)
    changes = difference(known, known | {"domiciles": [seat(country, *days)]})
    before, found = numbers(), flips(fund, changes)
    assert found.deals == len(found.shown)
    edit = propose(organization=fund, changes=changes, reason="It moved", by=make_person("anna"))
    publish_edit(edit=edit, by=make_person("rita", "reviewer"))
    after = numbers()
    for flow in EVERY_FLOW:
        place = flow.way, flow.by, flow.wide
        moved = after[place][0] - before[place][0]
        assert moved == found.entering[flow] - found.leaving[flow]
    told = [one for one in found.impact["questions"] if one["population"] == "all"]
    assert bool(told) == bool(found.deals)
    for one in (one for one in told if "all years" in one["title"]):
        way = WAYS[0] if one["title"].startswith("Europe") else WAYS[1]
        will_be = one["after"]["n"], one["after"]["N"]
        assert will_be == after[way, HEADQUARTERS, False]


def test_flows_that_differ_only_in_hong_kong_or_in_attribution_are_said_once():
    way = ("europe", "china")
    every = [flow for flow in EVERY_FLOW if flow.way == way]
    assert flow_words(every) == ["Europe → China, by headquarters and by the owner at the top"]
    assert flow_words(every[1:2]) == [
        "Europe → China, counted with Hong Kong and Macao, by headquarters"
    ]
    assert flow_words([every[0], every[1], every[3]]) == [
        "Europe → China, by headquarters",
        "Europe → China, counted with Hong Kong and Macao, by the owner at the top",
    ]
