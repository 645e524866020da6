"""From what a person typed to the facts of a version, or to sentences that say what is wrong.

The rules are those of imports, so that a deal means the same however it came in. What is typed as
it was in the version before stays exactly as it was there: nobody has to mend what they did not
touch, and nothing is lost that a form does not show.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from deals.entry.facts import Facts
from deals.entry.money import read_money
from deals.entry.reading_dates import date_facts, read_date
from deals.entry.reading_faults import Fault, Faults
from deals.entry.reading_parties import (
    NAMED,
    Parties,
    Register,
    read_investors,
    read_list,
    refuse_repeats,
)
from deals.entry.reading_status import read_steps, refuse_future
from deals.entry.reading_texts import LONGEST_NOTES, line, lines
from deals.entry.reading_umbrella import read_umbrella
from deals.entry.sources import read_choices, read_sources
from deals.entry.typed import Typed, complete, typed_of
from deals.feeds import fields
from deals.models import Population
from deals.rules import vocab
from deals.rules.dates import UNDATED

__all__ = ["Fault", "Reading", "read", "readable"]

LONGEST_REASON = 2_000
BY_EDITOR = "editor"
WORDS: dict[str, Callable[[str], Any]] = {
    "kind": vocab.kind,
    "round_type": lambda text: vocab.round_type(text) or "",
    "status": vocab.status,
    "ai": fields.ai,
}
LINES = {"ai_basis": 300, "external_id": 200}


@dataclass(frozen=True, slots=True)
class Reading:
    """`facts` as `deals.entry.facts` has them, only where nothing is wrong."""

    facts: Facts | None
    faults: tuple[Fault, ...]


def read(
    typed: Mapping[str, Any],
    before: Facts | None = None,
    *,
    deal: str = "",
    today: date | None = None,
) -> Reading:
    """What a form says. Never raises for what stands in it.

    `before` are the facts of the version that is edited and `deal` is its public id; `today` is
    the day after which nothing can have been completed.
    """
    form = _Form(complete(typed), before, today or timezone.localdate())
    facts = form.facts(deal)
    return Reading(None if form.faults.found else facts, tuple(form.faults.found))


def readable(typed: Mapping[str, Any], before: Facts | None = None) -> Facts:
    """The facts of a form that is half done: what is missing or cannot be read is not known."""
    return _Form(complete(typed), before, timezone.localdate()).facts("")


class _Form:
    def __init__(self, typed: Typed, before: Facts | None, today: date) -> None:
        self.typed, self.before, self.today = typed, before, today
        self.was = typed_of(before) if before else None
        self.faults = Faults()

    def facts(self, deal: str) -> Facts:
        said: Facts = {name: self._kept((name,), name) for name in WORDS}
        for name, rule in WORDS.items():
            if said[name] is None:
                said[name] = self.faults.take(name, rule, self.typed[name], "")
        for name, limit in LINES.items():
            said[name] = self._or(name, partial(self._line, name, limit))
        said["ai_basis"] = said["ai_basis"] or self._or("ai_basis", lambda: BY_EDITOR)
        said["sectors"] = self._or("sectors", self._sectors)
        said["notes"] = self._or(
            "notes", lambda: lines("notes", self.typed["notes"], LONGEST_NOTES, self.faults)
        )
        said["date"] = self._date(said["status"])
        said["status_history"] = self._steps(said["status"])
        said["part_of"] = self._or(
            "part_of", lambda: read_umbrella(self.typed["part_of"], deal, self.faults)
        )
        said["recorded_on"] = self._recorded_on()
        said["population"] = self.before["population"] if self.before else ""
        lines("reason", self.typed["reason"], LONGEST_REASON, self.faults)
        return said | self._money_and_parties() | self._sources()

    def _kept(self, typed: tuple[str, ...], fact: str) -> Any:
        """The fact of the version before where these fields are as it would be typed."""
        if self.before is None or self.was is None:
            return None
        same = all(self.typed[name] == self.was[name] for name in typed)
        return self.before[fact] if same else None

    def _or(self, name: str, read_it: Callable[[], Any]) -> Any:
        kept = self._kept((name,), name)
        return read_it() if kept is None else kept

    def _line(self, name: str, limit: int) -> str:
        return line(name, self.typed[name], limit, self.faults)

    def _sectors(self) -> list[str]:
        codes = (self.faults.take("sectors", vocab.sector, c, "") for c in self.typed["sectors"])
        return list(dict.fromkeys(code for code in codes if code))

    def _date(self, status: str) -> Facts:
        kept = self._kept(("date", "date_basis"), "date")
        if kept is None:
            kept = date_facts(self.faults.take("date", read_date, self.typed["date"], UNDATED))
            basis = self.typed["date_basis"] or "announced"
            rule = fields.CLOSED["date_basis"]
            kept["basis"] = self.faults.take("date_basis", rule, basis, "announced")
        if self._kept(("date", "status"), "date") is None:
            refuse_future(kept, status, self.today, self.faults)
        return kept

    def _steps(self, status: str) -> list[Facts]:
        kept: list[Facts] | None = self._kept(("status", "status_history"), "status_history")
        return (
            read_steps(self.typed["status_history"], status, self.faults) if kept is None else kept
        )

    def _recorded_on(self) -> str | None:
        """When a supplier recorded the deal, which is its own business to say."""
        if self.before:
            return self.before["recorded_on"]
        found = self.faults.take("recorded_on", fields.recorded_on, self.typed["recorded_on"], None)
        return found.isoformat() if found else None

    def _money_and_parties(self) -> Facts:
        money = read_money(self.typed, self._kept(("amount", "currency"), "amount"), self.faults)
        rows = [self.typed["target"], *self.typed["investors"]]
        register = Register(row["id"].strip() for row in rows)
        parties = Parties(register, self._invented(), self.faults)
        target = self._kept(("target",), "target") or parties.party("target", self.typed["target"])
        if not target["name"] and not self.faults.among("target-name"):
            self.faults.note(
                "target-name", _("Name the company whose shares were issued or bought.")
            )
        investors, numbers = read_investors(
            self.typed["investors"], self._investors_before(), parties, money.contributions,
            self.faults,
        )  # fmt: skip
        refuse_repeats(target, investors, numbers, register, self.faults)
        listed = self._kept(("investors", "investor_list"), "investor_list")
        return {
            "amount": money.amount,
            "target": target,
            "investors": investors,
            "investor_list": listed
            or read_list(self.typed["investor_list"], investors, self.faults),
        }

    def _invented(self) -> bool:
        code = self.before["population"] if self.before else ""
        return bool(code) and Population.objects.filter(code=code, generated=True).exists()

    def _investors_before(self) -> dict[tuple[str, ...], Facts]:
        if self.before is None or self.was is None:
            return {}
        return {
            tuple(row[name] for name in NAMED): facts
            for row, facts in zip(self.was["investors"], self.before["investors"], strict=True)
        }

    def _sources(self) -> Facts:
        kept = self._kept(("sources", "choices"), "sources")
        if kept is not None and self.before is not None:
            return {"sources": kept, "choices": self.before["choices"]}
        pairs = (
            list(zip(self.was["sources"], self.before["sources"], strict=True))
            if self.was and self.before
            else []
        )
        sources = read_sources(self.typed["sources"], pairs, self.faults)
        return {
            "sources": sources,
            "choices": read_choices(self.typed["choices"], sources, self.faults),
        }
