"""What comes with the code: real deals that are never a share, and invented ones marked as such."""

import pytest
from hypothesis import HealthCheck, given, settings

from deals.feeds.starter import load_starter
from deals.flows.query import FlowQuery
from deals.models import DealVersion
from tests.flows.comparing import assert_same
from tests.flows.comparing_rows import ROWS, assert_links, assert_same_rows
from tests.flows.moves import page_of
from tests.flows.naive import load_register
from tests.flows.questions import questions

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("starter")]

YEARS = {"from": "2017", "to": "2022"}
# The totals that the demonstration is shaped to; the first is the published one.
SHAPE = {("europe", "CN"): (81, 2165, "0.037413"), ("CN", "europe"): (57, 2431, "0.023447")}


def test_both_answers_agree_on_the_starter_register_and_the_demonstration() -> None:
    load_starter(print)
    register = load_register()
    for (investor, target), expected in SHAPE.items():
        sides = {"investor": investor, "target": target}
        demo = assert_same(FlowQuery.from_params(sides | YEARS | {"population": "demo"}), register)
        deals = demo["deals"]
        assert (deals["n"], deals["N"], deals["share"]) == expected
        assert demo["population"]["generated"] is True
        real = assert_same(
            FlowQuery.from_params(sides | {"kind": "all", "status": "all"}), register
        )
        assert real["deals"]["n"] > 0
        assert real["deals"]["share"] is None
    everything = FlowQuery.from_params({"kind": "all", "status": "all", "ai": "all"})
    assert page_of(everything).total == DealVersion.objects.live().filter(population=None).count()

    # The rows of charts, of the demonstration and of the real deals.
    flow = FlowQuery.from_params({"investor": "europe", "target": "CN"} | YEARS)
    for name in ("series-quarter", "top-investors", "top-sectors", "diagram"):
        assert_same_rows(name, flow.but(population="demo"), register)
    everything_real = {"kind": ("all",), "status": ("all",), "from_": "", "to": ""}
    for name in ROWS:
        assert_same_rows(name, flow.but(**everything_real), register)
    for name in ("top-countries", "top-investors", "diagram"):
        assert assert_links(name, flow.but(**everything_real), register) > 3

    @settings(
        max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(questions())
    def check(query: FlowQuery) -> None:
        assert_same(query.but(population=""), register)

    check()
