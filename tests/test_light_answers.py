"""What every request passes on its way to an answer of the API, made light."""

import gzip
import json
import socket

import brotli
import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse

from investtrack.middleware import Compression
from tests.factories import make_deals

DEALS = "/api/v1/deals/"


@pytest.fixture
def thirty(db):
    return make_deals([{"target": f"Target {number}"} for number in range(30)])


@pytest.mark.parametrize(
    ("accepted", "packing", "unpack"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
    ],
)
def test_a_list_is_packed_as_the_client_can_read_it(client, thirty, accepted, packing, unpack):
    plain = client.get(DEALS)
    packed = client.get(DEALS, headers={"accept-encoding": accepted})
    assert packed["Content-Encoding"] == packing
    assert json.loads(unpack(packed.content)) == plain.json()
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 3
    assert packed["ETag"] == plain["ETag"]
    assert "Accept-Encoding" in packed["Vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "gzip;q=0.0, br;q=0"])
def test_who_reads_no_packed_answer_gets_a_plain_one(client, thirty, accepted):
    response = client.get(DEALS, headers={"accept-encoding": accepted})
    assert "Content-Encoding" not in response
    assert len(response.json()["results"]) == 30


def test_small_answers_packed_files_and_unchanged_ones_stay_as_they_are(client, thirty, rf):
    accepts = {"accept-encoding": "gzip, br"}
    assert "Content-Encoding" not in client.get("/api/v1/nothing/", headers=accepts)
    etag = client.get(DEALS)["ETag"]
    same = client.get(DEALS, headers=accepts | {"if-none-match": etag})
    assert (same.status_code, same.content) == (304, b"")
    request = rf.get("/api/v1/exports/deals.parquet", headers=accepts)
    parquet = HttpResponse(b"x" * 5000, content_type="application/vnd.apache.parquet")
    assert "Content-Encoding" not in Compression(lambda _: parquet)(request)


def test_a_stream_is_packed_while_it_flows(rf):
    request = rf.get("/api/v1/exports/deals.csv", headers={"accept-encoding": "gzip"})
    lines = [b"D-%d,Target\r\n" % number for number in range(5000)]
    stream = StreamingHttpResponse(iter(lines), content_type="text/csv; charset=utf-8")
    response = Compression(lambda _: stream)(request)
    assert gzip.decompress(b"".join(response)) == b"".join(lines)


def test_answers_of_the_api_may_load_nothing_and_pages_what_they_need(client, db):
    strict = client.get("/api/v1/regions/")["Content-Security-Policy"]
    assert strict == "default-src 'none'; frame-ancestors 'none'"
    assert "script-src 'self'" in client.get("/")["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_stands_is_believed_and_one_that_was_cut_is_noticed():
    connection.ensure_connection()
    asked = []
    with connection.execute_wrapper(lambda *args: asked.append(args)):
        assert connection.is_usable()
    assert asked == []
    with socket.socket(fileno=socket.dup(connection.connection.pgconn.socket)) as ours:
        ours.shutdown(socket.SHUT_RDWR)
    assert not connection.is_usable()
    connection.close()
    assert connection.is_usable() is False
