"""What `collectstatic` makes is sent compressed, and plain to a browser that cannot read it."""

from pathlib import Path

import brotli
import pytest
from django.conf import LazySettings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware

# Closing a response looks at the connections of its thread.
pytestmark = pytest.mark.django_db


@pytest.fixture
def collected(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Our own style sheets and scripts, collected as an installation collects everything."""
    monkeypatch.setattr(
        finders,
        "get_finders",
        lambda: [finders.get_finder("django.contrib.staticfiles.finders.AppDirectoriesFinder")],
    )
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = False
    call_command(
        "collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin", "rest_*"]
    )
    return tmp_path


def test_style_sheets_are_sent_by_brotli_to_who_reads_it(collected: Path) -> None:
    middleware = WhiteNoiseMiddleware(lambda request: None)
    plain = (collected / "deals" / "css" / "tokens.css").read_bytes()
    for accepted, encoding in (("gzip, br", "br"), ("gzip", "gzip"), ("", "")):
        request = RequestFactory().get(
            "/static/deals/css/tokens.css", headers={"accept-encoding": accepted}
        )
        response = middleware(request)
        body = b"".join(response.streaming_content)
        response.close()
        assert response.get("Content-Encoding", "") == encoding
        if encoding == "br":
            assert brotli.decompress(body) == plain
            assert len(body) < len(plain) / 2
        if not encoding:
            assert body == plain
