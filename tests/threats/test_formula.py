"""A name that a spreadsheet runs as a formula.

Exports and what comes back of them: tests/exports/test_forms.py, tests/rules/test_spreadsheet.py.
Here: every table that any address gives, from a register in which all names are formulas.
"""

import csv

import pytest
from django.test import Client

from deals.rules.spreadsheet import FORMULA_STARTS
from tests.desk.runs import make_person, make_run, row_error
from tests.factories import make_deal
from tests.web.pages import VARIANTS, addresses, make_world

pytestmark = pytest.mark.django_db
FORMULA = '=HYPERLINK("https://evil.example","x")'


def runs(text: str) -> list[str]:
    """Cells that a spreadsheet would run; numbers with a sign are numbers."""
    rows = csv.reader(text.removeprefix("\ufeff").splitlines())
    return [
        cell
        for row in rows
        for cell in row
        if cell.startswith(FORMULA_STARTS) and not cell.lstrip("+-").replace(".", "", 1).isdigit()
    ]


def tables(client: Client, paths: list[str]) -> dict[str, str]:
    found = {}
    for path in paths:
        answer = client.get(path, follow=True)
        if answer.get("Content-Type", "").startswith("text/csv"):
            found[path] = (b"".join(answer) if answer.streaming else answer.content).decode()
    return found


def test_no_table_for_readers_runs_a_name(client):
    world = make_world(lambda text: f"{FORMULA}{text}" if text else text)
    paths = [path for path in addresses(world) if ".csv" in path or "/chart/" in path] + [
        "/flows/chart/organizations.csv?investor=europe&target=CN",
        "/api/v1/exports/deals.csv",
    ]
    found = tables(client, [path for path in paths if path not in VARIANTS])
    assert len(found) > 7
    assert {path: cells for path, text in found.items() if (cells := runs(text))} == {}
    assert sum(FORMULA[:12] in text for text in found.values()) >= 3


def test_no_table_of_the_desk_runs_what_a_supplier_wrote(client):
    make_deal(target=FORMULA, notes=FORMULA)
    run = make_run("published", rows_rejected=1)
    row_error(run, 2, FORMULA)
    client.force_login(make_person("mona", "manager"))
    paths = ["/desk/quality/single-source/?form=csv", f"/desk/imports/{run.pk}/rejected.csv"]
    found = tables(client, paths)
    assert FORMULA[:12] in "".join(found.values())
    assert {path: cells for path, text in found.items() if (cells := runs(text))} == {}
