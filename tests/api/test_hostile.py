"""Questions that no partner means: each a problem document that says what is wrong, never a 5xx."""

from dataclasses import fields
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deals.api.urls import urlpatterns
from deals.flows.query import PARAM_OF, FlowQuery
from tests.api.partners import Partner, make_key
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
DEALS = "/api/v1/deals/"
LONG = "x" * 100_000
KNOWN = {"pk": 1, "public_id": "D-7KQ3", "name": "2026.11", "file": "deals.csv"}
# What no address knows, or none can read.
UNREADABLE = (
    "nonsense=1",
    "%00=1",
    "__class__=1",
    "%ff=1",
    "cursor=%ff",
    "q=%",
    "q=%zz",
    "q=%C3%28",
    "%F0%9F%A4=1",
    "x[]=1",
)
# What is wrong wherever the name is known.
WRONG = (
    
    "cursor=%00", "page_size=-1", "page_size=0", "page_size=501",
    "page_size=%D9%A3", "page_size=1e2", "page_size=1.0", "page_size=%2B5", "page_size=0x10",
    "page_size=99999999999999999999", "page_size=1&page_size=2", "cursor=1", "cursor=W10",
    "cursor=..%2F..%2Fetc%2Fpasswd", "cursor=%27%3B--",
    "from=0000", "from=99999", "from=2024-02-30", "from=-2024", "from=%D9%A2%D9%A0%D9%A2%D9%A4",
    "from=2024&from=2025", "to=2024-13", "to=10000-01-01",
    "as_of=-1", "as_of=2999-01-01", "as_of=1e3", "as_of=99999999999999999999", "as_of=null",
    "known_by=yesterday", "release=..%2F..%2Fx", "release=a%00b", "release=nowhere",
    "population=%27%20OR%201=1", "population=nowhere", "organization=%27", "organization=O-NOBODY",
    "organization=A,B,C,D,E,F", "attribution=both", "currency=XXX", "kind=%3Cscript%3E",
    "status=dead", "ai=perhaps", "sector=unknown_one", "round=series_zz", "state_linked=2",
    "min_amount=NaN", "min_amount=-5", "min_amount=1e999", 
    "max_amount=Infinity", "investor=ZZ", "target=europa%00", "compare=everyone",
    "updated_since=soon", "updated_since=0001-01-01T00:00:00%2B23:59",
    "updated_since=9999-12-31T23:59:59-23:59", "updated_since=2024-02-30T00:00:00Z",
    "ordering=id;drop", "ordering=", "place=nowhere", "by=week", "of=__dict__", "side=left",
    "limit=0", "limit=501", "a=nonsense", "b=%7B%7D", "after=-1", "after=%D9%A3", "after=1.5",
    "documents=perhaps", "since=nowhere", "state=gone", "feed=nobody", "country=ZZ",
    "investor=" + ",".join(["CN"] * 2_000),
)  # fmt: skip
LIKE_SHARE = ("api-series", "api-matrix", "api-top")
FLOWS = ("api-share", *LIKE_SHARE)
# These read the question by one function; asking one of them is asking all.
OF_QUESTION = {PARAM_OF.get(one.name, one.name) for one in fields(FlowQuery)}
FINE_SOMEWHERE = {"ordering=", "feed=nobody", "state=gone"}
# Longer than is read at all.
TOO_LONG = (f"q={LONG}", f"{LONG}=1", "investor=" + "DE,CN," * 5_000, "&".join(["a=1"] * 10_000))


def addresses() -> dict[str, str]:
    """Name and path of the addresses that are read; one of those that one function answers."""
    found = {}
    for entry in urlpatterns:
        cls = getattr(entry.callback, "cls", None)
        # The page of documentation is a page: it asks nothing of the register.
        if not entry.name or entry.name == "api-docs" or "get" not in cls.http_method_names:
            continue
        names = entry.pattern.converters
        fixed = entry.default_args
        found[entry.callback] = (
            entry.name,
            reverse(entry.name, kwargs=fixed | {one: KNOWN[one] for one in names}),
        )
    return dict(found.values())


ADDRESSES = addresses()


@pytest.fixture
def reader(db) -> Client:
    """Somebody whose key opens every address, with a deal to find."""
    make_deal()
    return Client(headers=Partner(make_key("partner", "write")).headers)


def whole(response: Any) -> bytes:
    data: bytes = response.getvalue() if response.streaming else response.content
    return data


def refused(response: Any, where: str) -> dict[str, Any]:
    """The problem document of an answer that is one."""
    assert 400 <= response.status_code < 500, (where, response.status_code)
    assert response["Content-Type"] == "application/problem+json", where
    problem: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "errors"} == problem.keys(), where
    assert problem["status"] == response.status_code, where
    assert len(response.content) < 20_000, where
    for error in problem["errors"]:
        assert {"parameter", "pointer", "detail", "value", "allowed"} == error.keys(), where
        assert error["detail"], where
    return problem


def needed(name: str, query: str) -> str:
    """What an address needs beside a wrong parameter."""
    needs = {"investor": "europe", "target": "CN"} if name in FLOWS else {}
    needs |= {"of": "sectors"} if name == "api-top" else {}
    given = {part.partition("=")[0] for part in query.split("&")}
    return "".join(f"&{one}={value}" for one, value in needs.items() if one not in given)


def test_every_address_that_is_read_is_asked() -> None:
    assert len(ADDRESSES) > 20
    assert {"api-deals", "api-share", "api-changes", "api-submissions"} < ADDRESSES.keys()


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_wrong_question_is_a_problem_that_names_the_parameter(reader, name) -> None:
    path, known = ADDRESSES[name], set()
    for query in UNREADABLE:
        problem = refused(reader.get(f"{path}?{query}"), query)
        if problem["status"] == 404:
            continue
        assert problem["type"].endswith("#problem-bad-parameter"), query
        assert problem["errors"][0]["parameter"], query
        known |= set(problem["errors"][0]["allowed"] or ())
    for query in WRONG:
        field = query.partition("=")[0]
        if field not in known or (name in LIKE_SHARE and field in OF_QUESTION):
            continue
        response = reader.get(f"{path}?{query}{needed(name, query)}")
        if query in FINE_SOMEWHERE and response.status_code == 200:
            whole(response)
        elif refused(response, query[:80])["status"] == 400:
            named = [error["parameter"] for error in response.json()["errors"]]
            assert {part.partition("=")[0] for part in query.split("&")} & set(named), query[:80]


def test_a_question_longer_than_is_read_is_a_414(reader) -> None:
    for path in (DEALS, "/api/v1/regions/", "/api/v1/imports/"):
        for query in TOO_LONG:
            problem = refused(reader.get(f"{path}?{query}"), query[:20])
            if query.startswith("a=1"):
                # So many parameters that the framework reads none of them.
                assert problem["status"] in (400, 414)
                continue
            assert problem["status"] == 414
            assert problem["type"].endswith("#problem-too-long")
            assert "8,000" in problem["detail"]


def test_a_list_of_thousands_is_refused_by_a_sentence_that_names_the_limit(reader) -> None:
    problem = refused(reader.get(f"{DEALS}?sector={','.join(['ev'] * 800)}"), "sector")
    assert "300" in problem["errors"][0]["detail"]
    assert "800" in problem["errors"][0]["detail"]
    assert len(problem["errors"][0]["value"]) <= 80


def test_lists_of_the_question_may_be_repeated_and_nothing_else(reader) -> None:
    one = reader.get(f"{DEALS}?investor=CN&investor=DE&kind=all")
    other = reader.get(f"{DEALS}?investor=CN,DE&kind=all")
    assert one.status_code == 200
    assert one["ETag"] == other["ETag"]
    for query in ("from=2024&from=2025", "q=a&q=b", "page_size=1&page_size=2", "cursor=&cursor="):
        named = refused(reader.get(f"{DEALS}?{query}"), query)["errors"]
        assert [error["parameter"] for error in named] == [query.partition("=")[0]]


def test_parameters_that_contradict_each_other_are_named(reader) -> None:
    for query in ("from=2025&to=2024", "min_amount=5&max_amount=4"):
        (error,) = refused(reader.get(f"{DEALS}?{query}"), query)["errors"]
        assert error["parameter"] == query.partition("=")[0]


def test_a_problem_says_what_was_sent_and_what_would_do(reader) -> None:
    (error,) = refused(reader.get(DEALS, {"kind": "merger"}), "kind")["errors"]
    assert (error["parameter"], error["value"], error["pointer"]) == ("kind", "merger", None)
    assert "acquisition" in error["allowed"]
    (error,) = refused(reader.get(f"{DEALS}?{'n' * 3_000}=1"), "a long name")["errors"]
    assert len(error["parameter"]) == 200
    assert "investor" in error["allowed"]


NOWHERE = (
    "deals/%00/", "deals/%ff/", "nothing", "deals/D-1/versions/x/", "imports/٣/",
    "imports/99999999999999999999999/", "submissions/99999999999999999999999/",
    "releases/..%2F..%2Fx/files/passwd", "organizations/%00/", f"deals/{'x' * 5_000}/",
)  # fmt: skip


def test_addresses_with_nothing_behind_them_are_problems(reader) -> None:
    for path in NOWHERE:
        assert refused(reader.get(f"/api/v1/{path}"), path[:60])["status"] == 404


MEANINGLESS = (
    {"Accept": "application/xml"},
    {"Accept": "image/*;q=0, text/html"},
    {"Accept": ";;;,q=x"},
    {"If-None-Match": '"' * 5_000},
    {"If-None-Match": 'W/"é", ,,W/'},
    {"Range": "bytes=999999999-0,-1,x"},
    {"If-Modified-Since": "yesterday"},
    {"Accept-Encoding": "gzip;q=x, br;q=9"},
    {"Accept-Language": "\x00-x;q=9"},
    {"Content-Type": "application/xml"},
)


def test_headers_that_mean_nothing_here_change_nothing(reader) -> None:
    usual = reader.get(DEALS)
    for headers in MEANINGLESS:
        answer = reader.get(DEALS, headers={**reader_headers(reader), **headers})
        assert answer.status_code == 200, headers
        assert answer["Content-Type"] == "application/json", headers
        assert answer["ETag"] == usual["ETag"], headers


def reader_headers(reader: Client) -> dict[str, str]:
    return {"Authorization": str(reader.defaults["HTTP_AUTHORIZATION"])}


@pytest.mark.parametrize("name", ADDRESSES)
def test_head_is_get_without_its_body_and_other_methods_are_named(reader, name) -> None:
    path = ADDRESSES[name]
    got, head = reader.get(path), reader.head(path)
    assert head.status_code == got.status_code
    assert head["Content-Type"] == got["Content-Type"]
    assert whole(head) == b""
    whole(got)
    for method in ("TRACE", "DELETE"):
        problem = refused(reader.generic(method, path), method)
        assert problem["status"] == 405, method
    allow = {one.strip() for one in reader.delete(path)["Allow"].split(",")}
    assert {"GET", "HEAD"} <= allow
    assert "DELETE" not in allow
    assert reader.options(path).status_code == 200


def test_dates_outside_any_range_are_refused(reader) -> None:
    for field in ("from", "to", "known_by", "updated_since"):
        for text in ("1899", "2101", "0000-00-00", "2024-1-1", "２０２４", "24", "-1"):
            problem = refused(reader.get(DEALS, {field: text}), f"{field}={text}")
            assert [error["parameter"] for error in problem["errors"]] == [field]
