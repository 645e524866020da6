"""A small population whose charts can be counted by hand, and what reads drawings."""

from xml.etree import ElementTree

import pytest

from deals.flows.query import FlowQuery
from deals.models import PolicyEvent
from deals.pictures.registry import TABS
from tests.factories import make_deals

QUERY = FlowQuery(investor=("europe",), target=("CN",), from_="2018", to="2020", population="test")
# The network is about one organization, which these questions do not name.
CODES = sorted(TABS.keys() - {"network"})
HOSTILE = "<img src=x onerror=alert(1)>&\"'=cmd|' /C calc'!A0"


@pytest.fixture
def register(db):
    """Into China: 4 deals, 3 of them with Europeans (2018: 1, 2019: 2); one the other way."""
    common = {"population": "test", "date": "2019-03-01"}
    make_deals(
        common | facts
        for facts in [
            {"target": "Horizon", "investors": [("A", "DE"), ("B", "FR")], "date": "2018-05-01",
             "amount": "10000000", "currency": "EUR", "round_type": "series_b",
             "sectors": ["ai_chips", "robotics"]},
            {"target": "Momenta", "investors": [("A", "DE"), ("C", "CN")], "round_type": "seed",
             "sectors": ["ai_chips"]},
            {"target": "Momenta", "investors": [("A", "DE")]},
            {"target": "Pony", "investors": [("C", "CN")], "round_type": "seed"},
            {"target": "Graphcore", "target_country": "GB", "investors": [("C", "CN")]},
        ]
    )  # fmt: skip
    PolicyEvent.objects.create(
        date="2019-04-10", jurisdiction="EU", title="Screening adopted", kind="rule"
    )


@pytest.fixture
def hostile(db):
    """Organizations whose names are scripts and formulas."""
    common = {"population": "test", "date": "2019-03-01"}
    make_deals([common | {"target": HOSTILE, "investors": [(f"{HOSTILE}{n}", "DE")]}
                for n in range(2)])  # fmt: skip


def parsed(drawing):
    return ElementTree.fromstring(drawing)


def with_class(drawing, name):
    """All elements of the drawing that have the class."""
    return [node for node in parsed(drawing).iter() if name in node.get("class", "").split()]


def written(drawing, name):
    """What the texts of a class say, in the order of the drawing."""
    return ["".join(node.itertext()) for node in with_class(drawing, name)]
