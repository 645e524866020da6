"""A CSV file brought into a register again, through the import that everybody uses."""

import json
from io import StringIO

from django.core.management import call_command

from deals.exports import files
from deals.exports.forms import Shape
from deals.flows.query import ALL, FlowQuery
from deals.flows.scope import resolve
from deals.models import DealDocument
from tests.factories import make_deals

EVERY = FlowQuery(kind=(ALL,), status=(ALL,), ai=(ALL,))
PROFILE = """
name = "An export"
rows = "deal"
investors_separator = ["; "]

[deal]
external_id = "id"

[columns]
external_id = "id"
target_name = "target_name"
target_country = "target_country"
announced_on = "date"
kind = "kind"
round_type = "round_type"
status = "status"
amount = "amount_low"
currency = "currency"
investors = "investors"
investor_list = "investor_list"
sectors = "sectors"
ai = "ai"
notes = "notes"

[dates]
order = "ymd"
"""


def facts(document):
    """What the profile brings."""
    return {
        **{name: document[name] for name in ("kind", "round_type", "status", "ai", "notes")},
        "target": (document["target"]["name"], document["target"]["country"]),
        "date": document["date"]["first"],
        "precision": document["date"]["precision"],
        "amount": document["amount"]["low"],
        "currency": document["amount"]["currency"],
        "investors": [(one["name"], one["country"]) for one in document["investors"]],
        "sectors": document["sectors"],
    }


def test_a_csv_file_comes_back_as_the_same_deals(db, tmp_path):
    originals = make_deals(
        [
            {"target": "=cmd|' /C calc'!A0", "notes": "-2+3, said “he”", "date": "2020-Q1"},
            {"target": "@Robots, Ltd", "investors": [("+Fund", "DE"), ("融资", "CN")]},
            {"amount": "12.50", "currency": "CNY", "kind": "acquisition", "date": "2019"},
            {"sectors": ["robotics", "speech"], "round_type": "series_a", "date": "2018-02"},
        ]
    )
    made, profile = tmp_path / "deals.csv", tmp_path / "export.toml"
    with made.open("wb") as target:
        files.write("csv", target, EVERY, resolve(EVERY), shape=Shape(mark=False))
    profile.write_text(PROFILE)
    out = StringIO()
    call_command("import_feed", made, profile=profile, publish=True, json=True, stdout=out)
    said = json.loads(out.getvalue())
    assert (said["deals_created"], said["errors"]) == (len(originals), [])
    for version in originals:
        back = DealDocument.objects.get(version__external_id=version.deal.public_id)
        assert facts(json.loads(back.json)) == facts(json.loads(version.document.json))
