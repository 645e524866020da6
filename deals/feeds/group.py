"""Fourth stage: rows → deals by key. What each row adds, repeats or contradicts is decided here.

A row that equals an earlier one in everything that is mapped is a duplicate. Of several rows of
one deal, blanks yield to values; where two values differ the first stands, and the later row is
rejected as a whole (`conflicts_with_row`), so that no half of it is used.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from deals.feeds.contradiction import Contradiction
from deals.feeds.facts import Facts, two_currencies
from deals.feeds.investors import MOST_INVESTORS, Investor
from deals.feeds.merging import merge_facts
from deals.feeds.profile import Profile
from deals.feeds.refusals import RowProblem
from deals.feeds.repeats import SeenRows
from deals.feeds.roster import Places, from_facts, names_of, place, places_of, to_facts, union
from deals.feeds.rowtext import parts, read, read_taking_part
from deals.rules.errors import RuleError

# Where the fact stands in a profile, if under another name.
FIELD_OF = {"date": "announced_on"}
CIRCLE = RuleError(
    "part_of_itself",
    "The deal is a tranche of itself, directly or by way of other deals: an umbrella deal is not "
    "counted beside its tranches, so none of them would count. Correct part_of.",
)


class RowOfDeal(NamedTuple):
    """One row as it was staged: facts as JSON, None where the row was rejected but is of the deal.

    `partial`: beside rows that name investors, this one makes their list partial.
    """

    number: int
    text: str | None
    partial: bool


@dataclass(slots=True)
class DealInFile:
    """One deal with everything its rows say. `rows` are the numbers of the rows that were used."""

    key: str
    facts: Facts
    rows: list[int]
    partial: bool
    currencies: set[str]
    investors: list[Investor] = field(default_factory=list)
    places: Places = field(default_factory=dict)
    first_row: dict[str, int] = field(default_factory=dict)
    # Normalised names of the investors, as long as all are named and each once.
    names: set[str] | None = None
    # Only where rows were put together do the investors have to be judged anew.
    several: bool = False


@dataclass(slots=True)
class Together:
    """What came of the rows of one key: a deal or none, and the balance of these rows."""

    deal: DealInFile | None = None
    problems: list[RowProblem] = field(default_factory=list)
    used: int = 0
    duplicate: int = 0
    rejected: int = 0


def put_together(key: str, rows: Iterable[RowOfDeal], profile: Profile) -> Together:
    """The deal of one key. Rows come in the order of the file."""
    done = Together()
    seen = SeenRows()
    lost = False
    deal_text = ""
    for row in rows:
        if row.text is None:
            lost = True
            continue
        deal_text, rest = parts(row.text, deal_text)
        if seen.again(deal_text, rest, row.partial):
            done.duplicate += 1
            continue
        if done.deal is None:
            done.deal = _opened(key, row, read(deal_text + rest))
            continue
        try:
            if deal_text != seen.first or not _joined(done.deal, row, rest, profile):
                _add(done.deal, row, read(deal_text + rest), profile)
        except (Contradiction, RuleError) as found:
            facts = read(deal_text + rest)
            done.problems.append(_conflict(found, done.deal, row.number, facts, profile))
            done.rejected += 1
            lost |= _names_others(done.deal, facts)
    if done.deal is not None:
        _close(done, lost, profile)
    return done


def _opened(key: str, row: RowOfDeal, facts: Facts) -> DealInFile:
    currency = facts["amount"]["currency"]
    return DealInFile(key, facts, [row.number], row.partial, {currency} - {""})


def _spread(deal: DealInFile) -> None:
    """Look at the investors one by one; most deals never need it."""
    if not deal.several:
        deal.investors = from_facts(deal.facts)
        deal.places = places_of(deal.investors)
        deal.several = True


def _joined(deal: DealInFile, row: RowOfDeal, text: str, profile: Profile) -> bool:
    """Take over a row that only adds named investors whom the deal does not have yet.

    Of the deal itself it says what the first row said, and that has been taken over. False, and
    nothing has been taken, where it has to be looked at more closely.
    """
    if deal.several or profile.rows == "deal":
        return False
    known, added = deal.facts, read_taking_part(text)
    if added is None or added["ids"]["target"] != known["ids"]["target"]:
        return False
    if deal.names is None:
        deal.names = names_of(known["investors"])
    names = names_of(added["investors"])
    if not deal.names or not names or not deal.names.isdisjoint(names):
        return False
    if len(deal.names) + len(names) > MOST_INVESTORS:
        return False
    deal.names |= names
    known["investors"] += added["investors"]
    known["ids"]["investors"] += added["ids"]["investors"]
    deal.rows.append(row.number)
    deal.partial |= row.partial
    return True


def _add(deal: DealInFile, row: RowOfDeal, facts: Facts, profile: Profile) -> None:
    """Take over what the row adds. Raises Contradiction, and then nothing has been taken."""
    merged = merge_facts(deal.facts, facts)
    _spread(deal)
    investors, added = union(deal.investors, deal.places, from_facts(facts), profile)
    for name in merged:
        deal.first_row.setdefault(name, row.number)
    deal.facts |= merged
    deal.investors = investors
    for name, places in added.items():
        deal.places.setdefault(name, []).extend(places)
    deal.rows.append(row.number)
    deal.partial |= row.partial
    deal.currencies |= {facts["amount"]["currency"]} - {""}


def _names_others(deal: DealInFile, facts: Facts) -> bool:
    """Whether a row that was not used names an investor whom the deal does not have."""
    _spread(deal)
    return any(place(i, deal.investors, deal.places) is None for i in from_facts(facts))


def _close(done: Together, lost: bool, profile: Profile) -> None:
    """Judge the whole deal; where it cannot be right, none of its rows is used."""
    deal = done.deal
    assert deal is not None
    if lost:
        _spread(deal)
    try:
        if deal.several or deal.facts["investor_list"] == "none":
            _spread(deal)
            target = deal.facts["ids"]["target"]
            deal.facts |= to_facts(deal.investors, target, partial=deal.partial or lost)
        elif deal.names:
            deal.facts["investor_list"] = "partial" if deal.partial else "complete"
        _check_money(deal)
        done.used = len(deal.rows)
    except RuleError as error:
        done.problems.extend(refused(deal.rows, "contribution", error, profile))
        done.rejected += len(deal.rows)
        done.deal = None


def _check_money(deal: DealInFile) -> None:
    if len(deal.currencies) > 1:
        raise two_currencies(deal.currencies)
    total = sum((Decimal(i[4]) for i in deal.facts["investors"] if i[4]), Decimal(0))
    high = deal.facts["amount"]["high"]
    if high is not None and total > Decimal(high):
        raise RuleError(
            "contributions_exceed_amount",
            f"The contributions add up to {total:,.2f}, more than the deal's amount of "
            f"{Decimal(high):,.2f}: correct one of them.",
        )


def _conflict(
    found: Contradiction | RuleError, deal: DealInFile, number: int, facts: Facts, profile: Profile
) -> RowProblem:
    if isinstance(found, RuleError):
        column = profile.columns.get("investors") or profile.columns.get("investor_name", "")
        return RowProblem(number, column, "", found.code, found.message)
    first = deal.first_row.get(found.name, deal.rows[0])
    name = FIELD_OF.get(found.name, found.name)
    return RowProblem(
        row=number,
        column=profile.columns.get(name, name),
        value=facts["amount_text"] if found.name == "amount" else "",
        code="conflicts_with_row",
        message=f"{found}, in row {first} of the same deal ({deal.key[:100]}): the first stands, "
        "and this row was not used.",
    )


def refused(rows: Iterable[int], name: str, error: RuleError, profile: Profile) -> list[RowProblem]:
    """A problem for each row of a deal that cannot be used at all."""
    column = profile.columns.get(name, name)
    return [RowProblem(row, column, "", error.code, error.message) for row in rows]
