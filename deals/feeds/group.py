"""Fourth stage: rows → deals by key. What each row adds, repeats or contradicts is decided here.

A row that equals an earlier one in everything that is mapped is a duplicate. Of several rows of
one deal, blanks yield to values; where two values differ the first stands, and the later row is
rejected as a whole (`conflicts_with_row`), so that no half of it is used.
"""

from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from deals.feeds.citations import Cited
from deals.feeds.contradiction import Contradiction
from deals.feeds.investors import Investor
from deals.feeds.profile import Profile
from deals.feeds.refusals import RowProblem
from deals.feeds.roster import Places, place, places_of, union
from deals.feeds.tranches import in_circles
from deals.feeds.validate import Row, RowFacts, Validated
from deals.rules.amounts import Amount
from deals.rules.dates import DealDate
from deals.rules.errors import RuleError
from deals.rules.names import normalise

NAMES = tuple(item.name for item in fields(RowFacts))
# Where the fact stands in a profile, if under another name.
FIELD_OF = {"date": "announced_on", "amount": "amount"}
CIRCLE = (
    "part_of_itself",
    "The deal is a tranche of itself, directly or by way of other deals: an umbrella deal is not "
    "counted beside its tranches, so none of them would count. Correct part_of.",
)


@dataclass(slots=True)
class DealInFile:
    """One deal with everything its rows say. `rows` are the numbers of the rows that were used."""

    key: str
    facts: RowFacts
    rows: list[int]
    investors: list[Investor]
    # Pages and notes in the order of the file, each once.
    cited: dict[Cited, None]
    notes: dict[str, None]
    amount_text: str
    first_row: dict[str, int] = field(default_factory=dict)
    places: Places = field(default_factory=dict)
    # An investor of it stood in a row that was rejected.
    investor_lost: bool = False


@dataclass(frozen=True, slots=True)
class Grouped:
    """Deals in the order of the file, and the balance of the rows that were read."""

    deals: list[DealInFile]
    problems: list[RowProblem]
    rows_read: int
    rows_used: int
    rows_skipped: int
    rows_duplicate: int
    rows_rejected: int
    participations: int


def group(validated: Validated, profile: Profile) -> Grouped:
    """Put rows together. `rows_read` is the sum of the four other counts, by construction."""
    deals: dict[str, DealInFile] = {}
    seen: set[tuple[Any, ...]] = set()
    problems = list(validated.problems)
    duplicate = rejected = 0
    for row in validated.rows:
        identity = (row.key, row.facts, row.investors, row.cited, row.notes)
        if identity in seen:
            duplicate += 1
            continue
        seen.add(identity)
        known = deals.get(row.key)
        if known is None:
            deals[row.key] = _opened(row)
            continue
        try:
            _add(known, row, profile)
        except (Contradiction, RuleError) as found:
            problems.append(_conflict(found, known, row, profile))
            rejected += 1
            known.investor_lost |= any(
                place(i, known.investors, known.places) is None for i in row.investors
            )
    kept = []
    parts = {key: deal.facts.part_of for key, deal in deals.items() if deal.facts.part_of}
    circles = in_circles(parts)
    for deal in deals.values():
        deal.investor_lost |= deal.key in validated.cut_keys
        try:
            if deal.key in circles:
                raise RuleError(*CIRCLE)
            kept.append(_closed(deal))
        except RuleError as error:
            problems.extend(_refused(deal, error, profile))
            rejected += len(deal.rows)
    used = sum(len(deal.rows) for deal in kept)
    rejected += validated.rejected
    return Grouped(
        deals=kept,
        problems=sorted(problems, key=lambda problem: problem.row),
        rows_read=used + validated.skipped + duplicate + rejected,
        rows_used=used,
        rows_skipped=validated.skipped,
        rows_duplicate=duplicate,
        rows_rejected=rejected,
        participations=sum(len(deal.investors) for deal in kept),
    )


def _opened(row: Row) -> DealInFile:
    return DealInFile(
        key=row.key,
        facts=row.facts,
        rows=[row.number],
        investors=list(row.investors),
        cited=dict.fromkeys(row.cited),
        notes=dict.fromkeys([row.notes] if row.notes else []),
        amount_text=row.amount_text,
        places=places_of(row.investors),
    )


def _add(deal: DealInFile, row: Row, profile: Profile) -> None:
    """Take over what the row adds. Raises Contradiction, and then nothing has been taken."""
    merged = {}
    if row.facts != deal.facts:
        for name in NAMES:
            here, there = getattr(row.facts, name), getattr(deal.facts, name)
            if here != there:
                merged[name] = _yielding(name, there, here)
    investors, added = union(deal.investors, deal.places, row.investors, profile)
    for name in merged:
        deal.first_row.setdefault(name, row.number)
    if "amount" in merged and _blank(deal.facts.amount):
        deal.amount_text = row.amount_text
    deal.facts = replace(deal.facts, **merged) if merged else deal.facts
    deal.investors = investors
    for name, places in added.items():
        deal.places.setdefault(name, []).extend(places)
    deal.rows.append(row.number)
    deal.cited |= dict.fromkeys(row.cited)
    if row.notes:
        deal.notes[row.notes] = None


def _yielding(name: str, earlier: Any, later: Any) -> Any:
    if _blank(later):
        return earlier
    if _blank(earlier):
        return later
    if name == "target_name" and normalise(earlier) == normalise(later):
        return earlier
    if name == "investor_list" and "partial" in (earlier, later):
        return "partial"
    raise Contradiction(name, earlier, later)


def _blank(value: Any) -> bool:
    if isinstance(value, Amount):
        return value.low is None
    if isinstance(value, DealDate):
        return value.first is None
    return value in (None, "", (), "unknown")


def _closed(deal: DealInFile) -> DealInFile:
    """Judge the list of investors and the sum of contributions. Raises RuleError."""
    known = [investor for investor in deal.investors if investor.known]
    unnamed = len(known) < len(deal.investors)
    if not known:
        deal.investors = []
        deal.facts = replace(deal.facts, investor_list="none")
    elif (
        unnamed
        or deal.investor_lost
        or any(not i.name for i in known)
        or deal.facts.investor_list == "none"
    ):
        deal.facts = replace(deal.facts, investor_list="partial")
    stated = [i for i in known if i.contribution is not None]
    amount = deal.facts.amount
    currencies = {i.currency for i in stated} | ({amount.currency} if amount.currency else set())
    if len(currencies) > 1:
        raise RuleError(
            "currency_conflict",
            f"The amounts of one deal are in {' and '.join(sorted(map(str, currencies)))}: give "
            "contributions in the currency of the deal.",
        )
    total = sum((i.contribution for i in stated if i.contribution), Decimal(0))
    if amount.high is not None and total > amount.high:
        raise RuleError(
            "contributions_exceed_amount",
            f"The contributions add up to {total:,.2f}, more than the deal's amount of "
            f"{amount.high:,.2f}: correct one of them.",
        )
    return deal


def _conflict(
    found: Contradiction | RuleError, deal: DealInFile, row: Row, profile: Profile
) -> RowProblem:
    if isinstance(found, RuleError):
        column = profile.columns.get("investors") or profile.columns.get("investor_name", "")
        return RowProblem(row.number, column, "", found.code, found.message)
    first = deal.first_row.get(found.name, deal.rows[0])
    name = FIELD_OF.get(found.name, found.name)
    return RowProblem(
        row=row.number,
        column=profile.columns.get(name, name),
        value=row.amount_text if found.name == "amount" else "",
        code="conflicts_with_row",
        message=f"{found}, in row {first} of the same deal ({deal.key[:100]}): the first stands, "
        "and this row was not used.",
    )


def _refused(deal: DealInFile, error: RuleError, profile: Profile) -> list[RowProblem]:
    name = "part_of" if error.code == CIRCLE[0] else "contribution"
    column = profile.columns.get(name, name)
    return [RowProblem(row, column, "", error.code, error.message) for row in deal.rows]
