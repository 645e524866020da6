"""Fetching gives a file, or a sentence, in bounded time and memory, and reaches nothing inside."""

import gzip
import ipaddress
import shutil
import socket
import ssl
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from deals.feeds import addresses, connect
from deals.feeds.addresses import NotFetched, check_url, is_inside
from deals.feeds.fetch import (
    Limits,
    _file_name,
    _gunzipped,
    _redirected,
    _validators,
    fetch,
)
from deals.feeds.refusals import Refused
from tests.feeds.fileserver import FileServer, Handler, serving
from tests.processes import PATIENCE

CSV = b"company,month\nAcme,2019-05\n"
REAL_RESOLVER = socket.getaddrinfo


@pytest.fixture
def server(settings, tmp_path) -> Iterator[FileServer]:
    """A server that the settings allow, and a folder of the test's own for what comes."""
    settings.IMPORTS_DIR = tmp_path
    with serving() as server:
        settings.FEED_ALLOW_INSIDE = [f"127.0.0.1:{server.port}"]
        server.gives(CSV)
        yield server


@pytest.fixture
def inside(server, settings, monkeypatch) -> FileServer:
    """The same server, which no setting allows, on a port that feeds may use."""
    settings.FEED_ALLOW_INSIDE = []
    monkeypatch.setattr(addresses, "USUAL_PORTS", {80, 443, server.port})
    return server


def answering(monkeypatch, answers: dict[str, list[list[str]]]) -> None:
    """Names with the resolver's answers for the first look-up, the second, and so on."""

    def resolver(host, port, *args, **kwargs):
        if host not in answers:
            return REAL_RESOLVER(host, port, *args, **kwargs)
        turns = answers[host]
        found = turns.pop(0) if len(turns) > 1 else turns[0]
        family = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [
            (family[ipaddress.ip_address(ip).version], socket.SOCK_STREAM, 6, "", (ip, port))
            for ip in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)


def refusal(url: str, **limits: float) -> str:
    with pytest.raises(NotFetched) as caught:
        fetch(url, limits=Limits(**limits))
    return str(caught.value)


# --- what comes ------------------------------------------------------------------------------


def test_a_file_is_kept_with_what_is_needed_to_ask_again(server) -> None:
    modified = "Wed, 21 Oct 2026 07:28:00 GMT"
    server.gives(CSV, ETag='"v1"', Last_Modified=modified, Content_Type="text/csv; charset=utf-8")
    fetched = fetch(server.url + "feeds/rounds.csv?key=secret")
    assert fetched.file is not None
    assert fetched.file.path.read_bytes() == CSV
    assert (fetched.file.name, fetched.bytes, fetched.status) == ("rounds.csv", len(CSV), 200)
    assert (fetched.etag, fetched.last_modified) == ('"v1"', modified)
    assert fetched.content_type == "text/csv"
    assert "secret" not in fetched.final_url


def test_a_file_that_is_still_the_same_does_not_come_again(server) -> None:
    server.gives(b"", 304, ETag='"v1"')
    fetched = fetch(server.url, etag='"v1"', last_modified="Wed, 21 Oct 2026 07:28:00 GMT")
    assert (fetched.status, fetched.file, fetched.etag) == (304, None, '"v1"')
    sent = {name.casefold(): value for name, value in server.requests[0][1].items()}
    assert sent["if-none-match"] == '"v1"'
    assert sent["if-modified-since"] == "Wed, 21 Oct 2026 07:28:00 GMT"


def test_an_answer_that_nothing_changed_is_no_file_when_nothing_was_known(server) -> None:
    server.gives(b"", 304)
    assert "status 304" in refusal(server.url)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename=deals.csv", "deals.csv"),
        ('attachment; filename="../../etc/deals.csv"', "deals.csv"),
        ("attachment; filename=\"a.csv\"; filename*=UTF-8''%E4%BA%A4%E6%98%93.csv", "交易.csv"),
        ("attachment; filename*=;filename*0", "download"),
        ("attachment; filename=..", "127.0.0.1"),
    ],
)
def test_the_server_may_name_the_file_but_no_folder(server, header, name) -> None:
    server.gives(CSV, Content_Disposition=header)
    fetched = fetch(server.url + "download")
    assert fetched.file is not None
    assert fetched.file.name == name


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"", b"a; filename=", b"a; filename*=", b'a; filename="', b"http://"]),
    st.binary(max_size=60),
)
def test_no_header_of_a_server_is_too_odd(start, rest) -> None:
    odd = start + bytes(byte for byte in rest if byte >= 32)
    answer = httpx.Response(
        200, headers=[(b"content-disposition", odd), (b"etag", odd), (b"location", odd)]
    )
    assert "/" not in _file_name(httpx.URL("http://a.example.org/x.csv"), answer)
    assert all(kept.isascii() for kept in _validators(answer))
    with suppress(NotFetched):
        _redirected(httpx.URL("http://a.example.org/x.csv"), answer.headers["location"])


@pytest.mark.parametrize("etag", ['"' + "x" * 600 + '"', '"é"'])
def test_an_etag_that_cannot_be_kept_or_sent_back_is_left_out(server, etag) -> None:
    server.gives(CSV, ETag=etag)
    assert fetch(server.url).etag == ""


def test_a_compressed_transfer_is_unpacked_also_in_several_members(server) -> None:
    server.gives(
        gzip.compress(CSV[:10]) + gzip.compress(CSV[10:]) + b"\0" * 9, Content_Encoding="gzip"
    )
    fetched = fetch(server.url)
    assert fetched.file is not None
    assert fetched.file.path.read_bytes() == CSV


@hypothesis_settings(max_examples=25, deadline=None)
@given(data=st.binary(max_size=300_000), cuts=st.lists(st.integers(1, 5000), max_size=20))
def test_unpacking_in_blocks_gives_what_was_packed(data, cuts) -> None:
    packed, blocks = gzip.compress(data), []
    for cut in cuts:
        blocks.append(packed[:cut])
        packed = packed[cut:]
    parts = list(_gunzipped(httpx.URL("http://a/"), [*blocks, packed]))
    assert b"".join(parts) == data
    assert all(len(part) <= 64 * 1024 for part in parts)


# --- what does not ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "does not let us in"),
        (403, "does not let us in"),
        (404, "no file at"),
        (410, "no file at"),
        (429, "too often"),
        (500, "fault of its own"),
        (503, "fault of its own"),
        (204, "status 204"),
        (206, "status 206"),
    ],
)
def test_other_answers_are_said_in_words_without_the_key(server, status, words) -> None:
    server.gives(b"", status)
    said = refusal(server.url + "rounds.csv?key=secret")
    assert words in said
    assert "secret" not in said


def test_bytes_that_are_no_table_are_refused_by_what_they_are(server) -> None:
    server.gives(b"%PDF-1.7 and so on")
    with pytest.raises(Refused) as caught:
        fetch(server.url)
    assert not isinstance(caught.value, NotFetched)


def test_a_name_that_is_nowhere(server, settings, monkeypatch) -> None:
    def nowhere(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    assert "was not found" in refusal("https://feeds.example.org/")


def test_a_resolver_that_never_answers_is_not_waited_for(server, monkeypatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: server.over.wait(PATIENCE))
    began = time.monotonic()
    assert "not found in time" in refusal("https://feeds.example.org/", connect=0.2)
    assert time.monotonic() - began < PATIENCE / 2


def test_a_server_that_is_not_there(server, settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        settings.FEED_ALLOW_INSIDE = [f"127.0.0.1:{port}"]
        assert "could not be reached" in refusal(f"http://127.0.0.1:{port}/")


def test_a_server_that_falls_silent(server) -> None:
    server.answer = lambda handler: server.over.wait(PATIENCE) and None
    assert "fell silent" in refusal(server.url, idle=0.2)


def drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.over.wait(0.05):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def drip_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not handler.server.over.wait(0.05):
        handler.wfile.write(b"x")
        handler.wfile.flush()


@pytest.mark.parametrize("answer", [drip, drip_headers])
def test_a_server_that_drips_is_given_up_by_the_clock(server, answer, tmp_path) -> None:
    server.answer = answer
    began = time.monotonic()
    assert "not come completely after 1 seconds" in refusal(server.url, total=1)
    assert time.monotonic() - began < PATIENCE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("told", ["10000", None])
def test_a_connection_that_breaks_leaves_nothing(server, told, tmp_path) -> None:
    def broken(handler: Handler) -> None:
        handler.send_response(200)
        if told:
            handler.send_header("Content-Length", told)
        else:
            handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(CSV if told else b"5\r\na,b\n1\r\n")

    server.answer = broken
    assert "broke before the file was complete" in refusal(server.url)
    assert list(tmp_path.iterdir()) == []


def test_a_body_without_end_stops_at_the_limit(server, tmp_path) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not handler.server.over.is_set():
            handler.wfile.write(b"a,b\n" * 10_000)

    server.answer = endless
    assert "more than the 1 MB" in refusal(server.url, bytes=1_048_576)
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_in_the_transfer_stops_at_the_limit_in_little_memory(server, tmp_path) -> None:
    packed = gzip.compress(b"\0" * 200_000_000, 9)
    server.gives(packed, Content_Encoding="gzip")
    tracemalloc.start()
    try:
        assert "more than the 20 MB" in refusal(server.url, bytes=20 * 1_048_576)
        assert tracemalloc.get_traced_memory()[1] < 16_000_000
    finally:
        tracemalloc.stop()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "coding", "words"),
    [
        (gzip.compress(CSV)[:-4], "gzip", "ends in the middle"),
        (b"not compressed", "gzip", "damaged"),
        (CSV, "br", "was not asked for"),
        (CSV, "gzip, gzip", "was not asked for"),
    ],
)
def test_a_compression_that_cannot_be_undone(server, body, coding, words) -> None:
    server.gives(body, Content_Encoding=coding)
    assert words in refusal(server.url)


# --- redirects -------------------------------------------------------------------------------


def hops(count: int):
    """Redirects `count` times, then gives the file; sets a cookie at every turn."""

    def answer(handler: Handler) -> None:
        at = int(handler.path.strip("/") or 0)
        if at < count:
            handler.send(b"", 302, Location=f"/{at + 1}", Set_Cookie=f"turn={at}")
        else:
            handler.send(CSV)

    return answer


def test_five_redirects_are_followed_without_cookies(server) -> None:
    server.answer = hops(5)
    assert fetch(server.url).status == 200
    assert len(server.requests) == 6
    for _, headers in server.requests:
        assert not {"cookie", "authorization"} & {name.casefold() for name in headers}


def test_a_sixth_redirect_is_one_too_many(server) -> None:
    server.answer = hops(6)
    assert "leads on again" in refusal(server.url)
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1/", "http://[::1]/", "http://localhost/", "http://inside.example.org/"],
)
def test_a_redirect_to_the_inside_is_not_followed(server, settings, monkeypatch, location) -> None:
    answering(monkeypatch, {"inside.example.org": [["127.0.0.1"]]})
    with serving() as target:
        monkeypatch.setattr(addresses, "USUAL_PORTS", {target.port})
        there = location.rstrip("/") + f":{target.port}/"
        server.gives(b"", 302, Location=there)
        assert "inside" in refusal(server.url)
        assert target.connections == 0


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "http://u:p@example.org/",
        "http://example.org:22/",
        "//[",
    ],
)
def test_a_redirect_to_what_is_no_feed_address_is_refused(server, location) -> None:
    server.gives(b"", 302, Location=location)
    refusal(server.url)
    assert server.connections == 1


def test_proxies_of_the_environment_are_not_asked(server, monkeypatch) -> None:
    with serving() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert fetch(server.url).status == 200
        assert proxy.connections == 0


# --- inside addresses ------------------------------------------------------------------------

SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "2130706433", "0177.0.0.1",
    "017700000001", "127.0.0.1.", "0.0.0.0", "0", "localhost", "LOCALHOST", "localhost.",
    "feed.localhost", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]", "[fe80::1%lo]",
    "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]", "[2001:0:1::1]",
    "169.254.169.254", "10.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1",
    "100.100.100.200", "192.0.0.192", "168.63.129.16", "198.18.0.1", "203.0.113.5", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "ⓛocalhost",
    "u@127.0.0.1", "example.org@127.0.0.1", "127.0.0.1%00.example.org", "127.0.0.1#@example.org",
    "127.0.0.1\\@example.org",
]  # fmt: skip


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_an_inside_address_is_connected_to(inside, host) -> None:
    said = refusal(f"http://{host}:{inside.port}/")
    assert said.endswith(".")
    assert inside.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "[::ffff:127.0.0.1]", "localhost"])
def test_the_check_where_the_socket_is_opened_stands_alone(inside, host, monkeypatch) -> None:
    monkeypatch.setattr(addresses, "_literal", lambda host: None)
    monkeypatch.setattr(addresses, "_is_local_name", lambda host: False)
    assert "inside" in refusal(f"http://{host}:{inside.port}/")
    assert inside.connections == 0


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["2606:4700::1111", "::1"], ["fe80::1%lo"]],
)
def test_a_name_is_refused_for_any_one_of_its_answers(inside, answers, monkeypatch) -> None:
    answering(monkeypatch, {"feeds.example.org": [answers]})
    assert "inside" in refusal(f"http://feeds.example.org:{inside.port}/")
    assert inside.connections == 0


def test_a_name_that_changes_its_answer_is_looked_up_only_once(inside, monkeypatch) -> None:
    answering(monkeypatch, {"rebind.example.org": [["93.184.215.14"], ["127.0.0.1"]]})
    opened: list[str] = []

    def connect_tcp(self, host, port, **kwargs):
        opened.append(host)
        raise connect.httpcore.ConnectError("not from a test")

    monkeypatch.setattr(connect.httpcore.SyncBackend, "connect_tcp", connect_tcp)
    assert "could not be reached" in refusal(f"http://rebind.example.org:{inside.port}/")
    assert opened == ["93.184.215.14"]
    assert inside.connections == 0


def test_a_public_address_of_this_machine_is_inside_too(inside, monkeypatch) -> None:
    answering(monkeypatch, {"feeds.example.org": [["93.184.215.14"]]})
    monkeypatch.setattr(addresses, "is_own", lambda address: str(address) == "93.184.215.14")
    assert "inside" in refusal(f"http://feeds.example.org:{inside.port}/")


def test_this_machine_knows_its_own_addresses() -> None:
    assert addresses.is_own(ipaddress.ip_address("127.0.0.1"))
    assert not addresses.is_own(ipaddress.ip_address("93.184.215.14"))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.215.14",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "1.1.1.1",
    ],
)
def test_public_addresses_are_not_inside(address) -> None:
    assert not is_inside(ipaddress.ip_address(address))


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv6_address_is_inside_when_the_ipv4_address_it_carries_is(address) -> None:
    number = int(address)
    for prefix in ("::ffff:0:0", "64:ff9b::"):
        carrier = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + number)
        assert is_inside(carrier) == is_inside(address)
    assert is_inside(ipaddress.IPv6Address(number))


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused_with_a_sentence(text) -> None:
    for url in (text, f"http://{text}", f"https://{text}/rounds.csv"):
        problem = None
        try:
            host = check_url(url).host
        except NotFetched as refused:
            host, problem = "", refused
        assert bool(host) != bool(problem and str(problem).endswith(".") and not problem.again)


def test_a_host_that_the_settings_name_may_be_inside_on_its_port_only(server, settings) -> None:
    settings.FEED_ALLOW_INSIDE = [f"LOCALHOST:{server.port}"]
    assert fetch(f"http://localhost:{server.port}/").status == 200
    assert "port" in refusal(f"http://localhost:{server.port + 1}/")
    assert "port" in refusal(f"http://127.0.0.1:{server.port}/")


# --- TLS -------------------------------------------------------------------------------------


@pytest.fixture
def tls(server, settings, monkeypatch, tmp_path_factory) -> FileServer:
    """The server with a certificate for feeds.example.org, which this process trusts."""
    if shutil.which("openssl") is None:
        pytest.skip("The certificate of this test is made by openssl, which is not installed.")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-keyout", key, "-out", certificate, "-subj", "/CN=feeds.example.org",
         "-addext", "subjectAltName=DNS:feeds.example.org"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    names = ("feeds.example.org", "other.example.org")
    settings.FEED_ALLOW_INSIDE = [f"{name}:{server.port}" for name in names]
    answering(monkeypatch, {name: [["127.0.0.1"]] for name in names})
    return server


def test_tls_is_made_with_the_name_and_not_with_the_address(tls) -> None:
    assert fetch(f"https://feeds.example.org:{tls.port}/").status == 200


def test_a_certificate_for_another_name_is_refused(tls) -> None:
    assert "certificate" in refusal(f"https://other.example.org:{tls.port}/")


def test_an_authority_that_nobody_knows_is_refused(tls, monkeypatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "certificate" in refusal(f"https://feeds.example.org:{tls.port}/")


def test_a_redirect_to_plain_http_is_refused(tls) -> None:
    tls.gives(b"", 302, Location=f"http://feeds.example.org:{tls.port}/")
    assert "plain http" in refusal(f"https://feeds.example.org:{tls.port}/")


def test_a_server_that_speaks_no_tls_is_said(server) -> None:
    assert "secure connection" in refusal(server.url.replace("http:", "https:"))
