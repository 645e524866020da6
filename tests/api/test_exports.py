"""Exports over HTTP: what is in the answer's head, what is refused, who may, and how it ends."""

import gzip
import json
from hashlib import sha256
from itertools import islice

import pytest

from deals.api import exports
from deals.exports import slots

ALL = "kind=all&status=all&ai=all"


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def some(published):
    """Three deals of the register, one of them a flow."""
    return [
        published(target="Horizon", target_country="CN", investors=[("Fund", "DE")], date="2019"),
        published(target="Vision", target_country="DE", investors=[("Capital", "CN")]),
        published(target="Robots", kind="acquisition", ai="no"),
    ]


def test_json_lines_are_the_documents_and_end_with_a_mark(client, some):
    response = client.get(f"/api/v1/exports/deals.jsonl?{ALL}")
    *lines, last = body(response).splitlines(keepends=True)
    listed = client.get(f"/api/v1/deals/?{ALL}").json()["results"]
    assert [json.loads(line) for line in lines] == listed
    assert json.loads(last) == {
        "end": True,
        "deals": 3,
        "change_seq": int(response["X-InvestTrack-Change-Seq"]),
        "sha256": sha256(b"".join(lines)).hexdigest(),
    }


def test_csv_ends_with_a_mark_unless_none_is_wanted(client, some):
    response = client.get(f"/api/v1/exports/deals.csv?{ALL}")
    whole = body(response)
    rows, _, mark = whole.rpartition(b"#end")
    seq = response["X-InvestTrack-Change-Seq"]
    assert mark.decode() == f",3,{seq},{sha256(rows).hexdigest()}\r\n"
    assert body(client.get(f"/api/v1/exports/deals.csv?{ALL}&mark=no")) == rows
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_the_name_says_question_point_and_day(client, some):
    address = "/api/v1/exports/deals.csv?investor=europe&target=CN&from=2017&to=2022"
    response = client.get(address)
    body(response)
    seq = response["X-InvestTrack-Change-Seq"]
    assert response["Content-Disposition"].startswith(
        f'attachment; filename="investtrack-deals_europe-to-CN_2017-2022_ledger-{seq}_20'
    )


def test_gzip_is_a_file_of_its_own_beside_packing_on_the_way(client, some):
    plain = body(client.get("/api/v1/exports/deals.jsonl"))
    response = client.get("/api/v1/exports/deals.jsonl?gzip=yes", HTTP_ACCEPT_ENCODING="gzip")
    assert gzip.decompress(body(response)) == plain
    assert response["Content-Type"] == "application/gzip"
    assert response["Content-Disposition"].endswith('.jsonl.gz"')
    assert "Content-Encoding" not in response
    packed = client.get("/api/v1/exports/deals.jsonl", HTTP_ACCEPT_ENCODING="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(body(packed)) == plain


@pytest.mark.parametrize("form", ["parquet", "xlsx"])
def test_what_is_packed_is_not_packed_again(client, some, form):
    response = client.get(f"/api/v1/exports/deals.{form}", HTTP_ACCEPT_ENCODING="gzip, br")
    assert body(response)[:2] in (b"PK", b"PA")
    assert "Content-Encoding" not in response


def test_a_spreadsheet_gets_a_byte_order_mark(client, some):
    assert body(client.get("/api/v1/exports/deals.csv?spreadsheet=yes")).startswith(
        b"\xef\xbb\xbfid,"
    )


def test_head_says_the_same_without_a_body(client, some):
    asked = client.get("/api/v1/exports/deals.csv")
    body(asked)
    headers = client.head("/api/v1/exports/deals.csv")
    assert body(headers) == b""
    for name in ("ETag", "Content-Type", "Content-Disposition", "X-InvestTrack-Change-Seq"):
        assert headers[name] == asked[name]


def test_an_unchanged_question_is_answered_with_304(client, some, published):
    etag = client.head("/api/v1/exports/deals.parquet")["ETag"]
    assert etag != client.head("/api/v1/exports/deals.csv")["ETag"]
    same = client.get("/api/v1/exports/deals.parquet", HTTP_IF_NONE_MATCH=etag)
    assert (same.status_code, same.content) == (304, b"")
    published(target="New")
    changed = client.get("/api/v1/exports/deals.parquet", HTTP_IF_NONE_MATCH=etag)
    assert changed.status_code == 200
    body(changed)


def test_a_workbook_says_how_long_it_is(client, some):
    response = client.get("/api/v1/exports/deals.xlsx")
    assert int(response["Content-Length"]) == len(body(response))


@pytest.mark.parametrize(
    ("form", "wrong", "name"),
    [
        ("csv", "colour=red", "colour"),
        ("csv", "gzip=perhaps", "gzip"),
        ("csv", "from=yesterday", "from"),
        ("csv", "ordering=name", "ordering"),
        ("csv", "place=nowhere", "place"),
        ("csv", "place=as_target", "place"),
        ("csv", "page_size=5", "page_size"),
        ("csv", "cursor=x", "cursor"),
        ("csv", "release=none", "release"),
        ("csv", "as_of=99999", "as_of"),
        ("csv", "updated_since=soon", "updated_since"),
        ("csv", "q=a%00b", "q"),
        ("parquet", "gzip=yes", "gzip"),
        ("parquet", "mark=no", "mark"),
        ("xlsx", "spreadsheet=yes", "spreadsheet"),
    ],
)
def test_a_bad_parameter_is_named_before_anything_is_sent(client, some, form, wrong, name):
    response = client.get(f"/api/v1/exports/deals.{form}?{wrong}")
    assert response.status_code == 400
    assert name in [error["parameter"] for error in response.json()["errors"]]


@pytest.mark.parametrize("path", ["deals.pdf", "deals", "people.csv", "deals.csv/"])
def test_other_files_are_not_there(client, db, path):
    response = client.get(f"/api/v1/exports/{path}")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_a_closed_register_asks_for_a_key(client, some, settings):
    settings.PUBLIC_READ = False
    assert client.get("/api/v1/exports/deals.csv").status_code == 401


def test_one_file_too_many_is_told_to_wait_and_places_come_back(client, some):
    waiting = [client.get("/api/v1/exports/deals.csv") for _ in range(slots.AT_ONCE)]
    refused = client.get("/api/v1/exports/deals.jsonl")
    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    assert client.head("/api/v1/exports/deals.jsonl").status_code == 200
    for response in waiting:
        body(response)
    assert body(client.get("/api/v1/exports/deals.jsonl"))


@pytest.mark.parametrize("step", ["exports.files.write", "api.exports.TemporaryFile"])
def test_a_place_comes_back_when_a_workbook_cannot_be_made(client, some, monkeypatch, step):
    def full(*_args, **_more):
        raise OSError("No space left on device")

    monkeypatch.setattr(f"deals.{step}", full)
    for _ in range(slots.AT_ONCE + 1):
        with pytest.raises(OSError, match="No space"):
            client.get("/api/v1/exports/deals.xlsx")


def test_what_is_published_meanwhile_is_not_in_the_file(client, some, published):
    response = client.get(f"/api/v1/exports/deals.csv?{ALL}")
    published(target="Too late")
    assert b"Too late" not in body(response)


def test_a_point_of_the_ledger_is_shown_as_it_was(client, some, published):
    seq = some[1].published_seq
    text = body(client.get(f"/api/v1/exports/deals.jsonl?{ALL}&as_of={seq}"))
    assert [json.loads(line).get("id") for line in text.splitlines()[:-1]] == [
        version.deal.public_id for version in some[:2]
    ]


def test_participations_have_a_row_for_each_investor(client, published):
    deal = published(investors=[("A", "DE"), (None, "CN"), ("B", None)])
    lines = body(client.get("/api/v1/exports/participations.jsonl")).splitlines()
    rows = [json.loads(line) for line in lines[:-1]]
    assert [
        (row["deal"], row["position"], row["investor_name"], row["country"]) for row in rows
    ] == [
        (deal.deal.public_id, 1, "A", "DE"),
        (deal.deal.public_id, 2, None, "CN"),
        (deal.deal.public_id, 3, "B", None),
    ]
    assert json.loads(lines[-1])["participations"] == 3


def test_the_statements_of_an_export_are_few(client, some, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        list(islice(client.get("/api/v1/exports/deals.csv").streaming_content, 100))
    assert exports.SEQ_HEADER
