"""JSON of every kind of wrong: each body is a problem document, and none breaks anything."""

import json
from itertools import product

import pytest

from deals.models import DealVersion
from tests.api.proposals import DEALS, Writer, body

pytestmark = pytest.mark.django_db
WHOLE = json.dumps(body())
# What stands where a value should, and is none.
NO_VALUES = (
    "NaN", "-NaN", "Infinity", "-Infinity", "+1", "01", "-01", "1.", ".5", "-.5", "1e", "1e+",
    "1E-",
    "0x1F", "1_000", "1,5", "１", "--1", "-", "+", "1e1.5", "True", "TRUE", "False", "None", "nul",
    "nulll", "tru", "truefalse", "undefined", "void", "a", "'a'", "`a`", "/", "//", "/*x*/1", "#1",
    "<a>", "&", "*", "\\", "\\u0031", "()", "{", "}", "[", "]", ":", ",", "=", ";", "1 2",
    '"a" "b"',
)  # fmt: skip
# Texts that are none.
NO_TEXTS = (
    '"', '"a', 'a"', '"\\', '"\\"', '"\\x41"', '"\\u12"', '"\\u12G4"', '"\\u"', '"\\U00000041"',
    '"\\a"', '"\\\'"', '"\\0"', '"\t"', '"\n"', '"\r"', '"\x01"', '"\x1f"', '"\\ud83d\\u"', "“a”",
)  # fmt: skip
LISTS = (
    "[", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[[1]",
    "[1]]",
    '["a",\n4\n,1,', "[1]x", "[1],", "[*]", "[", "[[[[", '["a"', '[""', "[{]}",
)  # fmt: skip
OBJECTS = (
    "{", "}", '{"a"', '{"a":', '{"a":}', '{"a" 1}', '{"a":1', '{"a":1,', '{"a":1,}', '{,"a":1}',
    '{"a":1 "b":2}', '{"a":1,,"b":2}', "{a:1}", "{'a':1}", "{1:1}", "{null:1}", '{"a"::1}',
    '{"a","b"}',
    '{"a":1}}', '{"a":1}{"b":2}', '{"a":1},', '{"a":1}#x', '{"a":1}//x', '{"a":1}/**/', '{"a":1}x',
    '{"a":1;"b":2}', '{"a"=1}', "{[]:1}", '{"a":1 ', '{"a":"b}', '{"a":/*x*/1}', '{"a":1,"a":1}',
)  # fmt: skip
NO_OBJECTS = ("", " ", "\n", "null", "true", "1", "1.5", '"a"', "[]", "[{}]", "1e9999", "-0")
BYTES = (
    b"\xff", b"\xfe\xff", b'{"kind":"\xff"}', b'{"kind":"\xc0\xaf"}', b'{"kind":"\xed\xa0\x80"}',
    b'{"kind":"\xf4\x90\x80\x80"}', b'{"kind":"\xe2\x82"}', b'{"k\x80":1}', b"\x00", b"{}\x00",
    b'{"kind":"a\x00b"}', b"\xef\xbb\xbf", b"\xef\xbb{}", WHOLE.encode("utf-16"),
    WHOLE.encode("utf-16-le"), WHOLE.encode("utf-32"), "{\u00a0}".encode(), "{}\u2028".encode(),
    b"{}\x0c", b"\x0b{}", b"\x1b[0m{}",
)  # fmt: skip
DEEP = (
    "[" * 100_000, '{"a":' * 100_000, "[" * 5_000 + "]" * 5_000, '{"a":' * 500 + "1" + "}" * 500,
    '{"notes":' + "[" * 60 + "]" * 60 + "}", '[{"a":' * 50_000,
)  # fmt: skip
LARGE = (
    '{"amount":{"low":' + "9" * 5_000 + "}}", '{"amount":{"low":1e' + "9" * 400 + "}}",
    '{"amount":{"low":-' + "0" * 100 + "1}}", '{"recorded_on":' + "1" * 50 + "}",
)  # fmt: skip
INSIDE = (
    '{"target":{"name":"A","name":"B"}}', '{"kind":"debt","kind":"debt"}', '{"notes":"\\ud800"}',
    '{"notes":"\\udc00\\ud800"}', '{"notes":"\\u0000"}', '{"\\u0000":1}', '{"\\ud800":1}',
    '{"notes":NaN}', '{"sources":[Infinity]}', '{"investors":[null]}', '{"constructor":{}}',
    '{"__proto__":{"state":"published"}}', '{"state":"published"}', '{"decided_by":1}',
)  # fmt: skip


def bodies() -> list[bytes]:
    """About three hundred of them, each once."""
    texts = [f'{{"kind":{value}}}' for value in NO_VALUES]
    texts += [f'{{"notes":{text}}}' for text in NO_TEXTS]
    texts += [f'{{"sectors":{value}}}' for value in LISTS]
    texts += [*OBJECTS, *NO_OBJECTS, *DEEP, *LARGE, *INSIDE]
    texts += [WHOLE[:at] for at in range(1, len(WHOLE), 7)]
    texts += [f"{WHOLE}{tail}" for tail in ("}", "]", ",", "x", '"', "{}", "null", "\x00")]
    texts += [f"{head}{WHOLE}" for head in ("}", "[", ",", "x", ")]}',\n", "while(1);", "/**/")]
    return list(dict.fromkeys([*(text.encode() for text in texts), *BYTES]))


def test_there_are_many() -> None:
    assert len(bodies()) >= 240


def test_no_wrong_body_is_taken_for_a_proposal_or_breaks_anything(published) -> None:
    deal = published().deal.public_id
    writer = Writer()
    etag = writer.get(f"{DEALS}{deal}/")["ETag"]
    before = DealVersion.objects.count()
    taken = []
    for number, data in enumerate(bodies()):
        # A change is read by the same reader, so a part of them is enough.
        again = [writer.patch(deal, data, if_match=etag)] if number % 4 == 0 else []
        for response in (writer.propose(data), *again):
            problem = response.json()
            if (response.status_code, problem["status"]) != (400, 400) or not problem["errors"]:
                taken.append((data[:60], response.status_code))
    assert not taken, taken[:10]
    assert DealVersion.objects.count() == before


def test_addresses_that_take_no_json_refuse_it_as_such() -> None:
    writer = Writer()
    some = bodies()[::12]
    for data, path in product(some, ("/api/v1/imports/", "/api/v1/imports/1/cancel/")):
        response = writer.send("POST", path, data, "application/json", {})
        assert response.status_code in (403, 404, 415), (path, data[:60], response.content)
        assert response["Content-Type"] == "application/problem+json"
