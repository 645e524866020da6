"""The proposed profile of a file never seen before is right, and says what to check."""

from pathlib import Path

import pytest

from deals.feeds.detect import detect
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.profile_write import profile_toml
from deals.feeds.proposal import Proposal
from deals.feeds.propose import propose
from deals.feeds.receive import Received, receive, receive_path
from deals.feeds.run import Prepared, prepare
from tests.effort import at_most
from tests.feeds import files


def file(text: str, encoding: str = "utf-8") -> Received:
    return receive("rounds.csv", text.encode(encoding))


def proposed(text: str, encoding: str = "utf-8") -> Proposal:
    return propose(detect(file(text, encoding), {}))


def profile(draft: Proposal) -> Profile:
    return load_profile(profile_toml(draft))


def imported(text: str, encoding: str = "utf-8", **corrections: str) -> Prepared:
    received = file(text, encoding)
    return prepare(received, profile(propose(detect(received, corrections))))


def beginning(path: Path) -> bytes:
    """The header and 2,000 rows, which tell as much as the whole file."""
    return b"".join(path.read_bytes().splitlines(keepends=True)[:2_001])


def test_a_german_export_is_understood():
    draft = proposed(files.GERMAN, "cp1252")
    assert draft.columns == {
        "target_name": "Unternehmen",
        "target_country": "Land",
        "announced_on": "Datum der Bekanntgabe",
        "amount": "Betrag in Mio. EUR",
        "investors": "Investoren",
        "round_type": "Finanzierungsrunde",
        "sectors": "Branche",
    }
    assert (draft.unit, draft.constants["currency"], draft.decimal) == (1_000_000, "EUR", ",")
    assert (draft.rows, draft.investors_separator, draft.skip_rows) == ("deal", (",",), 3)
    assert draft.ai_when
    assert draft.ai_when[0] == "Branche"
    assert "Künstliche Intelligenz" in draft.ai_when[1]
    assert {"k. A.", "nicht bekannt"} <= set(draft.unknown)


def test_a_german_export_gives_the_right_deals():
    done = imported(files.GERMAN, "cp1252")
    assert not done.problems
    second = done.deals[1].facts
    assert second["amount"]["low"] == "1234500000.00"
    assert second["amount"]["currency"] == "EUR"
    assert next(len(deal.facts["investors"]) for deal in done.deals) == 2


def test_a_french_file_in_thousands_of_euros_is_understood():
    draft = proposed(files.FRENCH, "cp1252")
    assert (draft.unit, draft.constants["currency"]) == (1_000, "EUR")
    assert draft.columns["target_name"] == "Société"
    assert draft.investors_separator == (" / ",)
    assert draft.encoding == "cp1252"
    assert not imported(files.FRENCH, "cp1252").problems


def test_chinese_continuation_rows_are_filled_down_but_amounts_are_not():
    draft = proposed(files.CONTINUED, "gb18030")
    assert draft.fill_down == ("公司名称", "融资时间", "轮次", "行业")
    assert (draft.rows, draft.key) == ("participation", ("公司名称", "融资时间"))
    assert draft.columns["target_country"] == "地区"
    assert draft.values["target_country"]["香港*"] == "HK"
    done = imported(files.CONTINUED, "gb18030")
    assert not done.problems
    assert [len(deal.facts["investors"]) for deal in done.deals] == [3, 2, 1, 0, 1]
    # 依图科技 has no amount of its own, and does not take that of the deal above.
    assert done.deals[2].facts["amount"]["low"] is None


def test_the_unit_is_read_from_the_lines_above_the_table():
    draft = proposed(files.CHINESE)
    assert (draft.unit, draft.constants["currency"]) == (10_000, "CNY")
    assert "单位" in draft.why["unit"]
    assert draft.skip_when == ("公司", ("合计",))
    assert set(draft.investors_separator) == {"、", "，"}
    done = imported(files.CHINESE)
    assert (done.rows_skipped, len(done.deals), done.problems) == (1, 3, [])


def test_rows_that_differ_in_the_investor_are_parts_of_one_deal():
    draft = proposed(files.WIDE, "utf-16")
    assert (draft.rows, draft.delimiter, draft.date_order) == ("participation", "tab", "mdy")
    assert draft.key == ("Company", "Date", "Amount (USD m)")
    assert "differ in the investor" in draft.why["rows"]
    assert [len(deal.facts["investors"]) for deal in imported(files.WIDE, "utf-16").deals] == [2, 1]


def test_acquirers_make_a_file_of_acquisitions():
    draft = proposed(files.PIPED)
    assert draft.constants["kind"] == "acquisition"
    assert draft.columns["stake"] == "Stake %"
    assert draft.skip_when == ("Target Name", ("Total",))
    assert "status" not in draft.constants
    assert [deal.facts["status"] for deal in imported(files.PIPED).deals] == [
        "completed",
        "withdrawn",
    ]


def test_an_order_of_dates_that_nothing_decides_is_asked_for():
    draft = proposed(files.AMBIGUOUS)
    assert draft.date_order is None
    assert "date_order" in draft.check
    assert draft.external_id == "Deal ID"
    assert not imported(files.AMBIGUOUS, order="dmy").problems


def test_a_legal_form_behind_a_comma_makes_no_list():
    text = "company,date,investor\n" + "".join(
        f'Firm {at},2024-01-{at:02},"Foo {at}, Inc."\n' for at in range(1, 9)
    )
    draft = proposed(text)
    assert draft.columns["investor_name"] == "investor"
    assert not draft.investors_separator


def test_one_column_can_give_round_type_and_kind_and_short_tags_are_whole_entries():
    draft = proposed(files.TYPED)
    assert draft.columns["round_type"] == draft.columns["kind"] == "type"
    assert draft.external_id == "round uuid"
    done = imported(files.TYPED)
    assert [deal.facts["kind"] for deal in done.deals] == ["funding_round", "debt", "listed_stake"]
    assert next(deal.facts["round_type"] for deal in done.deals) == "series_a"
    # "Retail" has the letters of AI in it.
    assert [deal.facts["ai"] for deal in done.deals] == ["yes", "no", "yes"]


def test_the_line_that_explains_the_header_is_skipped():
    assert proposed(files.EXPLAINED).skip_when == ("公司名称", ("Company",))
    done = imported(files.EXPLAINED)
    assert (done.rows_skipped, len(done.deals)) == (1, 2)


def test_headers_of_other_languages_are_known_too():
    draft = proposed(files.SPANISH)
    assert draft.columns["investor_name"] == "Inversor"
    assert draft.columns["amount"] == "Importe"
    assert not imported(files.SPANISH).problems


def test_cells_tell_what_headers_do_not():
    text = "a,b,c\n" + "".join(f"Firm {n},2024-01-0{n},Series A\n" for n in range(1, 8))
    draft = proposed(text)
    assert draft.columns == {"target_name": "a", "announced_on": "b", "round_type": "c"}
    assert {"target_name", "announced_on", "round_type"} <= draft.check
    assert "7 of 7 values are dates" in draft.why["announced_on"]


def test_a_header_that_its_cells_contradict_is_not_believed():
    text = "company,date,amount\nFoo,see press,5\nBar,see annex,6\n"
    assert "announced_on" not in proposed(text).columns


def test_each_mapped_fact_has_a_reason_and_doubtful_ones_are_marked():
    draft = proposed(files.CONTINUED, "gb18030")
    assert set(draft.columns) <= set(draft.why)
    reason = "header “轮次” is Chinese for the round type; 5 of 5 values are known round types"
    assert draft.why["round_type"] == reason
    assert "round_type" not in draft.check
    assert "investor_list" in draft.check
    assert any("[investors]" in note for note in draft.notes)


def test_a_number_of_the_row_is_no_id():
    text = "No,company,date\n1,Foo,2024-01-02\n2,Bar,2024-01-03\n3,Baz,2024-01-04\n"
    draft = proposed(text)
    assert not draft.external_id
    assert draft.key == ("company", "date")


def test_an_id_of_the_row_is_no_id_of_the_deal():
    text = "record id,company,date,amount,investor\n" + "".join(
        f"r{at}9,{firm},2024-01-02,5,{investor}\n"
        for at, (firm, investor) in enumerate([("Foo", "A"), ("Foo", "B"), ("Bar", "C")])
    )
    draft = proposed(text)
    assert not draft.external_id
    assert "external_id" not in draft.columns
    assert draft.rows == "participation"


def test_words_that_answer_a_question_are_not_unknown():
    text = "company,date,investor_list,investors\nFoo,2024-01-02,none,\nBar,2024-01-03,complete,A\n"
    assert "none" not in proposed(text).unknown


def test_companies_without_a_deal_are_skipped():
    text = "company,date,amount,investor\nFoo,2024-01-02,$5m,A\nBar,-,,\nBaz,2024-01-04,$6m,B\n"
    assert proposed(text).skip_when == ("date", ("-",))


def test_the_amount_in_the_original_currency_goes_first():
    text = (
        "company,date,amount,amount (USD),currency\nFoo,2024-01-02,900,1000,EUR\n"
        "Bar,2024-01-03,800,110,CNY\n"
    )
    draft = proposed(text)
    assert (draft.columns["amount"], draft.columns["currency"]) == ("amount", "currency")
    alone = proposed(text.replace("amount,amount (USD)", "rate x,amount (USD)"))
    assert "currency" not in alone.columns
    assert alone.constants["currency"] == "USD"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 250_000,
        ",".join(f"column {at}" for at in range(500)) + "\n" + "word and word," * 499 + "w\n",
        "company,date,investors\n" + ("Foo,2024-01-02," + "Some One;" * 300 + "\n") * 90,
        '"' * 100_000 + "\na,b\n",
    ],
    ids=["one line", "many columns", "long lists", "quotation marks"],
)
def test_a_strange_file_takes_no_long_time(text):
    with at_most(10):
        proposed(text)


@pytest.mark.parametrize("name", ["deals.csv", "融资事件_2024-03-01.csv", "…", "a" * 300])
def test_any_name_of_a_file_makes_a_valid_feed(name):
    draft = propose(detect(receive(name, files.SPANISH.encode()), {}))
    assert load_profile(profile_toml(draft)).code == draft.code
    assert "2024" not in draft.name


def test_the_real_acquisitions_are_understood(shared_data: Path) -> None:
    received = receive("acquisitions.csv", beginning(shared_data / "feeds/cb2015/acquisitions.csv"))
    draft = propose(detect(received, {}))
    assert set(draft.key) == {"company_permalink", "acquirer_permalink", "acquired_at"}
    done = prepare(received, profile(draft))
    assert len(done.deals) > 1_990
    assert not done.rows_rejected


def test_the_real_rounds_lack_only_their_currency(shared_data: Path) -> None:
    received = receive_path(shared_data / "feeds" / "unicorn_rounds.csv")
    draft = propose(detect(received, {}))
    assert "currency" in draft.check
    draft.constants["currency"] = "USD"
    done = prepare(received, profile(draft))
    assert done.rows_rejected < 20
    assert not [p for p in done.problems if p.code == "unknown_round_type"]
    assert draft.constants["investor_list"] == "partial"


def test_the_register_understands_its_own_format() -> None:
    starter = Path(__file__).parents[2] / "deals" / "data" / "starter" / "deals.csv"
    received = receive_path(starter)
    done = prepare(received, profile(propose(detect(received, {}))))
    assert (len(done.deals), done.rows_rejected) == (64, 0)
