"""What a file is, is found in its content; a person's corrections go before it."""

import gzip
from pathlib import Path

import pytest

from deals.feeds.detect import Detected, detect, detect_text, title_of
from deals.feeds.marks import find_decimal, find_order
from deals.feeds.profile_toml import load_profile
from deals.feeds.profile_write import profile_toml
from deals.feeds.propose import propose
from deals.feeds.receive import receive, receive_path
from deals.feeds.refusals import Refused
from tests.effort import at_most
from tests.feeds import files


def detected(text: str, written: str = "utf-8", **corrections: str | int) -> Detected:
    return detect(receive("rounds.csv", text.encode(written)), corrections)


def test_a_german_export_is_read_with_its_preamble_semicolons_and_decimal_commas():
    found = detected(files.GERMAN, "cp1252")
    assert (found.encoding, found.delimiter, found.skip_rows) == ("cp1252", ";", 3)
    assert (found.decimal, found.date_order) == (",", "dmy")
    assert found.header[:2] == ["Unternehmen", "Land"]
    assert found.rows[1][0] == "Bäcker AG"
    assert found.preamble.startswith("Export aus")
    assert any("3 lines before the header" in note for note in found.notes)


def test_french_letters_are_not_taken_for_those_of_central_europe():
    found = detected(files.FRENCH, "cp1252")
    assert found.encoding == "cp1252"
    assert found.rows[0][0] == "Lumière"


def test_polish_letters_are_not_taken_for_those_of_western_europe():
    text = "Company,Country,Date\n" + "Łódź Spółka Żółw Ślęża,PL,2020-01-02\n" * 30
    assert detected(text, "cp1250").rows[0][0] == "Łódź Spółka Żółw Ślęża"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_chinese_file_is_read_in_any_encoding(encoding):
    found = detected(files.CONTINUED, encoding)
    assert found.header[0] == "公司名称"
    assert found.rows[0][4] == "鼎晖投资"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", ":", "^", "~"])
def test_each_delimiter_is_found(mark):
    text = "\n".join(mark.join(row) for row in [["company", "round", "notes"], ["A", "B", "C"]])
    assert detected(text + "\n").delimiter == mark


def test_a_delimiter_inside_the_cells_does_not_mislead():
    text = 'company;raised;notes\n"Foo; Bar";1,5;a, b, c\nBaz;2,5;d, e, f\nQux;3,5;g, h, i\n'
    found = detected(text)
    assert (found.delimiter, found.decimal) == (";", ",")
    assert found.rows[0] == ["Foo; Bar", "1,5", "a, b, c"]


def test_what_excel_says_of_its_separator_is_believed_and_skipped():
    found = detected("sep=;\ncompany;amount\nA,B;5\n")
    assert (found.delimiter, found.skip_rows, found.header) == (";", 1, ["company", "amount"])


def test_comments_and_blank_lines_before_the_header_are_counted_as_lines():
    found = detected(files.PIPED)
    assert (found.delimiter, found.skip_rows) == ("|", 2)
    assert detected("# a\n\n\n" + files.WIDE).skip_rows == 3


def test_a_title_of_several_cells_is_not_the_header():
    text = "Report,2024,,,\nCompany,Country,Date,Amount,Investor\nFoo,DE,2024-01-02,5,Bar\n"
    assert detected(text).skip_rows == 1


def test_a_quoted_header_with_a_line_break_is_one_header():
    found = detected('"Company\nname",Country,Date\nFoo,DE,2024-01-02\n')
    assert found.header[0] == "Company\nname"
    assert found.rows == [["Foo", "DE", "2024-01-02"]]


def test_a_file_without_a_header_is_pointed_out():
    assert any("no header" in note for note in detected(files.HEADLESS).notes)
    assert not any("no header" in note for note in detected(files.WIDE).notes)


def test_a_line_that_explains_the_header_is_no_row():
    found = detected(files.EXPLAINED)
    assert found.second[0] == "Company"
    assert found.rows[0][0] == "商汤"


def test_columns_set_by_spaces_and_repeated_headers_are_pointed_out():
    spaced = "company    country\nFoo    DE\nBar    FR\nBaz    FR\n"
    assert any("several spaces" in note for note in detected(spaced).notes)
    assert any("“date”" in note for note in detected("date,date,company\n1,2,A\n").notes)


def test_corrections_go_before_what_is_found():
    found = detected(files.GERMAN, "cp1252", skip_rows="0", decimal=".", order="mdy")
    assert (found.skip_rows, found.decimal, found.date_order) == (0, ".", "mdy")
    assert found.header[0].startswith("Export")
    assert detected(files.WIDE, delimiter="comma").header[0].startswith("Company\t")
    assert detected(files.FRENCH, "cp1252", encoding="cp1250").rows[0][0] == "Lumičre"


@pytest.mark.parametrize(
    ("corrections", "said"),
    [
        ({"skip_rows": "many"}, "whole number"),
        ({"skip_rows": 99}, "skip_rows = 99 is too many"),
        ({"delimiter": "<>"}, "can be auto, tab or one character"),
        ({"encoding": "klingon"}, "not an encoding"),
        ({"encoding": "ascii"}, "does not fit"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_in_a_sentence(corrections, said):
    with pytest.raises(Refused, match=said):
        detected(files.CONTINUED, **corrections)


def test_a_compressed_file_is_looked_into():
    packed = receive("rounds.csv.gz", gzip.compress(files.WIDE.encode()))
    assert detect(packed, {}).header[0] == "Company"


def test_only_the_beginning_is_read_and_it_ends_with_a_whole_row():
    text = "company,date\n" + "".join(f"Firm {at},2024-01-02\n" for at in range(50_000))
    found = detected(text)
    assert len(found.rows) == 200
    cut = detect_text("company,date\nFoo,2024-01-02\nBar,20", {}, whole=False)
    assert cut.rows == [["Foo", "2024-01-02"]]


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1.234,56"], ","),
        (["1,234.56"], "."),
        (["12,5", "7"], ","),
        (["1.234.567"], ","),
        (["1,234,567"], "."),
        (["€ 12,5 Mio."], ","),
        (["03.04.2024", "1,5", "2"], ","),
        (["5", "6"], "."),
    ],
)
def test_the_decimal_mark_is_read_off_the_numbers(cells, mark):
    assert find_decimal([cells], ",").value == mark


def test_a_number_that_may_be_either_is_said_to_be_uncertain():
    found = find_decimal([["1.234", "5.678"]], ",")
    assert found.value == ","
    assert "1.234" in found.note


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["03/04/2024", "14/04/2024"], "dmy"),
        (["03/04/2024", "04/30/2024"], "mdy"),
        (["2024-03-04", "2024-03-05"], "ymd"),
        (["03/04/2024", "01/05/2024"], None),
        (["03.04.2024"], "dmy"),
        (["01/02/2024", "02/02/2024", "03/02/2024", "01/03/2024", "02/03/2024"], "dmy"),
        (["Foo", "Bar"], None),
    ],
)
def test_the_order_of_dates_is_decided_by_what_can_be(dates, order):
    assert find_order([dates], []).value == order


def test_nothing_is_guessed_where_nothing_decides():
    found = find_order([["03/04/2024", "01/05/2024"]], ["en"])
    assert found.value is None
    assert "choose one" in found.note


def test_a_files_name_becomes_a_title():
    assert title_of("deal_list.csv.gz") == "deal list"
    assert title_of("") == "New feed"


def test_a_table_of_too_many_columns_is_refused_before_anything_is_proposed(settings):
    settings.IMPORT_MAX_COLUMNS = 3
    assert len(detected("Company,Country,Date\nA,CN,2020\n").header) == 3
    with pytest.raises(Refused, match=r"4 columns, more than the 3.*delimiter"):
        detected("Company,Country,Date,Sum\nA,CN,2020,5\n")


def test_every_malformed_file_is_detected_and_proposed_or_refused(shared_data: Path) -> None:
    folder = shared_data.parent / "badinput"
    if not folder.is_dir():
        pytest.skip("The malformed tables are not beside this checkout.")
    taken = refused = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        # A workbook's reader is loaded with the first one.
        with at_most(10):
            try:
                draft = propose(detect(receive_path(path), {}))
            except Refused:
                refused += 1
            else:
                taken += 1
                if "target_name" in draft.columns:
                    load_profile(profile_toml(draft))
    assert taken > 250
    assert refused > 20
