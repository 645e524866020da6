"""What `collectstatic` makes is sent compressed, and plain to a browser that cannot read it."""

import gzip
import os
from collections.abc import Iterable
from pathlib import Path
from time import time
from typing import cast

import brotli
import pytest
from django.conf import LazySettings, settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from investtrack.static_files import StaticFiles

# Closing a response looks at the connections of its thread.
pytestmark = pytest.mark.django_db
NAME = "deals/css/tokens.css"


@pytest.fixture
def collected(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Our own style sheets and scripts, collected as an installation collects everything."""
    monkeypatch.setattr(
        finders,
        "get_finders",
        lambda: [finders.get_finder("django.contrib.staticfiles.finders.AppDirectoriesFinder")],
    )
    settings.STATIC_ROOT = tmp_path
    call_command(
        "collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin", "rest_*"]
    )
    return tmp_path


def sent(server: StaticFiles, accepted: str) -> tuple[str, int, bytes]:
    """How it was encoded, how long it was said to be, and what came."""
    asked = RequestFactory().get(f"/static/{NAME}", headers={"accept-encoding": accepted})
    response = server(asked)
    assert isinstance(response, StreamingHttpResponse)
    body = b"".join(cast("Iterable[bytes]", response.streaming_content))
    response.close()
    return response.get("Content-Encoding", ""), int(response["Content-Length"]), body


def test_style_sheets_are_sent_by_brotli_to_who_reads_it(collected: Path) -> None:
    assert settings.WHITENOISE_USE_FINDERS
    server = StaticFiles(lambda request: HttpResponse())
    plain = (collected / NAME).read_bytes()
    for accepted, wanted in (("gzip, br", "br"), ("gzip", "gzip"), ("", "")):
        encoding, _, body = sent(server, accepted)
        assert encoding == wanted
        if encoding == "br":
            assert brotli.decompress(body) == plain
            assert len(body) < len(plain) / 2
        if not encoding:
            assert body == plain


def test_what_was_collected_before_its_source_changed_is_not_sent(collected: Path) -> None:
    stale = collected / NAME
    stale.write_text("of a version before")
    os.utime(stale, (0, 0))
    source = finders.find(NAME)
    assert source
    server = StaticFiles(lambda request: HttpResponse())
    assert sent(server, "br")[2] == Path(source).read_bytes()


def write(folder: Path, text: bytes, at: float) -> None:
    """As `collectstatic` does: the file first; what is compressed gets its time."""
    (folder / NAME).write_bytes(text)
    os.utime(folder / NAME, (at, at))
    for end, packed in ((".br", brotli.compress(text)), (".gz", gzip.compress(text))):
        (folder / f"{NAME}{end}").write_bytes(packed)
        os.utime(folder / f"{NAME}{end}", (at, at))


def test_what_is_collected_anew_under_a_running_server_is_sent_whole(collected: Path) -> None:
    server = StaticFiles(lambda request: HttpResponse())
    now = time() + 10
    for text in (b"a" * 1_000, b"b" * 100_000, b"c" * 100_000):
        write(collected, text, now := now + 1)
        encoding, length, body = sent(server, "br")
        assert (encoding, length, brotli.decompress(body)) == ("br", len(body), text)
    for path in collected.glob(f"{NAME}*"):
        path.unlink()
    source = finders.find(NAME)
    assert source
    assert sent(server, "")[2] == Path(source).read_bytes()


def test_between_copying_and_compressing_nobody_gets_what_was_compressed_before(
    collected: Path,
) -> None:
    now = time() + 10
    write(collected, b"old" * 999, now)
    server = StaticFiles(lambda request: HttpResponse())
    assert brotli.decompress(sent(server, "br")[2]) == b"old" * 999
    (collected / NAME).write_bytes(b"new" * 999)
    os.utime(collected / NAME, (now + 5, now + 5))
    for one in (server, StaticFiles(lambda request: HttpResponse())):
        assert sent(one, "br")[::2] == ("", b"new" * 999)
    write(collected, b"new" * 999, now + 5)
    encoding, _, body = sent(server, "br")
    assert brotli.decompress(body) if encoding == "br" else body == b"new" * 999


def test_a_file_that_is_gone_with_its_source_is_not_found(collected: Path) -> None:
    (collected / "deals/css/once.css").write_text("a{}")
    server = StaticFiles(lambda request: HttpResponse(status=404))
    asked = RequestFactory().get("/static/deals/css/once.css")
    found = server(asked)
    assert found.status_code == 200
    found.close()
    (collected / "deals/css/once.css").unlink()
    assert server(asked).status_code == 404
