"""Bytes are taken as a table of text in some encoding, or refused in one sentence."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deals.feeds.receive import LARGEST, decode, receive, receive_path
from deals.feeds.refusals import Refused

CHINESE = "公司,投资方\n商汤科技,凯辉基金\n旷视科技,启明创投\n镕铭微电子,高瓴资本\n"


def text_of(data: bytes, encoding: str = "auto", headers: tuple[str, ...] = ()) -> str:
    return decode(receive("file.csv", data), encoding, headers)


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "gb18030",
        "gbk",
        "big5hkscs",
    ],
)
def test_chinese_files_are_read_in_every_encoding_they_come_in(encoding: str) -> None:
    text = CHINESE if encoding != "big5hkscs" else "公司,投資方\n商湯科技,凱輝基金\n" * 20
    assert text_of(text.encode(encoding), headers=("公司",)) == text


def test_western_text_is_not_taken_for_central_european() -> None:
    text = "société,pays\nCrédit Café,Équateur\nMüller & Söhne,Österreich\n" * 5
    assert text_of(text.encode("cp1252"), headers=("société",)) == text


def test_a_named_encoding_is_used_even_if_another_fits() -> None:
    assert text_of("é\n".encode(), "cp1252") == "Ã©\n"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n\n", "is empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"  \n<html>", "web page"),
        (b"PK\x03\x04rest", "ZIP archive"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "gzip"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"a,b\n\x00\x01\x02,3\n" * 3, "binary"),
    ],
)
def test_what_is_no_table_of_text_is_refused_by_name(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        text_of(data)


def test_an_unknown_encoding_is_refused_with_examples() -> None:
    with pytest.raises(Refused, match=r"“klingon” is not an encoding.*gb18030"):
        text_of(b"a,b\n", "klingon")


def test_a_wrong_encoding_is_refused_with_the_line() -> None:
    with pytest.raises(Refused, match="line 3"):
        text_of("a,b\n1,2\né,3\n".encode("cp1252"), "utf-8")


def test_a_file_that_is_missing_or_a_folder_is_refused(tmp_path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Refused, match="cannot be read"):
            receive_path(path)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as handle:
        handle.truncate(LARGEST + 1)
    with pytest.raises(Refused, match="300 MB"):
        receive_path(path)


def test_the_hash_is_of_the_bytes() -> None:
    assert receive("a", b"a,b\n1,2\n").sha256 != receive("a", b"a,b\r\n1,2\r\n").sha256


def test_a_nul_in_a_plain_file_is_binary_and_not_another_encoding() -> None:
    with pytest.raises(Refused, match=r"cannot be told|binary"):
        text_of(b"a,b,c\n1,\x002,3\n")


def test_a_file_whose_name_is_not_utf_8_can_be_taken(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "融资.csv".encode("gbk")))
    path.write_bytes(b"a,b\n1,2\n")
    assert receive_path(path).name.encode("utf-8") == b"????.csv"


def test_a_source_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deals.feeds.receive.LARGEST", 1_000_000)
    with pytest.raises(Refused, match="zero has 1 MB, more than"):
        receive_path(Path("/dev/zero"))


def test_what_no_database_keeps_is_refused() -> None:
    with pytest.raises(Refused, match="not in the encoding unicode_escape"):
        text_of(b"a,b\n\\ud800,2\n", "unicode_escape")


def test_only_as_many_encodings_are_tried_as_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def attempts(data: bytes) -> Iterator[str]:
        for text in ("x,y", "a,b", "a;b"):
            tried.append(text)
            yield text

    monkeypatch.setattr("deals.feeds.receive._attempts", attempts)
    assert text_of(b"a,b", headers=("a", "b")) == "a,b"
    assert tried == ["x,y", "a,b"]
