"""What the cells of one column look like: dates, amounts, countries, lists …, whatever its header.

Each share is of the column's cells that say anything; "not known" words are left out first.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from deals.feeds import fields
from deals.feeds.words import PROVINCES, is_unknown, pieces_of
from deals.rules import vocab
from deals.rules.amounts import parse_amount, parse_currency
from deals.rules.countries import country_code
from deals.rules.dates import parse_date
from deals.rules.errors import RuleError

# Distinct values that are tried, of which the first few decide whether the rest are worth it:
# a rule that refuses also looks for what was meant, which takes a hundred times as long.
TRIED, FIRST = 60, 6
NUMBER_DATE = re.compile(r"([0-9]{1,4})[-./年 ]([0-9]{1,2})[-./月 ]([0-9]{1,4})(?:\D.*)?")
BARE_NUMBER = re.compile(r"[+-]?[0-9][0-9.,' ]*")
# A sum that cannot be a year or a number in a list.
SUM = re.compile(r"[0-9]{5}|[0-9][.,][0-9]{3}|[$€£¥万亿]")
URL = re.compile(r"https?://\S+|www\.\S+\.\S+", re.IGNORECASE)
ID = re.compile(r"[\w./:-]{1,100}")
PLACE = re.compile(r"[,，/·|]|(?<=[\u3400-\u9fff])[-—](?=[\u3400-\u9fff])")
YEAR = re.compile(r"(?:19|20)[0-9]{2}年?")


@dataclass(frozen=True)
class Column:
    """One column of the sample: its header, its place and its cells, stripped."""

    header: str
    place: int
    cells: tuple[str, ...]
    decimal: str = "."
    order: str | None = None
    _shares: dict[str, float] = field(default_factory=dict, repr=False)

    @cached_property
    def filled(self) -> list[str]:
        """The cells that say something."""
        return [cell for cell in self.cells if cell and not is_unknown(cell)]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each value occurs."""
        return Counter(self.filled)

    @property
    def unique(self) -> bool:
        """Whether all cells are filled, and no two alike."""
        return len(self.cells) > 1 and len(set(self.cells)) == len(self.cells) and all(self.cells)

    def share(self, kind: str) -> float:
        """The share of cells that a test of TESTS takes, from 0 to 1."""
        if kind not in self._shares:
            test = TESTS[kind]
            self._shares[kind] = self._passed(lambda text: test(self, text))
        return self._shares[kind]

    def known(self, kind: str) -> str:
        """ "38 of 40 values" for a sentence."""
        total = len(self.filled)
        return f"{round(self.share(kind) * total)} of {total} values"

    def _passed(self, test: Callable[[str], bool]) -> float:
        values = self.counts.most_common(TRIED)
        passed = tried = 0
        for at, (value, count) in enumerate(values):
            if at == FIRST and not passed:
                return 0.0
            tried += count
            passed += count * (len(value) <= 300 and test(value))
        return passed / tried if tried else 0.0


def obeys(rule: Callable[..., Any], text: str, **options: Any) -> bool:
    """Whether a rule takes the text and finds something in it."""
    try:
        return rule(text, **options) not in (None, "", ())
    except RuleError:
        return False


def is_date(column: Column, text: str) -> bool:
    """Whether this is a date under the file's order, or under any where none is settled."""
    orders = (column.order,) if column.order else ("dmy", "mdy")
    return any(obeys(parse_date, text, order=order) for order in orders) and text[-1:] != "%"


def looks_like_date(column: Column, text: str) -> bool:
    """Also dates that the rule refuses: years of two digits, a date in the other order."""
    return bool(NUMBER_DATE.fullmatch(text)) or is_date(column, text)


def is_amount(column: Column, text: str) -> bool:
    """Whether this is an amount; a sentence or a date is none."""
    if not any(map(str.isdigit, text)) and len(text) > 20:
        return False
    return obeys(parse_amount, text, currency="USD", decimal=column.decimal)


def round_words(text: str) -> str:
    """What stands before a dash or a bracket: “Series B - Foo” is Series B."""
    return re.split(r"\s+[-–—|:]\s+|\s*[(（]", text, maxsplit=1)[0].strip()


def is_country(column: Column, text: str) -> bool:
    """Whether this is a country by code or name."""
    return (
        len(text) <= 40
        and not any(map(str.isdigit, text))
        and not (text.count(",") > 1)
        and obeys(country_code, text)
    )


def is_place(column: Column, text: str) -> bool:
    """“City, Region, Country” or “中国·上海”: a place with its country."""
    return bool(place_part(text))


def is_located(column: Column, text: str) -> bool:
    """Whether a country is known from this: its name, a place in it, or a Chinese province."""
    return text.startswith(PROVINCES) or is_country(column, text) or is_place(column, text)


def place_part(text: str) -> str:
    """The part of a place that is its country: of the last two, or the first; "" if none is."""
    parts = [part for part in (piece.strip() for piece in PLACE.split(text)) if part]
    if len(parts) < 2 or len(parts) > 6:
        return ""
    # Of two letters it is more likely a state: "San Francisco, CA" is not in Canada.
    named = (p for p in (*parts[:-3:-1], parts[0]) if len(p) > 3 or not p.isascii())
    return next((part for part in named if len(part) <= 40 and obeys(country_code, part)), "")


def _sector_share(column: Column, text: str) -> bool:
    pieces = pieces_of(text)
    known = sum(obeys(vocab.sector, piece) for piece in pieces)
    return known * 2 >= len(pieces) > 0


def _list(column: Column, text: str) -> bool:
    return len(pieces_of(text)) > 1


def _word(rule: Callable[[str], Any]) -> Callable[[Column, str], bool]:
    return lambda column, text: len(text) <= 60 and obeys(rule, text)


def _ai(column: Column, text: str) -> bool:
    return obeys(fields.ai, text) and text.casefold() != "unknown"


TESTS: dict[str, Callable[[Column, str], bool]] = {
    "date": is_date,
    "date_like": looks_like_date,
    "long_date": lambda column, text: is_date(column, text) and not YEAR.fullmatch(text),
    "amount": is_amount,
    "money": lambda column, text: bool(SUM.search(text)) and is_amount(column, text),
    "number": lambda column, text: bool(BARE_NUMBER.fullmatch(text)),
    "currency": lambda column, text: len(text) <= 20 and obeys(parse_currency, text),
    "country": is_country,
    "located": is_located,
    "url": lambda column, text: bool(URL.fullmatch(text.split(" ")[0])),
    "round_type": lambda column, text: _word(vocab.round_type)(column, round_words(text)),
    "kind": _word(vocab.kind),
    "status": _word(vocab.status),
    "yes_no": _word(fields.yes_no),
    "ai": _ai,
    "stake": lambda column, text: obeys(fields.stake, text) or obeys(fields.stake, text + "%"),
    "percent": lambda column, text: text.endswith("%"),
    "sectors": _sector_share,
    "list": _list,
    "id": lambda column, text: bool(ID.fullmatch(text)),
    "text": lambda column, text: not BARE_NUMBER.fullmatch(text) and not URL.fullmatch(text),
    "long": lambda column, text: len(text) > 80,
    "date_basis": _word(fields.CLOSED["date_basis"]),
    "investor_list": _word(fields.CLOSED["investor_list"]),
}


def columns_of(
    header: Sequence[str], rows: Sequence[Sequence[str]], decimal: str, order: str | None
) -> list[Column]:
    """The columns of a sample; a row that is too short has blanks."""
    return [
        Column(
            name,
            place,
            tuple(row[place].strip() if place < len(row) else "" for row in rows),
            decimal,
            order,
        )
        for place, name in enumerate(header)
    ]
