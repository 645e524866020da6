"""Third stage: columns of text → columns of values, by the rules of `deals.rules`, errors kept.

A row is rejected when something is wrong that identifies the deal or decides where it counts:
target, countries, date, amount, kind, status, AI. Where a describing fact cannot be read (round
type, sectors, lead, stake, the address of a page) the row is used, the fact stays unknown, and
the error says so: a deal must not vanish from a count because of it. For the same reason an
amount of 0, which many suppliers write for "not known", is taken as not disclosed, and reported.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from itertools import compress, starmap
from typing import Any, NamedTuple, cast

from deals.feeds import fields
from deals.feeds.cells import cells, translator
from deals.feeds.checker import JOINT, Checker
from deals.feeds.citations import Cited, citations
from deals.feeds.investors import Investor
from deals.feeds.judgement import judgements
from deals.feeds.memory import Memory
from deals.feeds.money import amounts
from deals.feeds.parse import Table
from deals.feeds.participants import participants
from deals.feeds.profile import Profile
from deals.feeds.refusals import RowProblem
from deals.feeds.status import Step, parse_history
from deals.rules import vocab
from deals.rules.amounts import Amount
from deals.rules.counting import DEFAULT_KIND
from deals.rules.countries import country_code
from deals.rules.dates import DealDate, Precision, parse_date
from deals.rules.errors import RuleError
from deals.rules.names import clean_name

UNDATED = DealDate(None, None, Precision.none)
LONGEST_KEY = 500
NO_SECTORS: tuple[str, ...] = ()


class RowFacts(NamedTuple):
    """What one row says about its deal, apart from investors and pages."""

    target_name: str
    target_country: str | None
    date: DealDate
    date_basis: str
    amount: Amount
    kind: str
    round_type: str
    status: str
    status_history: tuple[Step, ...]
    ai: str
    ai_basis: str
    investor_list: str
    sectors: tuple[str, ...]
    external_id: str
    part_of: str
    recorded_on: datetime.date | None
    target_id: str


class Row(NamedTuple):
    """One row that can be used. `number` is its row number in the file."""

    number: int
    key: str
    facts: RowFacts
    investors: tuple[Investor, ...]
    cited: tuple[Cited, ...]
    notes: str
    amount_text: str


@dataclass(frozen=True, slots=True)
class Validated:
    """Usable rows in the file's order, and everything that is wrong with any row.

    `cut` are number and key of rejected rows whose investors are missing from their deals.
    """

    rows: list[Row]
    problems: list[RowProblem]
    rejected: int
    skipped: int
    cut: list[tuple[int, str]]


def validate(
    table: Table,
    profile: Profile,
    above: dict[str, str] | None = None,
    memory: Memory | None = None,
) -> Validated:
    """Apply every rule to its column. Never raises for what stands in a cell.

    `above` is what `fill_down` repeats from the rows before these; it is brought up to date.
    `memory` is what is known from other rows of the file, under the same profile.
    """
    source = cells(table, profile, {} if above is None else above)
    checker = Checker(source, profile, memory or Memory())
    facts = _facts(checker)
    investors = participants(checker)
    cited = citations(checker)
    _refuse_keys(checker)
    columns = zip(
        checker.cells.rows,
        checker.cells.keys,
        facts,
        investors,
        cited,
        checker.texts("notes"),
        checker.texts("amount"),
        strict=True,
    )
    usable = (at not in checker.rejected for at in range(checker.size))
    rows = list(starmap(Row, compress(columns, usable)))
    problems = sorted([*table.problems, *checker.problems], key=lambda problem: problem.row)
    rejected = len(checker.rejected) + len(table.rejected)
    return Validated(rows, problems, rejected, checker.cells.skipped, _cut(checker))


def _cut(checker: Checker) -> list[tuple[int, str]]:
    if checker.profile.rows != "participation":
        return []
    rows, keys = checker.cells.rows, checker.cells.keys
    known = (at for at in sorted(checker.rejected) if 0 < len(keys[at]) <= LONGEST_KEY)
    return [(rows[at], keys[at]) for at in known]


def _facts(checker: Checker) -> list[RowFacts]:
    """One RowFacts a row; cells that are alike share their values."""
    closed = fields.CLOSED
    statuses = _statuses(checker)
    ai = judgements(checker)
    columns = zip(
        checker.column("target_name", clean_name, ""),
        checker.column("target_country", country_code, None),
        checker.column("announced_on", _date_rule(checker.profile), UNDATED),
        checker.column("date_basis", closed["date_basis"], "announced"),
        amounts(checker, "amount"),
        checker.column("kind", vocab.kind, DEFAULT_KIND),
        checker.column("round_type", vocab.round_type, ""),
        [status for status, _ in statuses],
        [history for _, history in statuses],
        [word for word, _ in ai],
        [basis for _, basis in ai],
        checker.column("investor_list", closed["investor_list"], "complete"),
        checker.column("sectors", _sector_rule(checker.profile), NO_SECTORS),
        checker.column("external_id", fields.text_up_to(200), ""),
        checker.column("part_of", fields.text_up_to(200), ""),
        checker.column("recorded_on", fields.recorded_on, None),
        checker.column("target_id", fields.identifier(checker.profile.id_scheme), ""),
        strict=True,
    )
    return list(starmap(RowFacts, columns))


def _date_rule(profile: Profile) -> Callable[[str], DealDate]:
    order = cast(Any, profile.date_order)
    return lambda text: parse_date(text, order=order)


def _sector_rule(profile: Profile) -> Callable[[str], tuple[str, ...]]:
    words = translator(profile.values.get("sectors", ()))
    return fields.sectors(lambda cell: "" if cell.casefold() in profile.unknown else words(cell))


def _statuses(checker: Checker) -> list[tuple[str, tuple[Step, ...]]]:
    """Status and its course; either gives the other. Completed where a feed has neither."""
    if not checker.has("status_history"):
        return [(word, ()) for word in checker.column("status", vocab.status, "completed")]
    return checker.values(
        "status_history",
        checker.joint("status", "status_history"),
        lambda pair: parse_history(*pair.split(JOINT)),
        ("completed", ()),
    )


def _refuse_keys(checker: Checker) -> None:
    columns = ", ".join(f"“{name}”" for name in checker.profile.key)
    blank = RuleError(
        "no_key", f"The row is blank in {columns}, so it cannot be told which deal it is."
    )
    too_long = RuleError(
        "key_too_long", f"The deal's key in {columns} is longer than {LONGEST_KEY} characters."
    )
    for at, key in enumerate(checker.cells.keys):
        if not key or len(key) > LONGEST_KEY:
            error = too_long if key else blank
            checker.note(at, "key", error, column=checker.profile.key[0])
