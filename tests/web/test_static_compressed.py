"""What `collectstatic` makes is sent compressed, and plain to a browser that cannot read it."""

import os
from collections.abc import Iterable
from pathlib import Path
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


def test_what_is_collected_anew_under_a_running_server_is_sent_whole(collected: Path) -> None:
    server = StaticFiles(lambda request: HttpResponse())
    for text in (b"a" * 1_000, b"b" * 100_000):
        (collected / NAME).write_bytes(text)
        (collected / f"{NAME}.br").write_bytes(brotli.compress(text))
        encoding, length, body = sent(server, "br")
        assert (encoding, length, brotli.decompress(body)) == ("br", len(body), text)
    for path in collected.glob(f"{NAME}*"):
        path.unlink()
    gone = server(RequestFactory().get(f"/static/{NAME}"))
    assert not gone.streaming
