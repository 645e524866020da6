"""Bringing a file: what is taken, what is refused with a sentence at the field, and the limits."""

import io
import re
import zipfile
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from deals.feeds.profile_toml import load_profile
from deals.feeds.shipped import shipped
from deals.models import Upload

pytestmark = pytest.mark.django_db
NEW = "/desk/imports/new/"
CSV = b"Company,Date\nHorizon,2021\n"


@pytest.fixture
def editor(client):
    call_command("desk_user", "ada", role="editor", stdout=StringIO())
    user = User.objects.get(username="ada")
    client.force_login(user)
    return user


def bring(client, data, name="deals.csv", **more):
    return client.post(NEW, {"file": SimpleUploadedFile(name, data), **more})


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_file_is_kept_and_remembered_as_the_persons_own(client, editor, settings):
    response = bring(client, CSV)
    upload = Upload.objects.get()
    assert response["Location"] == f"/desk/imports/files/{upload.pk}/"
    assert (upload.file_name, upload.size, upload.created_by) == ("deals.csv", len(CSV), editor)
    assert (settings.IMPORTS_DIR / upload.file_sha256).read_bytes() == CSV
    assert "deals.csv" in text(client.get("/desk/"))


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.csv", b"", "is empty"),
        ("empty.csv", b"\n \n", "is empty"),
        ("page.csv", b"%PDF-1.7 ...", "PDF"),
        ("two.zip", zipped(**{"a.csv": CSV, "b.csv": CSV}), "a.csv"),
    ],
)
def test_what_is_no_table_is_refused_at_the_field(client, editor, name, data, sentence):
    page = bring(client, data, name)
    html = page.content.decode()
    assert page.status_code == 200
    assert "<title>Error: Import a file" in html
    assert re.search(r'role="alert"[^>]*autofocus', html)
    assert 'href="#file"' in html
    assert re.search(r'id="file-error">', html)
    assert sentence in text(page)
    assert not Upload.objects.exists()


def test_nothing_chosen_is_said(client, editor):
    page = client.post(NEW, {})
    assert "Choose the file to import." in text(page)


def test_a_file_beyond_the_limit_is_dropped_while_it_comes(client, editor, settings):
    settings.IMPORT_MAX_BYTES = 1000
    page = bring(client, CSV * 100)
    assert "deals.csv is larger than 1,000 bytes, the most that is taken at once" in text(page)
    assert not Upload.objects.exists()
    kept = list(settings.IMPORTS_DIR.iterdir()) if settings.IMPORTS_DIR.exists() else []
    assert kept == []


def test_an_unknown_format_is_refused_and_the_choice_stays(client, editor):
    for wrong in ("feed:99", "shipped:nothing", "feed:²", "x"):
        page = bring(client, CSV, format=wrong)
        assert "Choose one of the formats in the list." in text(page), wrong
    assert not Upload.objects.exists()


def test_the_limits_are_stated(client, editor, settings):
    settings.IMPORT_MAX_ROWS = 123_456
    page = text(client.get(NEW))
    assert "Rows 123,456" in page
    assert "Size of the file 300 MB" in page


@pytest.mark.parametrize("code", [format_.code for format_ in shipped()])
def test_each_shipped_format_goes_from_its_template_straight_to_the_check(client, editor, code):
    assert f"/desk/templates/{code}.csv" in client.get(NEW).content.decode()
    template = client.get(f"/desk/templates/{code}.csv")
    assert "attachment" in template["Content-Disposition"]
    response = bring(client, template.content, f"{code}.csv", format=f"shipped:{code}")
    upload = Upload.objects.get()
    assert response["Location"] == f"/desk/imports/files/{upload.pk}/check/"
    page = client.get(response["Location"])
    assert 'value="start"' in page.content.decode(), text(page)
    profile = client.get(f"/desk/templates/{code}.toml")
    assert load_profile(profile.content.decode())


def test_a_template_that_is_not_there_is_not_found(client, editor):
    for path in ("nothing.csv", "itjuzi.xlsx"):
        assert client.get(f"/desk/templates/{path}").status_code == 404


def test_a_form_of_another_site_is_refused(editor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    assert bring(strict, CSV).status_code == 403
    assert not Upload.objects.exists()


def test_people_without_the_role_bring_nothing(client):
    client.force_login(User.objects.create_user("reader"))
    assert bring(client, CSV).status_code == 403
    assert not Upload.objects.exists()


def test_the_page_costs_a_fixed_number_of_queries(client, editor, django_assert_num_queries):
    with django_assert_num_queries(7):
        client.get(NEW)
