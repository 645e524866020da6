import contextlib
import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.rules.counting import KINDS, STATUSES
from deals.rules.errors import RuleError
from deals.rules.tables import read_table, several
from deals.rules.vocab import (
    ROUND_STAGES,
    ROUND_TYPES,
    SECTORS,
    kind,
    round_type,
    sector,
    status,
)

Rule = Callable[[str], str | None]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Series A", "series_a"), ("series_a", "series_a"), ("A轮", "series_a"), ("A", "series_a"),
        ("Ａ轮", "series_a"), ("Series A-2", "series_a"), ("A1轮", "series_a"),
        ("A+轮", "series_a_plus"), ("Series A+", "series_a_plus"), ("Series B+", "series_b_plus"),
        ("C轮融资", "series_c"), ("Série C", "series_c"), ("C++轮", "series_c_plus"),
        ("D+轮", "series_d"), ("Series E", "series_e_plus"), ("Series J", "series_e_plus"),
        ("Pre-A轮", "pre_a"), ("PreA", "pre_a"), ("Pre-Series B", "pre_b"), ("Pre-C轮", "venture"),
        ("天使轮", "angel"), ("种子轮", "seed"), ("Seed Round", "seed"), ("Pre-Seed", "pre_seed"),
        ("Venture Round", "venture"), ("series_unknown", "venture"), ("战略投资", "strategic"),
        ("Corporate Round", "corporate_round"), ("Secondary Market", "secondary_market"),
        ("Private Equity Round", "private_equity"), ("F轮-上市前", "pre_ipo"),
        ("Debt Financing", "other"), ("并购", "other"), ("Grant", "other"),
    ],
)  # fmt: skip
def test_round_types_as_suppliers_write_them(written: str, code: str) -> None:
    assert round_type(written) == code


@pytest.mark.parametrize("text", ["", " ", "undisclosed", "不明确", "Unknown"])
def test_a_round_that_is_not_stated_is_none(text: str) -> None:
    assert round_type(text) is None


@pytest.mark.parametrize(
    ("rule", "written", "code"),
    [
        (sector, "LLM", "language_models"), (sector, "自动驾驶", "autonomous_driving"),
        (sector, "Autonomous Driving", "autonomous_driving"), (sector, "AI chips", "ai_chips"),
        (sector, "e-commerce", "ecommerce"), (sector, "data_centres", "data_centres"),
        (kind, "M&A", "acquisition"), (kind, "并购", "acquisition"),
        (kind, "Joint Venture", "joint_venture"), (kind, "license", "licence"),
        (kind, "Debt Financing", "debt"), (status, "Completed", "completed"),
        (status, "closed", "completed"), (status, "untersagt", "blocked"),
        (status, "Divestment ordered", "divestment_ordered"),
    ],
)  # fmt: skip
def test_sectors_kinds_and_statuses_as_suppliers_write_them(
    rule: Rule, written: str, code: str
) -> None:
    assert rule(written) == code


@pytest.mark.parametrize(
    ("rule", "codes"), [(sector, SECTORS), (round_type, ROUND_TYPES), (kind, KINDS),
                        (status, STATUSES)],
)  # fmt: skip
def test_every_code_and_title_means_itself(rule: Rule, codes: dict[str, str]) -> None:
    for code, title in codes.items():
        assert rule(code) == rule(title) == rule(title.upper()) == code


@pytest.mark.parametrize(("rule", "table"), [(sector, "sectors"), (round_type, "round_types")])
def test_no_alias_belongs_to_two_codes(rule: Rule, table: str) -> None:
    for row in read_table(table):
        for alias in several(row["aliases"]):
            assert rule(alias) == row["code"], alias


@pytest.mark.parametrize(
    ("rule", "code", "allowed"),
    [(sector, "unknown_sector", "lidar"), (round_type, "unknown_round_type", "series_c_plus"),
     (kind, "unknown_kind", "greenfield"), (status, "unknown_status", "unwound")],
)  # fmt: skip
def test_an_unknown_word_is_an_error_that_lists_what_is_allowed(
    rule: Rule, code: str, allowed: str
) -> None:
    with pytest.raises(RuleError) as error:
        rule("Series Zebra")
    assert error.value.code == code
    assert "“Series Zebra”" in error.value.message
    assert allowed in error.value.message


@pytest.mark.parametrize("rule", [sector, kind, status])
def test_a_blank_is_refused_where_a_word_is_needed(rule: Rule) -> None:
    with pytest.raises(RuleError, match="A blank is not a"):
        rule(" ")


@given(st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_a_code_or_an_error(text: str) -> None:
    for rule, codes in ((sector, SECTORS), (round_type, ROUND_TYPES), (kind, KINDS)):
        with contextlib.suppress(RuleError):
            assert rule(text) in {None, *codes}


def test_every_round_type_has_a_stage() -> None:
    assert ROUND_STAGES.keys() == ROUND_TYPES.keys()
    assert set(ROUND_STAGES.values()) == {"early", "growth", "late", "unstated"}


def test_round_types_of_a_real_file_are_all_recognised(shared_data: Path) -> None:
    with (shared_data / "feeds" / "unicorn_rounds.csv").open(encoding="utf-8-sig") as file:
        texts = {row["type"].split(" - ")[0].strip() for row in csv.DictReader(file)}
    assert len(texts) > 15
    assert all(round_type(text) is not None for text in texts)
