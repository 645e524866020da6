"""What was understood of one field of the form, said back while the person is still typing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from deals import localised
from deals.entry import meanings_money as money
from deals.entry.meanings_date import date_words
from deals.entry.money import read_money
from deals.entry.reading_dates import date_facts, read_date, single_day
from deals.entry.reading_faults import Faults
from deals.entry.reading_status import refuse_future
from deals.entry.typed import Typed, complete
from deals.feeds import fields
from deals.rules import vocab
from deals.rules.counting import KINDS, STATUSES
from deals.rules.countries import country_code
from deals.rules.dates import UNDATED, DealDate

ROW = re.compile(r"(?P<list>investors|status_history|sources)-(?P<row>[0-9]{1,4})-(?P<part>\w+)")


@dataclass(frozen=True, slots=True)
class Meaning:
    """`says` is what was understood, `fault` what is wrong with it; both "" for a blank."""

    says: str
    fault: str


def meaning(field: str, typed: Mapping[str, Any], *, today: date | None = None) -> Meaning:
    """The meaning of a field by its name in the form, such as "investors-0-stake".

    Looks at the form only, never at the register. Raises KeyError for a field that has none.
    """
    said = _Said(complete(typed), today or timezone.localdate())
    if field in PLAIN:
        return said.of(field, PLAIN[field])
    match = ROW.fullmatch(field)
    if match is None:
        raise KeyError(field)
    words = ROWS[match["list"], match["part"]]
    return said.of(field, lambda one, name: words(one, name, int(match["row"])))


def has_meaning(field: str) -> bool:
    """Whether `meaning` knows the field."""
    match = ROW.fullmatch(field)
    return field in PLAIN or bool(match and (match["list"], match["part"]) in ROWS)


class _Said:
    """The form with the faults that come up while a field is put into words."""

    def __init__(self, typed: Typed, today: date) -> None:
        self.typed, self.today, self.faults = typed, today, Faults()

    def of(self, field: str, words: "Callable[[_Said, str], str]") -> Meaning:
        says = words(self, field)
        about = ("amount", "currency") if field in ("amount", "currency") else (field,)
        wrong = [fault.message for fault in self.faults.found if fault.field in about]
        return Meaning("" if wrong else says, wrong[0] if wrong else "")

    def row(self, name: str, number: int) -> dict[str, str]:
        rows = self.typed[name]
        return dict(rows[number]) if number < len(rows) else {}

    def date(self) -> DealDate:
        """The deal's date, unheard where it cannot be read: that is said beside the date."""
        return Faults().take("date", read_date, self.typed["date"], UNDATED)


def _amount(said: _Said, _field: str) -> str:
    if not said.typed["amount"].strip():
        read_money(said.typed, None, said.faults)
        return ""
    found = read_money(said.typed, None, said.faults)
    return money.amount_words(found.amount, said.date(), said.today)


def _date(said: _Said, field: str) -> str:
    found = said.faults.take(field, read_date, said.typed["date"], UNDATED)
    status = Faults().take("status", vocab.status, said.typed["status"], "")
    refuse_future(date_facts(found), status, said.today, said.faults)
    return date_words(found) if said.typed["date"].strip() else ""


def _recorded_on(said: _Said, field: str) -> str:
    found = said.faults.take(field, fields.recorded_on, said.typed[field], None)
    return localised.day(found) if found else ""


def _target_country(said: _Said, field: str) -> str:
    return _country(said, field, said.typed["target"]["country"])


def _titled(rule: Callable[[str], str | None], titles: Mapping[str, str]) -> Any:
    def words(said: _Said, field: str) -> str:
        text = said.typed[field]
        code = said.faults.take(field, rule, text, None) if text.strip() else None
        return _(titles[code]) if code else ""

    return words


def _contribution(said: _Said, field: str, number: int) -> str:
    found = read_money(said.typed, None, said.faults)
    if number >= len(found.contributions) or found.contributions[number] is None:
        return ""
    paid = {"state": "exact", "low": found.contributions[number]}
    paid |= {"high": paid["low"], "currency": found.amount["currency"]}
    return money.amount_words(paid, said.date(), said.today)


def _stake(said: _Said, field: str, number: int) -> str:
    found = said.faults.take(
        field, fields.stake, said.row("investors", number).get("stake", ""), None
    )
    return localised.percent(found.normalize() + 0) if found else ""


def _investor_country(said: _Said, field: str, number: int) -> str:
    return _country(said, field, said.row("investors", number).get("country", ""))


def _step_date(said: _Said, field: str, number: int) -> str:
    text = said.row("status_history", number).get("date", "")
    found = said.faults.take(field, read_date, text, UNDATED)
    return date_words(found) if text.strip() else ""


def _source_day(part: str) -> Callable[[_Said, str, int], str]:
    def words(said: _Said, field: str, number: int) -> str:
        text = said.row("sources", number).get(part, "")
        found = said.faults.take(field, single_day, text, None)
        return localised.day(found) if found else ""

    return words


def _country(said: _Said, field: str, text: str) -> str:
    code = said.faults.take(field, country_code, text, None)
    return f"{localised.country_name(code)} ({code})" if code else ""


PLAIN: dict[str, Callable[[_Said, str], str]] = {
    "amount": _amount,
    "currency": _amount,
    "date": _date,
    "recorded_on": _recorded_on,
    "target-country": _target_country,
    "round_type": _titled(vocab.round_type, vocab.ROUND_TYPES),
    "kind": _titled(vocab.kind, KINDS),
    "status": _titled(vocab.status, STATUSES),
}
ROWS: dict[tuple[str, str], Callable[[_Said, str, int], str]] = {
    ("investors", "country"): _investor_country,
    ("investors", "contribution"): _contribution,
    ("investors", "stake"): _stake,
    ("status_history", "date"): _step_date,
    ("sources", "published_on"): _source_day("published_on"),
    ("sources", "accessed_on"): _source_day("accessed_on"),
}
