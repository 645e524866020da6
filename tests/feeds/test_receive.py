"""A file that came by any way is kept whole under its hash, or refused in one sentence."""

import hashlib
import io
import os
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from deals.feeds.limits import limits
from deals.feeds.receive import (
    LOCK_CLASS,
    forget,
    hold,
    receive,
    receive_path,
    receive_stream,
    stored,
)
from deals.feeds.refusals import Refused
from deals.models import Feed, ImportRun


def kept(settings) -> list[Path]:
    folder = Path(settings.IMPORTS_DIR)
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_file_is_kept_under_the_hash_of_its_bytes(settings) -> None:
    data = "a,b\n1,ü\n".encode()
    file = receive("rounds.csv", data)
    assert (file.name, file.size, file.sha256) == (
        "rounds.csv",
        len(data),
        hashlib.sha256(data).hexdigest(),
    )
    assert kept(settings) == [file.path]
    assert file.path.read_bytes() == data


def test_path_stream_blocks_and_bytes_give_the_same_file(tmp_path, settings) -> None:
    data = b"a,b\n" + b"1,2\n" * 600_000
    path = tmp_path / "rounds.csv"
    path.write_bytes(data)
    ways = [
        receive("rounds.csv", data),
        receive_path(path),
        receive_stream("rounds.csv", io.BytesIO(data)),
        receive_stream(
            "rounds.csv", (data[at : at + 99_999] for at in range(0, len(data), 99_999))
        ),
    ]
    assert len(set(ways)) == 1
    assert len(kept(settings)) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n\n", "is empty"),
        (b"\xff\xfe\r\x00\n\x00", "is empty"),
        (b"\x00" * 10, "is empty"),
        (b"PK\x05\x06" + bytes(18), "an empty ZIP archive"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"BZh91AY&SYxxx", r"a bzip2 archive.*unpack it"),
        (b"BZh11AY&SYxxx", r"a bzip2 archive.*unpack it"),
        (b"\xfd7zXZ\x00", "an xz archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a\x07\x00", "a RAR archive"),
        (b"a.csv".ljust(257, b"\x00") + b"ustar\x0000", "a tape archive"),
    ],
)
def test_what_is_no_table_is_refused_by_name_and_leaves_nothing(data, sentence, settings) -> None:
    # One byte at a time, the beginning has to be put together first.
    with pytest.raises(Refused, match=sentence):
        receive_stream("file.csv", (bytes([byte]) for byte in data))
    assert kept(settings) == []


def test_a_table_whose_header_begins_like_a_signature_is_taken() -> None:
    assert receive("file.csv", b"BZh9,Rar!,ORCID\n1,2,3\n").size == 22


def test_a_file_that_is_missing_or_a_folder_is_refused(tmp_path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Refused, match="cannot be read"):
            receive_path(path)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path, settings) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as handle:
        handle.truncate(settings.IMPORT_MAX_BYTES + 1)
    with pytest.raises(Refused, match="300 MB"):
        receive_path(path)
    assert kept(settings) == []


def test_a_source_without_an_end_is_refused_at_the_limit(settings) -> None:
    settings.IMPORT_MAX_BYTES = 3_000_000
    with pytest.raises(Refused, match="zero has 3 MB, more than"):
        receive_path(Path("/dev/zero"))
    assert kept(settings) == []


def test_an_upload_that_breaks_off_leaves_nothing(settings) -> None:
    def broken():
        yield b"a,b\n"
        raise ConnectionResetError("gone")

    with pytest.raises(Refused, match="cannot be kept"):
        receive_stream("file.csv", broken())
    assert kept(settings) == []


def test_a_folder_that_cannot_be_made_is_said(settings, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    settings.IMPORTS_DIR = tmp_path / "file" / "imports"
    with pytest.raises(Refused, match="IMPORTS_DIR"):
        receive("a.csv", b"a,b\n")


def test_a_file_whose_name_is_not_utf_8_can_be_taken(tmp_path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "融资.csv".encode("gbk")))
    path.write_bytes(b"a,b\n1,2\n")
    assert receive_path(path).name.encode("utf-8") == b"????.csv"


def test_a_name_is_made_fit_for_database_and_page() -> None:
    assert receive("a\x00b\n.csv", b"a,b\n").name == "a?b?.csv"
    long = receive("x" * 1000 + ".csv.gz", b"a,b\n").name
    assert len(long) == 200
    assert long.endswith(".csv.gz")
    assert receive("", b"a,b\n").name == "The file"


def test_a_kept_file_is_found_again_by_its_hash() -> None:
    file = receive("rounds.csv", b"a,b\n1,2\n")
    assert stored("rounds.csv", file.sha256) == file


@pytest.mark.parametrize("sha256", ["0" * 64, "../../etc/passwd", ""])
def test_a_file_that_was_tidied_away_is_refused(sha256: str) -> None:
    with pytest.raises(Refused, match="no longer there"):
        stored("rounds.csv", sha256)


@pytest.mark.django_db
def test_a_file_is_forgotten_with_what_was_unpacked_of_it(settings) -> None:
    file, other = receive("a.csv", b"a,b\n"), receive("b.csv", b"b,c\n")
    file.path.with_name(f"{file.sha256}.table").write_bytes(b"")
    forget(file.sha256)
    assert kept(settings) == [other.path]
    forget("../b")
    forget(file.sha256)


@pytest.mark.django_db
def test_a_file_that_an_import_names_is_not_forgotten() -> None:
    file = receive("a.csv", b"a,b\n")
    ImportRun.objects.create(
        feed=Feed.objects.create(code="f", name="F", profile=""),
        state="published",
        file_sha256=file.sha256,
        created_at=timezone.now(),
    )
    forget(file.sha256)
    assert file.path.exists()


def test_the_limits_are_stated_in_words(settings) -> None:
    settings.IMPORT_MAX_BYTES = 5 * 1024**2
    settings.IMPORT_MAX_SECONDS = 90
    assert dict(limits()) == {
        "Size of the file": "5 MB",
        "Size when unpacked": "1,024 MB",
        "Unpacked to packed size": "200 to 1",
        "Rows": "2,000,000",
        "Columns": "500",
        "Characters in a cell": "100,000",
        "Time for reading": "90 seconds",
    }


@pytest.mark.django_db
def test_a_file_that_was_forgotten_is_not_promised_to_anybody() -> None:
    file = receive("a.csv", b"a,b\n1,2\n")
    forget(file.sha256)
    with pytest.raises(Refused, match="no longer there"):
        hold(file)


@pytest.mark.django_db
def test_whoever_is_about_to_name_a_file_keeps_others_from_forgetting_it() -> None:
    file = receive("a.csv", b"a,b\n1,2\n")
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            hold(file)
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCK_CLASS, file.sha256]
            )
            assert cursor.fetchone() == (False,)
    finally:
        other.close()
