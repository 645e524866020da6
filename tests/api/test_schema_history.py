"""Nothing that partners rely on ends unannounced."""

import os
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest

from deals.api.schema import document as described
from deals.api.schema import history
from deals.api.schema.endings import spelled
from deals.api.schema.history import CHANGES, NOTICE_DAYS, Deprecation
from tests.api.compared import bare, demands, promises

ROOT = Path(__file__).parents[2]
STORED = ROOT / "docs" / "openapi.json"
SAID = (ROOT / "docs" / "api-changes.md").read_text()
OLD = Deprecation("regions/", "", date(2027, 1, 1), date(2027, 7, 15), "Use places/ instead.")


def test_nothing_is_taken_away_and_nothing_demanded_that_is_not_in_the_changelog() -> None:
    """`OPENAPI=write` stores the present description as that of the last version."""
    now = bare(described.document())
    if os.environ.get("OPENAPI") == "write":
        STORED.write_bytes(orjson.dumps(now) + b"\n")
    before = orjson.loads(STORED.read_bytes())
    declared = {fact for change in CHANGES for fact in change.breaks}
    gone = promises(before) - promises(now) - declared
    assert not gone, sorted(gone)[:20]
    more = demands(now) - demands(before) - declared
    new = {fact for fact in more if fact.rpartition(" ")[0] not in promises(before)}
    assert more == new, sorted(more - new)


def test_the_comparison_notices_what_breaks_programs() -> None:
    before = bare(described.document())
    cases = {
        "GET /api/v1/me/": lambda it: it["paths"].pop("/api/v1/me/"),
        "GET /api/v1/deals/ ?q string": lambda it: _without(it, "q"),
        "GET /api/v1/deals/ ?ai[]=unknown": lambda it: it["components"]["parameters"][
            "question-ai"
        ]["schema"]["anyOf"][0]["items"]["enum"].remove("unknown"),
        "GET /api/v1/deals/{id}/ 200 application/json.round_type string": lambda it: it[
            "components"
        ]["schemas"]["Deal"]["properties"].pop("round_type"),
    }
    for fact, take in cases.items():
        after = deepcopy(before)
        take(after)
        assert fact in promises(before) - promises(after), fact
    after = deepcopy(before)
    after["components"]["parameters"]["question-from"]["required"] = True
    assert "GET /api/v1/deals/ ?from" in demands(after) - demands(before)


def _without(whole: dict, name: str) -> None:
    operation = whole["paths"]["/api/v1/deals/"]["get"]
    operation["parameters"] = [one for one in operation["parameters"] if one.get("name") != name]


def test_the_changelog_is_the_same_in_the_documents_and_what_ends_has_had_its_notice() -> None:
    for change in CHANGES:
        assert f"{change.on:%Y-%m-%d}" in SAID
        assert " ".join(change.text.split()) in " ".join(SAID.split())
    for one in history.DEPRECATED:
        assert one.until - one.since >= timedelta(days=NOTICE_DAYS), one
        assert one.path in SAID
    assert list(CHANGES) == sorted(CHANGES, key=lambda change: change.on, reverse=True)


@pytest.mark.django_db
def test_what_is_going_to_end_says_so_in_every_answer(client, monkeypatch) -> None:
    monkeypatch.setattr(history, "DEPRECATED", (OLD,))
    for response in (client.get("/api/v1/regions/"), client.get("/api/v1/regions/?no=1")):
        assert response["Deprecation"] == "@1798761600"
        assert response["Sunset"] == "Thu, 15 Jul 2027 00:00:00 GMT"
        assert 'rel="deprecation"' in response["Link"]
    assert "Sunset" not in client.get("/api/v1/sectors/")


@pytest.mark.django_db
def test_a_parameter_that_ends_is_announced_to_whoever_uses_it(client, monkeypatch) -> None:
    one = Deprecation("deals/{id}/", "as_of", date(2027, 1, 1), date(2027, 8, 1), "Use release.")
    monkeypatch.setattr(history, "DEPRECATED", (one,))
    assert "Sunset" in client.get("/api/v1/deals/D-00000000/?as_of=1")
    assert "Sunset" not in client.get("/api/v1/deals/D-00000000/")
    assert spelled("api/v1/deals/<str:public_id>/x") == "api/v1/deals/{public_id}/x"


def test_the_description_marks_what_is_going_to_end(monkeypatch) -> None:
    one = Deprecation("deals/", "as_of", date(2027, 1, 1), date(2027, 8, 1), "Use release.")
    monkeypatch.setattr(history, "DEPRECATED", (OLD, one))
    whole = described.document.__wrapped__()
    get = whole["paths"]["/api/v1/regions/"]["get"]
    assert get["deprecated"]
    assert {"Deprecation", "Sunset"} <= get["responses"]["200"]["headers"].keys()
    marked = [
        p["name"] for p in whole["paths"]["/api/v1/deals/"]["get"]["parameters"]
        if p.get("deprecated")
    ]  # fmt: skip
    assert marked == ["as_of"]
