"""POST /api/v1/imports/: what is refused, with which sentence, and that it leaves nothing."""

import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as live_settings
from django.core.files.uploadedfile import SimpleUploadedFile

from deals.api.problem_types import TYPES
from deals.models import Feed, ImportRun
from tests.api.partners import IMPORTS, PROFILE, ROWS, Partner, make_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder", "rung")]


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []


def assert_nothing_kept(response, status: int, folder: Path) -> dict:
    """The response is a problem document of that status, and nothing was written."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert "no-store" in response["Cache-Control"]
    assert not ImportRun.objects.exists()
    assert kept(folder) == []
    return response.json()


@pytest.mark.parametrize("who", ["nobody", "wrong", "reader", "session"])
def test_without_a_key_that_can_write_nothing_is_taken(who, folder, django_user_model) -> None:
    keys = {"wrong": "itk_w_wrong", "reader": make_key(power="read")}
    sender = Partner(keys.get(who))
    if who == "session":
        sender.client.force_login(django_user_model.objects.create_user("editor"))
    status = 401 if who in ("nobody", "wrong") else 403
    answer = assert_nothing_kept(sender.form(), status, folder)
    if who == "reader":
        assert "itk_w_" in answer["detail"]


@pytest.mark.parametrize("address", ["", "1/", "1/errors/", "1/errors.csv"])
def test_nothing_about_imports_is_public(address) -> None:
    refused = Partner(None).get(IMPORTS + address)
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert "no-store" in refused["Cache-Control"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"separator": ";"}, "separator"),
        ({"feed": "nowhere"}, "feed"),
        ({"feed": "nul\x00"}, "feed"),
        ({"feed": "small-supplier", "profile": PROFILE}, "profile"),
        ({"profile": None}, "feed"),
        ({"publish": "perhaps"}, "publish"),
        ({"publish": ["true", "true"]}, "publish"),
    ],
)
def test_wrong_fields_are_named(partner, feed, folder, fields, named) -> None:
    answer = assert_nothing_kept(partner.form(**fields), 400, folder)
    assert [error["parameter"] for error in answer["errors"]] == [named]


@pytest.mark.parametrize(
    ("query", "named"),
    [("", "feed"), ("feed=nowhere", "feed"), ("feed=small-supplier&profile=x", "profile")],
)
def test_wrong_parameters_are_named(partner, feed, folder, query, named) -> None:
    answer = assert_nothing_kept(partner.body(query=query), 400, folder)
    assert [error["parameter"] for error in answer["errors"]] == [named]


def test_a_form_without_a_file_is_told_how_to_send_one(partner, folder) -> None:
    answer = assert_nothing_kept(partner.post(IMPORTS, file="text"), 400, folder)
    assert "curl -F file=@" in answer["errors"][0]["detail"]


@pytest.mark.parametrize("key", ["x" * 256, "tab\there", "schlüssel"])
def test_an_idempotency_key_is_short_and_printable(partner, folder, key) -> None:
    answer = assert_nothing_kept(partner.form(key=key), 400, folder)
    assert answer["errors"][0]["parameter"] == "Idempotency-Key"


def test_an_empty_idempotency_key_is_not_taken_for_none(partner, folder) -> None:
    partner.headers["Idempotency-Key"] = ""
    answer = assert_nothing_kept(partner.form(), 400, folder)
    assert answer["errors"][0]["parameter"] == "Idempotency-Key"


def test_another_type_of_content_is_told_which_are_taken(partner, feed, folder) -> None:
    refused = partner.body(kind="text/html")
    assert assert_nothing_kept(refused, 415, folder)["type"].endswith("#problem-media-type")
    taken = refused["Accept-Post"].split(", ")
    assert {"multipart/form-data", "text/csv", "application/zip"} < set(taken)
    for kind in taken:
        assert partner.body(kind=kind).status_code != 415, kind


def test_a_kind_of_problem_has_one_title_however_it_came_about(partner, feed, folder) -> None:
    """Also where the sentence is the framework's, whose statuses have names of their own."""
    problems = [
        assert_nothing_kept(partner.body(b""), 422, folder),
        assert_nothing_kept(partner.body(b"x", "", "multipart/form-data"), 400, folder),
        assert_nothing_kept(partner.body(kind="text/html"), 415, folder),
        partner.client.put(IMPORTS, headers=partner.headers).json(),
    ]
    for problem in problems:
        name = problem["type"].partition("#problem-")[2]
        assert problem["title"] == TYPES[name].title, problem


@pytest.mark.parametrize(
    ("profile", "sentence"),
    [("name =", "not valid TOML"), ('name = "x"', "[columns] is missing"), (b"\xff", "UTF-8")],
)
def test_a_refused_profile_leaves_nothing(partner, folder, profile, sentence) -> None:
    sent = SimpleUploadedFile("p", profile) if isinstance(profile, bytes) else profile
    assert sentence in assert_nothing_kept(partner.form(profile=sent), 422, folder)["detail"]
    assert not Feed.objects.exists()


@pytest.mark.parametrize("data", [b"", b" \n", b"%PDF-1.7", b"\x89PNG\r\n"])
def test_a_refused_file_leaves_nothing(partner, feed, folder, data) -> None:
    assert assert_nothing_kept(partner.form(data), 422, folder)["detail"]
    assert assert_nothing_kept(partner.body(data), 422, folder)["detail"]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    partner, feed, folder, settings
) -> None:
    settings.IMPORT_MAX_BYTES = len(ROWS) - 1
    for response in (partner.body(), partner.form()):
        assert "split it" in assert_nothing_kept(response, 413, folder)["detail"]
    settings.IMPORT_MAX_BYTES = len(ROWS)
    assert partner.body().status_code == 202


def test_a_profile_that_is_too_large_is_refused(partner, folder) -> None:
    large = PROFILE + "#" * (live_settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    assert_nothing_kept(partner.form(profile=large), 413, folder)
    assert_nothing_kept(
        partner.form(profile=SimpleUploadedFile("p.toml", large.encode())), 413, folder
    )


@pytest.mark.parametrize("kind", ["application/json", "text/html", "multipart/mixed; boundary=x"])
def test_other_kinds_of_content_are_named_as_such(partner, feed, folder, kind) -> None:
    assert_nothing_kept(partner.body(kind=kind), 415, folder)


PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'


@pytest.mark.parametrize(
    ("kind", "data"),
    [("text/csv", ROWS), ("multipart/form-data; boundary=x", PART + ROWS)],
)
def test_an_upload_that_breaks_off_is_no_shorter_file(partner, feed, folder, kind, data) -> None:
    broken = partner.client.post(
        f"{IMPORTS}?feed=small-supplier", b"x", content_type=kind, headers=partner.headers,
        CONTENT_LENGTH=str(len(data) + 100), **{"wsgi.input": BytesIO(data)},
    )  # fmt: skip
    assert "broke off" in assert_nothing_kept(broken, 400, folder)["detail"]


def test_a_body_of_unknown_length_is_asked_for_its_length(partner, feed, folder) -> None:
    chunked = partner.client.post(
        f"{IMPORTS}?feed=small-supplier", b"", content_type="text/csv",
        headers=partner.headers | {"Transfer-Encoding": "chunked"},
    )  # fmt: skip
    assert_nothing_kept(chunked, 411, folder)


def test_a_form_that_is_none_is_a_bad_request(partner, folder, settings) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        assert partner.body(b"nonsense", "", kind).status_code == 400
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    many = {f"field{number}": "x" for number in range(20)}
    assert_nothing_kept(partner.form(**many), 400, folder)


def test_noise_in_the_body_never_makes_a_server_error(partner, feed) -> None:
    noise = zlib.compress(ROWS * 40)
    for data in (noise, b"\x00" * 50, b"a\x00b\n", ROWS[:-3] + b"\xff"):
        for kind in ("text/csv", "application/zip", "multipart/form-data; boundary=x"):
            assert partner.body(data, kind=kind).status_code < 500
