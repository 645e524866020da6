"""Cells become facts by the rules; what cannot be used is said with row, column, value and word."""

import pytest

from deals.feeds.run import prepare
from tests.feeds.supplier import PROFILE, file, prepared, profile

GOOD = "Acme,CN,2019-05,1000000,USD,Fund,Germany"


def facts(row: str, text: str = PROFILE, **changes: str) -> dict:
    (only,) = prepared([row], text, **changes).facts.values()
    return only


def problems(*rows: str, **changes: str) -> list[tuple[int, str, str, bool]]:
    found = prepared([GOOD, *rows], **changes).problems
    return [(p.row, p.column, p.code, p.fatal) for p in found]


def deals_file(header: str, row: str, columns: str, top: str = "", more: str = "") -> dict:
    """The facts of a file with a row a deal."""
    text = f'name = "Own"\nrows = "deal"\n{top}\n[deal]\nkey = ["id"]\n[columns]\n'
    text += f'target_name = "name"\n{columns}\n{more}'
    only = prepare(file(f"id,name,{header}\n1,Acme,{row}\n"), profile(text))
    assert [p.message for p in only.problems] == []
    return only.facts["1"]


def test_a_row_becomes_typed_facts() -> None:
    read = facts(GOOD)
    assert read["target_country"] == "CN"
    assert read["date"] == {
        "first": "2019-05-01", "last": "2019-05-31", "precision": "month", "basis": "announced",
    }  # fmt: skip
    assert read["amount"] == {
        "state": "exact", "low": "1000000.00", "high": "1000000.00", "currency": "USD",
    }  # fmt: skip
    assert read["investors"] == [["Fund", "DE", "stated", None, None, None]]
    assert (read["kind"], read["status"], read["ai"]) == ("funding_round", "completed", "unknown")


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",CN,2019-05,1,USD,Fund,DE", "company", "blank_name"),
        ("X,Atlantis,2019-05,1,USD,Fund,DE", "company_country", "unknown_country"),
        ("X,CN,3201-10-21,1,USD,Fund,DE", "month", "date_out_of_range"),
        ("X,CN,03/04/2024,1,USD,Fund,DE", "month", "ambiguous_date"),
        ("X,CN,2019-05,-5,USD,Fund,DE", "raised_usd", "negative_amount"),
        ("X,CN,2019-05,5,Taler,Fund,DE", "raised_usd", "unknown_currency"),
        ("X,CN,2019-05,1,USD,Fund,Atlantis", "investor_country", "unknown_country"),
        (f"X,CN,2019-05,1,USD,{'<b>' * 11_000},DE", "investor", "name_too_long"),
    ],
)
def test_a_row_with_an_unusable_counted_fact_is_rejected_with_its_place(row, column, code) -> None:
    assert problems(row) == [(3, column, code, True)]
    assert len(prepared([GOOD, row]).facts) == 1


def test_a_row_with_several_wrong_cells_has_several_errors_and_is_rejected_once() -> None:
    done = prepared([GOOD, "X,Atlantis,2019-13,1,USD,Fund,Nowhere"])
    assert [p.column for p in done.problems] == ["company_country", "month", "investor_country"]
    assert done.rows_rejected == 1


def test_an_amount_of_zero_is_reported_and_the_deal_is_kept_without_an_amount() -> None:
    done = prepared(["X,CN,2019-05,0,USD,Fund,DE"])
    assert done.facts["X | 2019-05"]["amount"]["state"] == "undisclosed"
    assert [(p.code, p.fatal) for p in done.problems] == [("zero_amount", False)]
    assert done.rows_rejected == 0


def test_a_round_type_that_nobody_knows_does_not_cost_the_deal() -> None:
    text = PROFILE.replace('currency = "ccy"', 'round_type = "ccy"')
    done = prepared(["X,CN,2019-05,5,Series Omega,Fund,DE"], text)
    assert done.facts["X | 2019-05"]["round_type"] == ""
    assert [(p.code, p.fatal) for p in done.problems] == [("unknown_round_type", False)]


def test_hostile_content_is_stored_as_text() -> None:
    name = "=cmd|'/c calc'!A1 <img src=x onerror=alert(1)> @x"
    assert facts(f'"{name}",CN,2019-05,1,USD,+Fund,DE')["target_name"] == name


def test_words_for_unknown_are_unknown_in_any_column_and_any_case() -> None:
    read = facts("Acme,n/a,NOT PUBLISHED,undisclosed,USD,-,未透露")
    assert (read["target_country"], read["date"]["precision"]) == (None, "none")
    assert (read["amount"]["state"], read["amount"]["currency"]) == ("undisclosed", "")
    assert (read["investors"], read["investor_list"]) == ([], "none")


def test_a_constant_fills_blank_cells_and_the_text_of_an_amount_wins() -> None:
    assert facts("A,CN,2019-05,5,,F,DE")["amount"]["currency"] == "USD"
    assert facts("A,CN,2019-05,5,EUR,F,DE")["amount"]["currency"] == "EUR"
    assert facts("A,CN,2019-05,£5m,EUR,F,DE")["amount"]["currency"] == "GBP"


def test_an_amount_without_any_currency_is_an_error() -> None:
    text = PROFILE.replace('currency = "USD"\n', "")
    done = prepared(["A,CN,2019-05,5,,F,DE"], text)
    assert [p.code for p in done.problems] == ["currency_missing"]


def test_suppliers_words_are_translated_first_match_first_and_blank_can_be_mapped() -> None:
    more = (
        '[values.target_country]\n"" = "unknown"\n"香港*" = "HK"\n"欧洲*" = "unknown"\n"*" = "CN"'
    )
    places = {"香港九龙": "HK", "北京": "CN", "欧洲某国": None, "": None}
    for place, country in places.items():
        assert facts(f"A,{place},2019-05,5,USD,F,DE", more=more)["target_country"] == country


def test_dates_and_amounts_are_read_as_the_profile_says() -> None:
    more = '[dates]\norder = "dmy"\n[amounts]\nunit = 1000\ndecimal = ","'
    read = facts('A,CN,03/04/2024,"1.234,5",USD,F,DE', more=more)
    assert read["date"]["first"] == "2024-04-03"
    assert read["amount"]["low"] == "1234500.00"


def test_continuation_rows_repeat_the_value_above_and_rows_that_are_no_deals_are_skipped() -> None:
    top = 'fill_down = ["company"]\nskip_when = { column = "month", in = ["", "-"] }'
    done = prepared(
        ["Acme,CN,2019-05,5,USD,F,DE", ",CN,2020-06,7,USD,G,FR", ",,-,,,,", "Beta,CN,,5,USD,F,DE"],
        top=top,
    )
    assert [f["target_name"] for f in done.facts.values()] == ["Acme", "Acme"]
    assert (done.rows_skipped, done.rows_read) == (2, 4)


def test_countries_of_investors_known_by_name() -> None:
    text = PROFILE.replace('investor_country = "investor_country"\n', "")
    more = '[values.investor_country]\n"*（欧洲）" = "DE"\n[investors]\n"凯辉基金" = "FR"'
    for name, country in {"凯辉基金": "FR", "某基金（欧洲）": "DE", "启明创投": None}.items():
        assert facts(f"A,CN,2019-05,5,USD,{name},", text, more=more)["investors"][0][1] == country


@pytest.mark.parametrize(
    ("tags", "ai"), [("Robots, machine learning", "yes"), ("Logistics", "no"), ("", "unknown")]
)
def test_ai_is_judged_by_the_suppliers_tags_and_no_tags_are_unknown(tags: str, ai: str) -> None:
    more = '[ai]\nwhen = { column = "tags", contains = ["Machine Learning"] }'
    assert deals_file("tags", f'"{tags}"', "", more=more)["ai"] == ai


def test_investors_in_one_cell_with_country_basis_lead_and_stake() -> None:
    read = deals_file(
        "investors,lead,given,stake,ccy",
        '"Alpha [CN]; Beta Co., Ltd. [DE headquarters]; undisclosed; Gamma",Beta,'
        '; 5m; ;,"1;2;;",EUR',
        'investors = "investors"\nlead = "lead"\ncontribution = "given"\nstake = "stake"\n'
        'currency = "ccy"',
        top='unknown = ["undisclosed"]',
    )
    assert read["investors"] == [
        ["Alpha", "CN", "stated", False, None, "1.0000"],
        ["Beta Co., Ltd.", "DE", "headquarters", True, "5000000.00", "2.0000"],
        ["", None, "unknown", None, None, None],
        ["Gamma", None, "unknown", False, None, None],
    ]
    assert (read["investor_list"], read["amount"]["currency"]) == ("partial", "EUR")


def test_the_course_of_a_deal_is_kept_and_its_end_is_the_status() -> None:
    read = deals_file(
        "course",
        "announced 2021-12; divestment_ordered 2024-11-05 | UK government | security",
        'status_history = "course"',
    )
    assert read["status"] == "divestment_ordered"
    assert read["status_history"][1] == {
        "status": "divestment_ordered", "first": "2024-11-05", "last": "2024-11-05",
        "precision": "day", "authority": "UK government", "reason": "security",
    }  # fmt: skip


def test_pages_are_cited_in_parallel() -> None:
    columns = 'source_url = "url"\nsource_title = "title"\nsource_field = "about"'
    read = deals_file(
        "url,title,about",
        "https://a.example/ | https://b.example/,Paper | ,amount | ",
        columns,
        top='sources_separator = " | "',
    )
    assert read["sources"] == [
        ["https://a.example/", "Paper", "amount", ""],
        ["https://b.example/", "https://b.example/", "", ""],
    ]


def test_an_address_that_is_none_is_reported_and_not_cited() -> None:
    text = PROFILE.replace('currency = "ccy"', 'source_url = "ccy"')
    done = prepared(["X,CN,2019-05,5,javascript:alert(1),Fund,DE"], text)
    assert done.facts["X | 2019-05"]["sources"] == []
    assert [(p.code, p.fatal) for p in done.problems] == [("not_an_address", False)]


def test_a_row_that_cannot_be_told_apart_is_rejected() -> None:
    text = PROFILE.replace('key = ["company", "month"]', 'external_id = "ccy"')
    done = prepared(["X,CN,2019-05,5,,Fund,DE"], text)
    assert [(p.column, p.code) for p in done.problems] == [("ccy", "no_key")]
