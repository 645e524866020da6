"""A file has exactly the deals that the list has for the same question, in any form and order."""

import csv
import io
import json
from random import Random
from urllib.parse import urlencode

import openpyxl
import pyarrow.parquet as pq
import pytest

from deals.models import Release
from tests.factories import make_deals, make_population

COUNTRIES = ["CN", "DE", "FR", "HK", "US", None]
KINDS = ["funding_round", "acquisition", "joint_venture"]


def any_deal(random):
    """Facts of a deal, most of them known."""
    investors = [
        (random.choice(["Fund", "Capital", "Ventures", None]), random.choice(COUNTRIES))
        for _ in range(random.randrange(4))
    ]
    return {
        "target": random.choice(["Horizon", "Vision, Ltd", "=cmd", "融资"]),
        "target_country": random.choice(COUNTRIES),
        "investors": investors,
        "kind": random.choice(KINDS),
        "status": random.choice(["completed", "announced", "rumoured"]),
        "ai": random.choice(["yes", "yes", "no", "unknown"]),
        "date": random.choice(["2017", "2018-03", "2019-05-13", "2020-Q1", None]),
        "amount": random.choice([None, "5000000", ("1000000", "2000000")]),
        "sectors": random.sample(["robotics", "speech"], random.randrange(3)),
        "population": random.choice([None, None, "p"]),
    }


@pytest.fixture(scope="module")
def questions():
    random = Random(20_261_122)
    parts = {
        "investor": ["europe", "DE,US"],
        "target": ["CN", "china-hk-mo", "europe"],
        "from": ["2017", "2018"],
        "to": ["2019"],
        "kind": ["all", "acquisition"],
        "sector": ["robotics"],
        "population": ["p"],
        "place": ["counted", "unknown"],
        "q": ["hori", "融资"],
        "ordering": ["id", "-id", "-date", "date", "-amount", "amount", "updated"],
        "min_amount": ["1000"],
    }
    few = [random.sample(sorted(parts), random.randrange(1, 5)) for _ in range(20)]
    return [
        {"status": "all", "ai": random.choice(["all", "yes"])}
        | {name: random.choice(parts[name]) for name in names}
        for names in few
    ]


@pytest.fixture
def register(db):
    random = Random(7)
    make_population("p")
    return make_deals([any_deal(random) for _ in range(80)])


def listed(client, asked):
    """The list's answer, all of it."""
    response = client.get(f"/api/v1/deals/?{urlencode(asked | {'page_size': 500})}")
    assert response.status_code == 200, response.content
    return response.json()["results"]


def taken(client, file, asked):
    response = client.get(f"/api/v1/exports/{file}?{urlencode(asked)}")
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_json_lines_and_csv_have_the_deals_of_the_list_in_its_order(client, register, questions):
    lengths = set()
    for asked in questions:
        documents = listed(client, asked)
        lines = taken(client, "deals.jsonl", asked).splitlines()
        assert [json.loads(line) for line in lines[:-1]] == documents, asked
        text = taken(client, "deals.csv", asked | {"mark": "no"}).decode()
        ids = [row["id"] for row in csv.DictReader(io.StringIO(text, newline=""))]
        assert ids == [one["id"] for one in documents], asked
        lengths.add(len(ids))
    assert len(lengths) > 5


def test_a_file_has_as_many_deals_as_the_number_on_the_page_says(client, register):
    random = Random(30)
    numbers = set()
    for _ in range(30):
        asked = {
            "investor": random.choice(["europe", "DE,US", "CN", "FR"]),
            "target": random.choice(["CN", "china-hk-mo", "europe", "US"]),
            "from": random.choice(["", "2017", "2018-06"]),
            "to": random.choice(["", "2019-12-31"]),
            "kind": random.choice(["all", "acquisition", "funding_round"]),
            "status": random.choice(["all", "completed"]),
            "ai": random.choice(["all", "yes"]),
            "population": random.choice(["", "", "p"]),
            "attribution": random.choice(["", "ultimate"]),
        }
        deals = client.get(f"/api/v1/flows/share/?{urlencode(asked)}").json()["deals"]
        for place, number in (("", deals["n"]), ("counted", deals["N"])):
            narrowed = asked | {"place": place}
            *lines, end = taken(client, "deals.jsonl", narrowed).splitlines()
            assert (len(lines), json.loads(end)["deals"]) == (number, number), narrowed
            numbers.add(number)
        rows = taken(client, "deals.csv", asked | {"mark": "no"}).decode()
        found = csv.DictReader(io.StringIO(rows, newline=""))
        assert len(list(found)) == deals["n"], asked
    assert len(numbers) > 5


def test_parquet_and_workbooks_have_them_too(client, register, questions):
    for asked in questions[:4]:
        ids = [one["id"] for one in listed(client, asked)]
        table = pq.read_table(io.BytesIO(taken(client, "deals.parquet", asked)))
        assert table["id"].to_pylist() == ids
        sheet = openpyxl.load_workbook(io.BytesIO(taken(client, "deals.xlsx", asked)))["Deals"]
        assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ids


def test_participations_are_the_investors_of_those_deals(client, register, questions):
    for asked in questions[:6]:
        wanted = [
            (one["id"], place, part["id"], part["country"])
            for one in listed(client, asked)
            for place, part in enumerate(one["investors"], start=1)
        ]
        lines = taken(client, "participations.jsonl", asked).splitlines()[:-1]
        rows = [json.loads(line) for line in lines]
        found = [(r["deal"], r["position"], r["investor_id"], r["country"]) for r in rows]
        assert found == wanted
        table = pq.read_table(io.BytesIO(taken(client, "participations.parquet", asked)))
        assert table.num_rows == len(wanted)


def test_a_release_is_the_same_file_for_ever(client, register):
    seq = register[29].published_seq
    Release.objects.create(name="2026.1", seq=seq, at="2026-01-01T00:00:00Z")
    asked = {"release": "2026.1", "kind": "all", "status": "all", "ai": "all"}
    before = taken(client, "deals.csv", asked)
    make_deals([any_deal(Random(1)) for _ in range(3)])
    assert taken(client, "deals.csv", asked) == before
    assert taken(client, "deals.csv", asked | {"release": "", "as_of": seq}) == before
