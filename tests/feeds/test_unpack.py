"""What is packed comes out as a table of text, within the limits, or is refused in a sentence."""

import gzip
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from deals.feeds import archive, limits
from deals.feeds.receive import Received, receive
from deals.feeds.refusals import Refused
from deals.feeds.unpack import table_name, table_path
from tests.effort import at_most

TABLE = b"a,b\n1,2\n"
MEGABYTE = 1024 * 1024


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as zipped:
        for name, data in members:
            zipped.writestr(name, data)
    return out.getvalue()


def names(settings) -> list[str]:
    return [path.name for path in Path(settings.IMPORTS_DIR).iterdir()]


def test_a_plain_file_is_its_own_table() -> None:
    file = receive("a.csv", TABLE)
    assert table_path(file) == file.path
    assert table_name(file) == "a.csv"


@pytest.mark.parametrize(
    ("name", "data", "shown"),
    [
        ("a.csv.gz", gzip.compress(TABLE), "a.csv"),
        ("a.csv.gzip", gzip.compress(b"a,b\n") + gzip.compress(b"1,2\n"), "a.csv"),
        ("a.gz", gzip.compress(b"") + gzip.compress(TABLE) + bytes(700), "a"),
        ("export.zip", packed(("a.csv", TABLE)), "a.csv"),
        ("export.zip", packed(("year/融资.csv", TABLE), method=zipfile.ZIP_STORED), "融资.csv"),
        (
            "export.zip",
            packed(
                ("year/", b""), ("a.csv", TABLE), ("__MACOSX/._a.csv", b"x"), (".DS_Store", b"")
            ),
            "a.csv",
        ),
    ],
)
def test_the_one_member_is_unpacked_once_and_named(name, data, shown, settings) -> None:
    file = receive(name, data)
    path = table_path(file)
    assert path.read_bytes() == TABLE
    assert table_name(file) == shown
    before = path.stat().st_ino
    assert table_path(file).stat().st_ino == before
    assert sorted(names(settings)) == sorted([file.sha256, path.name])


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=5000), min_size=1, max_size=4), st.integers(1, 70_000))
def test_whatever_is_packed_in_gzip_members_comes_out(tmp_path_factory, parts, block) -> None:
    path = tmp_path_factory.mktemp("gz") / "a.gz"
    path.write_bytes(b"".join(gzip.compress(part) for part in parts))
    assert b"".join(archive.gunzipped(path, "a.gz")) == b"".join(parts)


def test_a_name_in_utf_8_that_is_not_marked_so_is_still_read() -> None:
    member = zipfile.ZipInfo("融资.csv".encode().decode("cp437"))
    assert archive.shown_name(member) == "融资.csv"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"PK\x03\x04rest", "ZIP archive that cannot be unpacked"),
        (packed(("a.csv", TABLE))[:-30], "ZIP archive that cannot be unpacked"),
        (gzip.compress(TABLE * 99)[:-12], "gzip file that cannot be unpacked"),
        (gzip.compress(TABLE) + b"more", "gzip file that cannot be unpacked"),
        (packed(("a.csv", TABLE), ("b.csv", TABLE)), r"2 files.*“a.csv”, “b.csv”"),
        (packed(*((f"{n}.csv", TABLE) for n in range(9))), "and 4 more"),
        (packed(("folder/", b"")), "an empty ZIP archive"),
        (packed(("a.zip", packed(("a.csv", TABLE)))), "archive within an archive"),
        (packed(("a.csv.gz", gzip.compress(TABLE))), "archive within an archive"),
        (gzip.compress(gzip.compress(TABLE)), "archive within an archive"),
        (packed(("a.pdf", b"%PDF-1.7")), "a.pdf is a PDF"),
        (packed(("a.csv", TABLE), method=zipfile.ZIP_BZIP2), "unusual way"),
        (packed(("a.csv", TABLE), method=zipfile.ZIP_LZMA), "unusual way"),
        (packed(("mimetype", b""), ("content.xml", b"")), "OpenDocument"),
        (packed(("Index/Document.iwa", b"")), "Numbers"),
        (packed(("xl/workbook.bin", b"")), "XLSB"),
    ],
)
def test_what_cannot_be_unpacked_is_refused_and_leaves_nothing(data, sentence, settings) -> None:
    file = receive("export", data)
    with pytest.raises(Refused, match=sentence):
        table_path(file)
    assert names(settings) == [file.sha256]


def test_an_archive_with_a_password_is_refused() -> None:
    data = bytearray(packed(("a.csv", TABLE)))
    # The flag stands in the member's own header and in the directory.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Refused, match="password"):
        table_path(receive("a.zip", bytes(data)))


def test_damaged_data_are_refused_though_the_archive_can_be_opened() -> None:
    data = bytearray(packed(("a.csv", TABLE), method=zipfile.ZIP_STORED))
    data[data.index(TABLE)] ^= 1
    with pytest.raises(Refused, match="cannot be unpacked"):
        table_path(receive("a.zip", bytes(data)))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: packed(("a.csv", data))])
def test_a_table_at_the_limit_is_taken_and_one_byte_more_is_not(pack, settings) -> None:
    data = pack(TABLE * 1000)
    settings.IMPORT_MAX_UNPACKED = len(TABLE) * 1000
    assert table_path(receive("a", data)).stat().st_size == len(TABLE) * 1000
    settings.IMPORT_MAX_UNPACKED -= 1
    Path(f"{receive('a', data).path}.table").unlink()
    with pytest.raises(Refused, match="too large when unpacked"):
        table_path(receive("a", data))
    assert len(names(settings)) == 1


def test_the_ratio_is_judged_only_above_some_megabytes(settings, monkeypatch) -> None:
    file = receive("a.gz", gzip.compress(TABLE * 100_000))
    table_path(file).unlink()
    monkeypatch.setattr(limits, "RATIO_JUDGED_FROM", 1000)
    with pytest.raises(Refused, match="more than 200 times its size"):
        table_path(file)


def test_a_size_that_an_archive_claims_is_not_believed(settings) -> None:
    data = bytearray(packed(("a.csv", b"0" * 5_000_000)))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (5).to_bytes(4, "little")
    settings.IMPORT_MAX_UNPACKED = 1_000_000
    with pytest.raises(Refused, match="too large when unpacked"):
        table_path(receive("a.zip", bytes(data)))


def zeros_in_gzip() -> bytes:
    """128 MB of zeros in 128 KB."""
    return gzip.compress(bytes(128 * MEGABYTE))


def zeros_in_bzip2() -> bytes:
    """128 MB of zeros in some hundred bytes, which no reader can stop half-way."""
    return packed(("a.csv", bytes(128 * MEGABYTE)), method=zipfile.ZIP_BZIP2)


@pytest.mark.parametrize("bomb", [zeros_in_gzip, zeros_in_bzip2])
def test_a_bomb_is_refused_at_once_and_in_little_memory(bomb, settings) -> None:
    file = receive("bomb", bomb())
    tracemalloc.start()
    with at_most(5), pytest.raises(Refused, match=r"too large when unpacked|unusual way"):
        table_path(file)
    assert tracemalloc.get_traced_memory()[1] < 8 * MEGABYTE
    tracemalloc.stop()
    assert names(settings) == [file.sha256]


def test_a_directory_of_a_million_members_is_not_read(monkeypatch) -> None:
    data = packed(*((f"{number:06}.csv", b"") for number in range(2000)))
    monkeypatch.setattr(archive, "LARGEST_DIRECTORY", 50_000)
    with pytest.raises(Refused, match="cannot be unpacked"):
        table_path(receive("a.zip", data))


def test_endless_empty_members_of_gzip_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(archive, "MOST_GZIP_MEMBERS", 100)
    assert table_path(receive("a.gz", gzip.compress(b"") * 99 + gzip.compress(TABLE))).exists()
    with pytest.raises(Refused, match="cannot be unpacked"):
        table_path(receive("a.gz", gzip.compress(b"") * 101))


def test_no_malformed_table_raises_anything_but_a_refusal(shared_data: Path) -> None:
    from deals.feeds.encoding import find_encoding, open_text
    from deals.feeds.receive import receive_path

    folder = shared_data.parent / "badinput"
    if not folder.is_dir():
        pytest.skip("The malformed tables are not beside this checkout.")
    taken = refused = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            file: Received = receive_path(path)
            table = table_path(file)
            codec = find_encoding(table, asked="auto", headers=(), name=table_name(file))
        except Refused:
            refused += 1
            continue
        with open_text(table, codec) as stream:
            assert "\x00" not in stream.read(), path.name
        taken += 1
    assert taken > 250
    assert refused > 20
