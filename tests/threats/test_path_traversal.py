"""A name of a file that leads out of its folder, and a file that is served as a page.

What is taken as a table and what is not: tests/desk/test_upload.py, tests/feeds/test_unpack.py,
tests/feeds/test_bad_input.py. Names that servers give: tests/feeds/test_fetch.py.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from deals.models import Release, Upload
from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
NAMES = (
    "../../../etc/passwd", "..\\..\\windows\\system.ini", "/etc/passwd", "a/../../b.csv",
    "....//....//x.csv", "%2e%2e%2fx.csv", "x.csv\r\nSet-Cookie: a=b", "\u202evsc.exe", "a\0.csv",
    "C:\\x.csv", ".htaccess", "x" * 300 + ".csv", "<img src=x onerror=alert(1)>.csv", "con.csv",
)  # fmt: skip
CSV = b"company,country\nHorizon,CN\n"
PAGES = {
    "page.html": b"<!doctype html><script>alert(1)</script>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "script.js": b"alert(1)",
    "page.csv": b"<html><body onload=alert(1)>a,b</body></html>",
}
# Ways out of a folder as servers have met them.
OUT = (
    "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/settings.py", "..%5c..%5csecret-key",
    "....//....//secret-key", "%252e%252e%252fsecret-key", "/etc/passwd", "..", ".", "%00",
    "SHA256SUMS%00.csv", "file:///etc/passwd",
)  # fmt: skip


@pytest.fixture
def editor(client):
    client.force_login(make_person("ada"))
    return client


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_brought_file_is_kept_under_its_digest_whatever_it_is_called(editor, settings, name):
    file = SimpleUploadedFile("x.csv", CSV)
    file._name = name
    answer = editor.post("/desk/imports/new/", {"file": file})
    assert answer.status_code in (200, 302, 400)
    folder = Path(settings.IMPORTS_DIR)
    kept = [path.name for path in folder.rglob("*")] if folder.exists() else []
    assert len(kept) <= 1
    for upload in Upload.objects.all():
        assert kept == [upload.file_sha256]
        assert not set(upload.file_name) & set("/\\\r\n\0")
        assert len(upload.file_name) <= 255


@pytest.mark.parametrize("name", PAGES)
def test_what_would_run_in_a_browser_is_refused_and_served_nowhere(editor, settings, name):
    answer = editor.post("/desk/imports/new/", {"file": SimpleUploadedFile(name, PAGES[name])})
    assert answer["Content-Type"].startswith("text/html")
    assert b"alert(1)<" not in answer.content
    for upload in Upload.objects.all():
        for base in ("/media/", "/imports/", "/uploads/", "/static/", "/desk/imports/files/"):
            for end in (upload.file_sha256, upload.file_name, f"{upload.pk}/{upload.file_name}"):
                assert editor.get(f"{base}{end}").status_code in (301, 404)
    assert settings.MEDIA_URL == "/"
    assert settings.MEDIA_ROOT == ""


@pytest.mark.parametrize("base", ["/static/", "/static/deals/", "/static/deals/css/"])
def test_no_way_leads_out_of_the_static_files(client, base):
    for way in OUT:
        answer = client.get(base + way)
        assert answer.status_code in (301, 302, 400, 404), way


@pytest.mark.parametrize("base", ["/data/releases/1.1/", "/api/v1/releases/1.1/files/"])
def test_no_way_leads_out_of_the_files_of_a_release(base, settings):
    secret = Path(settings.RELEASES_DIR).parent / "secret-key"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text("the secret")
    files = [{"name": "deals.csv", "media": "text/csv", "bytes": 10, "sha256": "a" * 64}]
    Release.objects.create(
        name="1.1", seq=1, at=datetime(2026, 11, 1, tzinfo=UTC), notes="", files=files
    )
    client = Client(raise_request_exception=False)
    for way in OUT:
        answer = client.get(base + way)
        body = b"".join(answer)
        assert answer.status_code in (301, 302, 400, 404), (way, answer.status_code)
        assert b"the secret" not in body
        assert b"root:" not in body
