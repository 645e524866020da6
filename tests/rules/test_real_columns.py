"""The rules over whole columns of suppliers' real files."""

import csv
from collections.abc import Callable
from pathlib import Path

from deals.rules.amounts import AmountState, parse_amount
from deals.rules.column import apply
from deals.rules.dates import Precision, parse_date
from deals.rules.errors import RuleError
from deals.rules.names import clean_name, normalise


def column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[name] or "" for row in csv.DictReader(file)]


def codes(errors: dict[int, RuleError]) -> set[str]:
    return {error.code for error in errors.values()}


def amounts(currency: str) -> Callable[[str], object]:
    return lambda text: parse_amount(text, currency=currency)


def test_acquisition_prices_are_read_and_a_price_of_zero_is_an_error(shared_data: Path) -> None:
    prices = column(shared_data / "feeds/cb2015/acquisitions.csv", "price_amount")
    values, errors = apply(parse_amount, prices)
    assert codes(errors) <= {"zero_amount"}
    assert {prices[position] for position in errors} <= {"0"}
    undisclosed = [value for value in values if value and value.state is AmountState.undisclosed]
    assert len(undisclosed) == prices.count("") > 10_000


def test_acquisition_dates_are_days_and_only_the_impossible_year_is_refused(
    shared_data: Path,
) -> None:
    texts = column(shared_data / "feeds/cb2015/acquisitions.csv", "acquired_at")
    values, errors = apply(parse_date, texts)
    assert codes(errors) <= {"date_out_of_range"}
    assert len(errors) < 5
    precisions = [value.precision for value in values if value]
    assert precisions.count(Precision.none) == texts.count("")
    assert set(precisions) == {Precision.day, Precision.none}


def test_round_amounts_and_dates_are_read_without_an_error(shared_data: Path) -> None:
    path = shared_data / "feeds/unicorn_rounds.csv"
    values, errors = apply(amounts("USD"), column(path, "amount"))
    assert errors == {}
    assert None not in values
    dates, errors = apply(parse_date, column(path, "date"))
    assert errors == {}
    assert {value.precision for value in dates if value} == {Precision.day}


def test_real_names_are_storable_and_few_of_them_share_a_key(shared_data: Path) -> None:
    texts = column(shared_data / "feeds/cb2015/acquisitions.csv", "acquirer_name")
    names, errors = apply(clean_name, texts)
    assert codes(errors) <= {"blank_name", "name_too_long"}
    distinct = {name for name in names if name}
    assert len({normalise(name) for name in distinct}) > 0.97 * len(distinct)
