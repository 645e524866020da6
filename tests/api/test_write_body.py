"""Bodies: JSON of every kind of wrong, too large, of another type; each a problem that says so."""

import json

import pytest

from deals.api import body
from deals.models import DealVersion, Draft
from tests.api.proposals import DEALS, Writer, pointers
from tests.api.proposals import body as a_deal

pytestmark = pytest.mark.django_db
# Beside the general ones, what breaks readers of just this: a deal.
NOT_JSON = (
    b"", b" \n", b"\xef\xbb\xbf", b"{", b"}", b'{"kind"', b'{"kind":', b'{"kind": "x",}',
    b"{'kind': 'x'}", b"{kind: 1}", b'{"a": 01}', b'{"a": .5}', b'{"a": 1.}', b'{"a": +1}',
    b'{"a": 0x10}', b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": True}',
    b'{"a": undefined}', b'{"a": 1} {"b": 2}', b'{"a": 1}x', b'{"a": "\n"}', b'{"a": "\\x41"}',
    b'{"a": "\\u12"}', b'{"a": "\xff"}', b'{"a": "\xed\xa0\x80"}', b'// c\n{}', b'{"a": /**/ 1}',
    b"[]", b'[{"kind": "x"}]', b'"text"', b"1", b"null", b"true",
    b"[" * 100_000, b'{"a":' * 100_000, b'{"a":' * 30 + b"1" + b"}" * 30,
    b'{"a": ' + b"9" * 5_000 + b"}", b'{"a": 1e' + b"9" * 50 + b"}",
    b'{"kind": "ipo", "kind": "debt"}', b'{"target": {"name": "a", "name": "b"}}',
    '{"a": 1}'.encode("utf-16"), '{"a": 1}'.encode("utf-32"),
)  # fmt: skip


@pytest.fixture
def writer(db) -> Writer:
    return Writer()


def nothing_written() -> bool:
    return not DealVersion.objects.exists() and not Draft.objects.exists()


def test_what_is_no_json_object_is_refused_and_says_why(writer) -> None:
    for data in NOT_JSON:
        assert pointers(writer.propose(data)) == [""], data[:60]
    assert nothing_written()


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (rb'{"notes": "a\u0000b"}', "/notes"),
        (rb'{"notes": "\ud800"}', "/notes"),
        (rb'{"target": {"name": "\udfff\ud800"}}', "/target/name"),
        (rb'{"investors": [{"name": "a"}, {"name": "\u0000"}]}', "/investors/1/name"),
        (rb'{"\u0000": 1}', ""),
        (rb'{"\ud800": 1}', ""),
        (rb'{"a/b~c": "\u0000"}', "/a~1b~0c"),
    ],
)
def test_texts_that_cannot_be_kept_are_pointed_at(writer, data, pointer) -> None:
    assert pointers(writer.propose(data)) == [pointer]
    assert nothing_written()


def test_a_byte_order_mark_and_characters_written_as_pairs_are_understood() -> None:
    assert body.parse(b'\xef\xbb\xbf{"a": "\\ud83d\\ude00"}') == {"a": "😀"}


OTHER_TYPES = (
    "",
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/merge-patch+json",
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "json",
)


def test_another_type_of_content_is_a_415_that_says_which_is_taken(writer) -> None:
    for kind in OTHER_TYPES:
        refused = writer.propose(a_deal(), kind=kind)
        assert refused.status_code == 415, kind
        assert refused["Accept-Post"] == "application/json"
        assert refused.json()["type"].endswith("#problem-media-type")
    assert nothing_written()


@pytest.mark.parametrize(
    "kind",
    ["application/json; charset=utf-8", "Application/JSON", 'application/json;charset="UTF-8"'],
)
def test_the_type_is_read_as_http_writes_it(writer, kind) -> None:
    assert writer.propose(a_deal(), kind=kind).status_code == 202


def test_a_packed_body_is_not_taken(writer) -> None:
    assert writer.propose(a_deal(), content_encoding="gzip").status_code == 415


def test_a_body_that_is_too_large_is_refused_before_it_is_read(writer) -> None:
    data = json.dumps(a_deal(notes="x" * (10 << 20))).encode()
    refused = writer.propose(data)
    assert refused.status_code == 413
    assert "1,048,576" in refused.json()["detail"]
    assert nothing_written()


def test_nothing_is_read_of_a_body_that_is_announced_too_large(writer) -> None:
    class Unread(Short):
        def read(self, *_: int) -> bytes:
            raise AssertionError("The body was read.")

    refused = writer.client.generic(
        "POST", DEALS, b"", headers=writer.headers, CONTENT_TYPE="application/json",
        **{"CONTENT_LENGTH": str(1 << 40), "wsgi.input": Unread(b"")},
    )  # fmt: skip
    assert refused.status_code == 413


def test_a_body_that_broke_off_is_not_taken_for_a_shorter_one(writer) -> None:
    refused = writer.client.generic(
        "POST", DEALS, b"{}", content_type="application/json", headers=writer.headers,
        **{"CONTENT_LENGTH": "500", "wsgi.input": Short(b"{}")},
    )  # fmt: skip
    assert refused.status_code == 400
    assert "broke off" in refused.json()["detail"]


class Short:
    """A stream that ends before its time."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, *_: int) -> bytes:
        data, self.data = self.data, b""
        return data

    readline = read


def test_a_body_of_unknown_size_is_a_411(writer) -> None:
    refused = writer.propose(a_deal(), transfer_encoding="chunked")
    assert refused.status_code == 411


def test_ten_thousand_characters_give_a_sentence(writer) -> None:
    for field in ("notes", "external_id", "ai_basis", "reason", "kind", "date"):
        assert pointers(writer.propose(a_deal(**{field: "字" * 10_000}))) == [f"/{field}"]
    assert nothing_written()


def test_long_texts_inside_are_pointed_at(writer) -> None:
    long = "x" * 10_000
    found = pointers(
        writer.propose(
            a_deal(
                target={"name": long, "country": long},
                investors=[{"name": long, "country": "DE", "contribution": long}],
                sources=[{"title": long, "url": "https://example.org/" + long, "quote": long}],
            )
        )
    )
    for pointer in (
        "/target/name", "/target/country", "/investors/0/name", "/investors/0/contribution",
        "/sources/0/title", "/sources/0/url", "/sources/0/quote",
    ):  # fmt: skip
        assert pointer in found, pointer


def test_lists_have_an_end(writer) -> None:
    found = pointers(writer.propose(a_deal(investors=[{"name": f"F{n}"} for n in range(10_000)])))
    assert found == ["/investors"]
    found = pointers(writer.propose(a_deal(investors=[{"name": f"F{n}"} for n in range(61)])))
    assert found == ["/investors/60/name"]


def test_steps_of_a_pointer_are_escaped() -> None:
    assert body.step("/a", "b/c~d") == "/a/b~1c~0d"
