"""Asking a server that is busy, away, broken, or something else."""

import gzip
import socket
from collections.abc import Callable, Iterable
from hashlib import sha256

import httpx
import pytest

from deals.management.commands.mirror import Command
from deals.mirror.client import Client
from deals.mirror.export import Export
from deals.mirror.troubles import CutOff, ServerTrouble

URL = "https://investtrack.example"
Answers = Iterable[httpx.Response | Exception]


def client_of(answers: Answers, *, key: str = "", url: str = URL, patience: float = 300):
    """A client of a server that answers so, with what it was asked, and how long it waited."""
    left, asked, waited, said = list(answers), [], [], []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = Client(
        url,
        key,
        say=said.append,
        transport=httpx.MockTransport(handle),
        sleep=waited.append,
        patience=patience,
    )
    return client, asked, waited, said


def limited(after: str) -> httpx.Response:
    return httpx.Response(429, headers={"Retry-After": after})


def test_who_asks_us_to_wait_is_waited_for():
    fine = httpx.Response(200, json={"a": 1}, headers={"ETag": 'W/"x"'})
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    answers = [limited("7"), limited(past), httpx.Response(503), httpx.ConnectError("no"), fine]
    client, _asked, waited, said = client_of(answers)
    answer = client.get("digest/")
    assert answer is not None
    assert (answer.body, answer.etag) == ({"a": 1}, 'W/"x"')
    assert waited[:2] == [7, 0]
    assert all(0.5 <= seconds <= 8 for seconds in waited[2:])
    assert said[0] == f"{URL} says that we asked too often (429). Asked again in 7 s."
    assert said[3].startswith(f"{URL} cannot be reached (no).")


def test_after_some_minutes_it_gives_up():
    client, *_rest = client_of([limited("200")] * 3, patience=300)
    with pytest.raises(
        ServerTrouble, match=r"asked too often \(429\)\. Given up after 200 seconds"
    ):
        client.get("digest/")


def unknown_name() -> httpx.ConnectError:
    error = httpx.ConnectError("[Errno -2] Name or service not known")
    error.__cause__ = socket.gaierror(-2, "Name or service not known")
    return error


def test_a_name_that_nobody_has_ends_it_at_once():
    client, asked, waited, _said = client_of([unknown_name()])
    with pytest.raises(ServerTrouble, match="no server of that name"):
        client.get("digest/")
    assert len(asked) == 1
    assert waited == []


def test_a_name_that_was_known_before_is_waited_for():
    fine = httpx.Response(200, json={})
    client, asked, waited, _said = client_of([fine, unknown_name(), fine])
    client.get("digest/")
    assert client.get("digest/") is not None
    assert len(asked) == 3
    assert len(waited) == 1


def test_the_mark_of_the_last_answer_and_the_key_go_along():
    client, asked, *_rest = client_of([httpx.Response(304)], key="itk_r_x")
    assert client.get("changes/", {"after": "4"}, etag='W/"x"') is None
    (request,) = asked
    assert str(request.url) == f"{URL}/api/v1/changes/?after=4"
    assert request.headers["If-None-Match"] == 'W/"x"'
    assert request.headers["Authorization"] == "Bearer itk_r_x"
    assert request.headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (httpx.Response(200, text="<html>Welcome"), "is not what an InvestTrack answers"),
        (httpx.Response(404), "is not what an InvestTrack answers"),
        (httpx.Response(301, headers={"Location": "https://new.example/"}), "https://new.example/"),
        (httpx.Response(401, json={"detail": "It ended."}), "refuses the key (401): It ended."),
        (httpx.Response(403, json=[]), "refuses the key (403)"),
        (
            httpx.Response(400, json={"detail": "See as_of.", "errors": [{"detail": "Too old."}]}),
            "with 400: See as_of. Too old.",
        ),
        (httpx.Response(500, text="oops"), "with 500: 'oops'"),
        (
            httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"),
            "The certificate of https://investtrack.example cannot be trusted",
        ),
    ],
)
def test_every_other_failure_is_a_sentence_at_once(answer, sentence):
    client, _asked, waited, _said = client_of([answer])
    with pytest.raises(ServerTrouble) as told:
        client.get("digest/")
    assert sentence in str(told.value)
    assert not waited


@pytest.mark.parametrize(
    ("url", "key", "sentence"),
    [
        ("ftp://x", "", "is no address"),
        ("investtrack.example", "", "is no address"),
        ("https://[x", "", "is no address"),
        ("http://investtrack.example", "itk_r_x", "never sent unencrypted"),
    ],
)
def test_an_address_that_cannot_be_asked_is_refused(url, key, sentence):
    with pytest.raises(ServerTrouble, match=sentence):
        Client(url, key)


def test_the_address_may_be_that_of_the_api_and_a_key_may_go_to_this_machine():
    client, asked, *_rest = client_of(
        [httpx.Response(200, json={})], url="http://127.0.0.1:8000/api/v1/", key="itk_r_x"
    )
    client.get("digest/")
    assert client.url == "http://127.0.0.1:8000"
    assert asked[0].url.path == "/api/v1/digest/"


def broken(body: bytes) -> Callable[[], Iterable[bytes]]:
    def pieces() -> Iterable[bytes]:
        yield body
        raise httpx.RemoteProtocolError("peer closed connection")

    return pieces


MARK = (
    b'{"end":true,"deals":2,"change_seq":7,'
    b'"sha256":"94b4a574f81c8d16cdd3b3ec3f5c5fe9d6b1ad57d09ad7d2a4d4b8b0c5b6a4d3"}\n'
)


def export_of(answer: httpx.Response) -> Export:
    return Export(client_of([answer])[0], {})


def test_an_export_is_taken_when_its_end_mark_says_what_came():
    lines = '{"id":"D-1"}\n{"id":"二"}\n'.encode()
    digest = sha256(lines).hexdigest()
    mark = f'{{"end":true,"deals":2,"change_seq":7,"sha256":"{digest}"}}\n'.encode()
    packed = gzip.compress(lines + mark)
    export = export_of(httpx.Response(200, content=packed, headers={"Content-Encoding": "gzip"}))
    assert list(export.texts()) == ['{"id":"D-1"}', '{"id":"二"}']
    assert (export.seq, export.deals) == (7, 2)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "ended before its end mark"),
        (b'{"id":"D-1"}\n', "ended before its end mark"),
        (b'{"id":"D-1"}\n{"end":tr', "ended before its end mark"),
        (b'{"id":"D-1"}\n' + MARK, "is not what its end mark says"),
        (b'{"id":"D-1"}\n{"id":"D-2"}\n' + MARK, "is not what its end mark says"),
    ],
)
def test_a_cut_or_changed_export_is_noticed(body, sentence):
    with pytest.raises(CutOff, match=sentence):
        list(export_of(httpx.Response(200, content=body)).texts())


def test_a_connection_that_breaks_is_a_cut_export():
    answer = httpx.Response(200, content=broken(b'{"id":"D-1"}\n')())
    with pytest.raises(CutOff, match="broke off its export"):
        list(export_of(answer).texts())


@pytest.mark.parametrize(
    "options", [[], ["https://x.example"], ["https://x.example", "--into", "y", "--follow", "z"]]
)
def test_wrong_options_do_not_end_as_a_server_that_is_away_does(options, capsys):
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "mirror", *options])
    assert ended.value.code == 1
    assert "usage:" in capsys.readouterr().err
