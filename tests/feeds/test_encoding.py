"""Every file of text is decoded whole, in the encoding it is in, or refused with the line."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals.feeds import encoding
from deals.feeds.encoding import find_encoding, open_text
from deals.feeds.receive import receive
from deals.feeds.refusals import Refused

CHINESE = "公司,投资方\n商汤科技,凯辉基金\n旷视科技,启明创投\n镕铭微电子,高瓴资本\n"


def text_of(data: bytes, asked: str = "auto", headers: tuple[str, ...] = ()) -> str:
    path = receive("file.csv", data).path
    codec = find_encoding(path, asked=asked, headers=headers, name="file.csv")
    with open_text(path, codec) as stream:
        return stream.read()


@pytest.mark.parametrize(
    "name",
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
def test_chinese_files_are_read_in_every_encoding_they_come_in(name: str) -> None:
    text = CHINESE if name != "big5hkscs" else "公司,投資方\n商湯科技,凱輝基金\n" * 20
    assert text_of(text.encode(name), headers=("公司",)) == text


def test_western_text_is_not_taken_for_central_european() -> None:
    text = "société,pays\nCrédit Café,Équateur\nMüller & Söhne,Österreich\n" * 5
    assert text_of(text.encode("cp1252"), headers=("société",)) == text


def test_headers_decide_between_encodings_that_all_fit() -> None:
    data = "公司,국가\n가,나\n".encode("euc_kr")
    assert text_of(data, headers=("公司", "국가")) == "公司,국가\n가,나\n"


def test_a_candidate_with_the_headers_is_left_where_it_fits_only_the_beginning(monkeypatch) -> None:
    monkeypatch.setattr(encoding, "HEAD", 20)
    text = "société,pays\n" + "a,b\n" * 100
    data = text.encode("cp1252") + b"\x81\xff,x\n"
    assert text_of(data, headers=("soci",)).endswith(",x\n")
    with pytest.raises(Refused, match="line 102"):
        text_of(data, "cp1252")


def test_a_named_encoding_is_used_even_if_another_fits() -> None:
    assert text_of("é\n".encode(), "cp1252") == "Ã©\n"


@pytest.mark.parametrize("asked", ["auto", "utf-8", "UTF8", "utf-8-sig"])
def test_a_byte_order_mark_is_no_part_of_the_text(asked: str) -> None:
    assert text_of(codecs.BOM_UTF8 + b"a,b\n1,2\n", asked) == "a,b\n1,2\n"


def test_line_ends_stay_as_they_are() -> None:
    assert text_of(b"a,b\r\n1,2\r3,4\n") == "a,b\r\n1,2\r3,4\n"


@pytest.mark.parametrize("asked", ["klingon", "base64", "rot13", "hex", "idna", "punycode"])
def test_what_is_no_encoding_of_text_is_refused_with_examples(asked: str) -> None:
    with pytest.raises(Refused, match=rf"“{asked}” is not an encoding.*gb18030"):
        text_of(b"a,b\n", asked)


@pytest.mark.parametrize(
    "asked", ["unicode_escape", "raw_unicode_escape", "utf-7", "undefined", ""]
)
def test_what_no_database_keeps_cannot_come_out_of_an_escape(asked: str) -> None:
    with pytest.raises(Refused, match="is not an encoding"):
        text_of(rb"a,b\n\ud800,+2AA-" + b"\n", asked)


@pytest.mark.parametrize("asked", ["a\x00b", "\ud800", "x" * 10_000, "../../x"])
def test_a_hostile_name_of_an_encoding_is_refused(asked: str) -> None:
    with pytest.raises(Refused, match="is not an encoding"):
        text_of(b"a,b\n", asked)


@pytest.mark.parametrize("block", [1, 2, 3, 7, 256 * 1024])
@pytest.mark.parametrize(
    ("asked", "data"),
    [
        ("utf-8", "a,b\n公,司\n".encode() + b"\xe5\x85,3\n"),
        ("gb18030", "a,b\n公,司\n".encode("gb18030") + b"\x81\xff,3\n"),
        ("big5", "a,b\n公,司\n".encode("big5") + b"x\xff\xff\n"),
        ("ascii", b"a,b\n1,2\n\x80,3\n"),
        ("utf-8", b"a,b\n1,2\n\xe5"),
    ],
)
def test_a_wrong_encoding_is_refused_with_the_line(asked, data, block, monkeypatch) -> None:
    monkeypatch.setattr(encoding, "BLOCK", block)
    with pytest.raises(Refused, match=rf"not in the encoding {asked} .* line 3;"):
        text_of(data, asked)


def test_half_of_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(Refused, match="not in the encoding utf-16-le"):
        text_of("a,b\n".encode("utf-16-le") + b"\x00\xd8,\x00", "utf-16-le")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"  \n<html>", "web page"),
        (codecs.BOM_UTF8 + b"<?xml version='1.0'?><a/>", "web page"),
        (b"a,b\n\x00\x01\x02,3\n" * 3, "binary"),
        (b"a,b,c\n1,\x002,3\n", "binary"),
        (b"a,\xe9\n1,\x002\n", "cannot be told"),
        (codecs.BOM_UTF16_LE + " \r\n\t".encode("utf-16-le"), "is empty"),
    ],
)
def test_what_is_no_table_of_text_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        text_of(data)


def test_a_nul_far_behind_the_sample_is_found() -> None:
    data = b"a,\xe9\n" + b"1,2\n" * 100_000 + b"\x00"
    with pytest.raises(Refused, match=r"binary|cannot be told"):
        text_of(data)
    with pytest.raises(Refused, match="NUL"):
        text_of(data, "cp1252")


def test_only_as_many_encodings_are_read_to_the_end_as_are_needed(monkeypatch) -> None:
    read: list[str] = []
    scan = encoding._scan
    monkeypatch.setattr(
        encoding, "_scan", lambda path, codec: read.append(codec) or scan(path, codec)
    )
    text_of("société,pays\nCafé,Équateur\n".encode("cp1252"), headers=("société",))
    assert read[0] == "utf-8"
    assert len(read) == 2


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1))
def test_whatever_text_is_written_as_utf_8_comes_back(tmp_path_factory, text: str) -> None:
    path = tmp_path_factory.mktemp("text") / "file.csv"
    path.write_bytes(f"a,b\n{text}".encode())
    codec = find_encoding(path, asked="auto", headers=(), name="file.csv")
    with open_text(path, codec) as stream:
        assert stream.read() == f"a,b\n{text}"


@given(st.binary(max_size=300), st.sampled_from(["auto", "utf-16", "gb18030", "utf-8", "hz"]))
def test_whatever_comes_out_can_be_stored(tmp_path_factory, data: bytes, asked: str) -> None:
    path = tmp_path_factory.mktemp("bytes") / "file.csv"
    path.write_bytes(data)
    try:
        codec = find_encoding(path, asked=asked, headers=(), name="file.csv")
    except Refused:
        return
    with open_text(path, codec) as stream:
        text = stream.read()
    assert "\x00" not in text
    text.encode("utf-8")


@pytest.mark.parametrize("text", ['{"deals": []}', '[{"a": 1}]', "[]", ' [\n  ["a", "b"]\n]'])
def test_json_is_no_table_of_one_column(text: str) -> None:
    with pytest.raises(Refused, match="is JSON, not a table"):
        text_of(text.encode())


@pytest.mark.parametrize("text", ["[id],name\n1,Acme\n", "{id},name\n1,Acme\n"])
def test_a_header_in_brackets_is_a_header(text: str) -> None:
    assert text_of(text.encode()) == text
