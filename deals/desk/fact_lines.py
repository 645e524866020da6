"""A deal's facts (deals/entry/facts.py) in words, every digit of them, a list of lines a fact.

Amounts are written out, since two that round to the same text would look like no difference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from deals import localised
from deals.entry.facts import Facts
from deals.rules.dates import DealDate, Precision
from deals.rules.fx import rates_for
from deals.templatetags.formats import country, day, deal_date, money, stake, words

TITLES = {
    "target": gettext_noop("Target"),
    "kind": gettext_noop("Kind"),
    "round_type": gettext_noop("Round"),
    "status": gettext_noop("Status"),
    "status_history": gettext_noop("Status history"),
    "date": gettext_noop("Date"),
    "recorded_on": gettext_noop("Recorded by the supplier"),
    "amount": gettext_noop("Amount"),
    "investor_list": gettext_noop("Investor list"),
    "investors": gettext_noop("Investors"),
    "ai": gettext_noop("AI"),
    "ai_basis": gettext_noop("Basis of the AI judgement"),
    "sectors": gettext_noop("Sectors"),
    "part_of": gettext_noop("Part of"),
    "population": gettext_noop("Population"),
    "external_id": gettext_noop("Supplier’s id"),
    "notes": gettext_noop("Notes"),
    "choices": gettext_noop("Why this value"),
    "sources": gettext_noop("Sources"),
}
SAID = {
    "complete": gettext_noop("complete"),
    "partial": gettext_noop("not complete"),
    "none": gettext_noop("not published"),
    "yes": gettext_noop("yes"),
    "no": gettext_noop("no"),
    "unknown": gettext_noop("not known"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a fact; `link` leads to what it names, `note` is said beside it."""

    text: str
    link: str = ""
    note: str = ""


def title(name: str) -> str:
    """What people call a fact."""
    return _(TITLES[name])


def titles(names: Any) -> list[str]:
    """The facts that were changed, in a row."""
    return [title(name) for name in names]


def lines(name: str, facts: Facts) -> list[Line]:
    """A fact as lines, none where nothing is stated."""
    return WRITERS[name](facts)


def exactly(amount: str, currency: str) -> str:
    """Every digit: "CNY 120,000,000"."""
    value = Decimal(amount)
    whole = value == value.to_integral_value()
    return f"{currency} {localised.decimal(value.to_integral_value() if whole else value)}".strip()


def _target(facts: Facts) -> list[Line]:
    return [_organization(facts["target"])]


def _organization(one: Facts, more: tuple[str, ...] = ()) -> Line:
    name = one["name"] or _("not named")
    place = country(one["country"])
    if one["basis"] == "headquarters":
        place = _("%(country)s, from its headquarters") % {"country": place}
    said = _("%(name)s (%(country)s)") % {"name": name, "country": place}
    link = f"/organizations/{one['id']}/" if one["id"] else ""
    return Line(", ".join((said, *more)), link, one["id"])


def _investors(facts: Facts) -> list[Line]:
    currency = facts["amount"]["currency"]
    return [_organization(one, _investor(one, currency)) for one in facts["investors"]]


def _investor(one: Facts, currency: str) -> tuple[str, ...]:
    said = []
    if one["lead"] is not None:
        said.append(pgettext("investor", "lead") if one["lead"] else _("not the lead"))
    if one["contribution"] is not None:
        said.append(exactly(one["contribution"], currency))
    if one["stake"] is not None:
        said.append(stake(one["stake"]))
    return tuple(said)


def _date(facts: Facts) -> list[Line]:
    when = facts["date"]
    if not when["first"]:
        return []
    basis = _("day of completion") if when["basis"] == "completed" else _("as announced")
    return [Line(deal_date(when), note=basis)]


def _amount(facts: Facts) -> list[Line]:
    amount = facts["amount"]
    if amount["state"] == "undisclosed":
        return [Line(_("undisclosed"), note=amount["currency"])]
    said = exactly(amount["low"], amount["currency"])
    if amount["state"] == "range":
        ends = {"low": said, "high": exactly(amount["high"], amount["currency"])}
        said = _("%(low)s to %(high)s") % ends
    elif amount["state"] == "approximate":
        said = _("about %(amount)s") % {"amount": said}
    found = [Line(said, note=_euros(facts))]
    if amount["text"]:
        found.append(Line(_("written as “%(text)s”") % {"text": amount["text"]}))
    return found


def _euros(facts: Facts) -> str:
    """In euros, with the sentence about the rate; nothing for an amount in euros."""
    amount, when = facts["amount"], facts["date"]
    if amount["currency"] == "EUR":
        return ""
    first, last = (
        date.fromisoformat(when[end]) if when[end] else None for end in ("first", "last")
    )
    rates = rates_for(
        amount["currency"],
        DealDate(first, last, Precision(when["precision"])),
        today=timezone.now().date(),
    )
    if rates.eur is None:
        return rates.note
    ends = [money(Decimal(amount[end]) * rates.eur) for end in ("low", "high")]
    said = " – ".join(dict.fromkeys(ends))
    return _("= %(euros)s; %(rate)s") % {"euros": said, "rate": rates.note}


def _history(facts: Facts) -> list[Line]:
    return [_step(step) for step in facts["status_history"]]


def _step(step: Facts) -> Line:
    said = words(step["status"])
    if step["first"]:
        said = _("%(when)s: %(what)s") % {"when": deal_date(step), "what": said}
    return Line(said, note=", ".join(filter(None, (step["authority"], step["reason"]))))


def _sources(facts: Facts) -> list[Line]:
    return [source_line(one) for one in facts["sources"]]


def source_line(one: Facts) -> Line:
    """A source with what it speaks of, what it says there, and where."""
    name = one["title"] or one["url"]
    if one["publisher"]:
        name = _("%(title)s, %(publisher)s") % {"title": name, "publisher": one["publisher"]}
    if one["published_on"]:
        name = _("%(title)s, %(day)s") % {"title": name, "day": day(one["published_on"])}
    said = [_("for: %(fact)s") % {"fact": title(one["field"])}] if one["field"] in TITLES else []
    if one["stated"]:
        said.append(_("says: %(stated)s") % {"stated": one["stated"]})
    if one["quote"]:
        said.append(_("“%(quote)s”") % {"quote": one["quote"]})
    if one["locator"]:
        said.append(one["locator"])
    return Line(name, web_address(one["url"]), " · ".join(said))


def web_address(url: str) -> str:
    """Only what leads to a page of the web may be a link."""
    return url if url.lower().startswith(("http://", "https://")) else ""


def _choices(facts: Facts) -> list[Line]:
    return [
        Line(_("%(fact)s: %(why)s") % {"fact": title(name) if name in TITLES else name, "why": why})
        for name, why in facts["choices"].items()
    ]


def _part_of(facts: Facts) -> list[Line]:
    whole = facts["part_of"]
    return [Line(whole, f"/deals/{whole}/")] if whole else []


def _sectors(facts: Facts) -> list[Line]:
    return [Line(words(code)) for code in sorted(facts["sectors"])]


def _titled(name: str) -> Callable[[Facts], list[Line]]:
    return lambda facts: [Line(words(facts[name]))] if facts[name] else []


def _said(name: str) -> Callable[[Facts], list[Line]]:
    return lambda facts: [Line(_(SAID.get(facts[name]) or facts[name]))] if facts[name] else []


def _text(name: str) -> Callable[[Facts], list[Line]]:
    return lambda facts: [Line(facts[name])] if facts[name] else []


WRITERS: dict[str, Callable[[Facts], list[Line]]] = {
    "target": _target,
    "kind": _titled("kind"),
    "round_type": _titled("round_type"),
    "status": _titled("status"),
    "status_history": _history,
    "date": _date,
    "recorded_on": lambda facts: [Line(day(facts["recorded_on"]))] if facts["recorded_on"] else [],
    "amount": _amount,
    "investor_list": _said("investor_list"),
    "investors": _investors,
    "ai": _said("ai"),
    "ai_basis": _text("ai_basis"),
    "sectors": _sectors,
    "part_of": _part_of,
    "population": _text("population"),
    "external_id": _text("external_id"),
    "notes": _text("notes"),
    "choices": _choices,
    "sources": _sources,
}
