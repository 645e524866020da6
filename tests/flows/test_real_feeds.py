"""Two suppliers' real files, against what independent code counted in them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive_path
from deals.feeds.run import import_file
from deals.flows.query import FlowQuery
from tests.flows.comparing import assert_same, fast_share
from tests.flows.naive import load_register
from tests.flows.questions import questions

PROFILES = Path(__file__).resolve().parent.parent / "profiles"

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("real_feeds")]

Counts = dict[tuple[str, str, str], tuple[int, int]]

# (investor, target, AI): n of N, over all kinds and dates, each round once.
UNICORNS: Counts = {
    ("europe", "CN", "all"): (4, 287),
    ("CN", "europe", "all"): (2, 152),
    ("europe", "CN,HK", "all"): (5, 309),
    ("CN,HK", "europe", "all"): (8, 152),
    ("europe", "CN", "yes"): (1, 41),
    ("CN", "europe", "yes"): (0, 19),
    ("europe", "CN,HK", "yes"): (1, 41),
    ("CN,HK", "europe", "yes"): (0, 19),
}
ACQUISITIONS: Counts = {
    ("europe", "CN", "all"): (6, 84),
    ("CN", "europe", "all"): (17, 2292),
    ("europe", "CN,HK", "all"): (8, 101),
    ("CN,HK", "europe", "all"): (21, 2292),
}
# How many random questions both implementations are then asked: the naive one is slow.
FEEDS = (
    ("unicorn_rounds", "unicorn_rounds.csv", UNICORNS, 10),
    ("cb2015_acquisitions", "cb2015/acquisitions.csv", ACQUISITIONS, 2),
)


@pytest.mark.parametrize(
    ("profile", "file", "expected", "asked"), FEEDS, ids=[row[0] for row in FEEDS]
)
def test_a_real_file_gives_the_counts_of_independent_code(
    profile: str, file: str, expected: Counts, asked: int, shared_data: Path
) -> None:
    read = load_profile((PROFILES / f"{profile}.toml").read_text(encoding="utf-8"))
    assert read.population is not None
    inside = read.population.code
    run = import_file(receive_path(shared_data / "feeds" / file), read, publish=True)
    everything = {"kind": "all", "compare": "none", "population": inside}
    counted: Counts = {}
    for investor, target, ai in expected:
        question = {"investor": investor, "target": target, "ai": ai}
        deals = fast_share(FlowQuery.from_params(everything | question))["deals"]
        counted[investor, target, ai] = (deals["n"], deals["N"])
        print(f"{profile}: {investor} into {target}, AI {ai}: {deals['n']} of {deals['N']}")
    assert counted == expected, f"{run.deals_created} deals, {run.rows_rejected} rows rejected"

    register = load_register()

    @settings(
        max_examples=asked, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(questions())
    def check(query: FlowQuery) -> None:
        # Neither file judges AI as the default asks, and both have kinds of their own.
        assert_same(query.but(population=inside, kind=("all",), ai=("all",)), register)

    check()
