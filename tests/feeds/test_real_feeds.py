"""Two suppliers' real files give the counts that independent code found in them."""

import json
from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from deals.feeds.facts import Facts
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive_path
from deals.feeds.run import prepare
from deals.rules.regions import REGIONS

PROFILES = Path(__file__).parent.parent / "profiles"
EUROPE = frozenset(member.country for member in REGIONS["europe"].members)
CHINA, WITH_HK = frozenset({"CN"}), frozenset({"CN", "HK"})
# A deal's target country, its investors' countries and the judgement on AI: all that is counted.
Counted = tuple[str | None, frozenset[str | None], str]
PUBLISHED = """
SELECT v.target_country, array_agg(p.country), v.ai
FROM deals_dealversion v LEFT JOIN deals_participation p ON p.version_id = v.id
WHERE v.published_seq IS NOT NULL AND v.superseded_seq IS NULL GROUP BY v.id
"""


def flows(deals: Iterable[Counted], ai: str = "") -> list[tuple[int, int]]:
    """Europe→China and China→Europe, then the same with Hong Kong as China: n of N.

    Every deal once, whatever its kind, status and date: the plainest count there can be.
    """
    chosen = [deal for deal in deals if ai in ("", deal[2])]
    answers = []
    for china, back in product((CHINA, WITH_HK), (False, True)):
        investors, targets = (china, EUROPE) if back else (EUROPE, china)
        into = [countries for target, countries, _ in chosen if target in targets]
        answers.append((sum(bool(countries & investors) for countries in into), len(into)))
    return answers


def from_facts(facts: Iterable[Facts]) -> list[Counted]:
    return [
        (deal["target_country"], frozenset(row[1] for row in deal["investors"]), deal["ai"])
        for deal in facts
    ]


@pytest.mark.django_db
def test_the_unicorn_rounds_count_as_independent_code_counted_them(
    tmp_path, settings, capsys, shared_data
) -> None:
    settings.VAR_DIR = tmp_path
    path = shared_data / "feeds" / "unicorn_rounds.csv"
    args = [path, "--profile", PROFILES / "unicorn_rounds.toml", "--publish", "--json"]
    call_command("import_feed", *args)
    said = json.loads(capsys.readouterr().out)
    assert (said["rows_read"], said["deals_created"], said["rows_rejected"]) == (1542, 1542, 0)
    with connection.cursor() as cursor:
        cursor.execute(PUBLISHED)
        deals = [(target, frozenset(countries), ai) for target, countries, ai in cursor]
    assert flows(deals) == [(4, 287), (2, 152), (5, 309), (8, 152)]
    assert flows(deals, "yes") == [(1, 41), (0, 19), (1, 41), (0, 19)]


def test_the_acquisitions_count_as_independent_code_counted_them(shared_data) -> None:
    profile = load_profile((PROFILES / "cb2015_acquisitions.toml").read_text())
    done = prepare(receive_path(shared_data / "feeds" / "cb2015" / "acquisitions.csv"), profile)
    assert done.rows_read == 18968
    deals = from_facts(done.facts.values())
    assert flows(deals) == [(6, 84), (17, 2292), (8, 101), (21, 2292)]
    errors = {(problem.row, problem.code) for problem in done.problems}
    assert (2637, "date_out_of_range") in errors
    assert (7037, "conflicts_with_row") in errors
    assert (16142, "name_too_long") in errors
