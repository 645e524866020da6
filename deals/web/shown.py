"""A deal's document in the words of a reader: what stands in a row, and what its marks are."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.localised import decimal
from deals.rules.counting import KINDS, STATUSES
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.templatetags.formats import country, deal_date, money

Document = dict[str, Any]
# Beyond these a row says how many more there are; the deal's own page names them all.
INVESTORS_IN_A_ROW = 4
UNNAMED = gettext_noop("an investor nobody names")
# Statuses that a reader must not take for a completed deal.
STATUS_MARKS = {
    "rumoured": "warn",
    "announced": "warn",
    "withdrawn": "bad",
    "blocked": "bad",
    "terminated": "bad",
    "divestment_ordered": "bad",
    "unwound": "bad",
}
AI_WORDS = {
    "yes": gettext_noop("AI"),
    "no": gettext_noop("not AI"),
    "unknown": gettext_noop("AI not known"),
}
# How the country of an organization is known.
COUNTRY_BASES = {
    "stated": gettext_noop("stated"),
    "headquarters": gettext_noop("headquarters"),
    "unknown": gettext_noop("unknown"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A small label beside a name; `tone` is "", "warn", "bad" or "generated"."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """An organization as a row shows it."""

    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of deals."""

    id: str
    date: str
    target: Named
    investors: tuple[Named, ...]
    more_investors: int
    investor_list: str
    kind: str
    round: str
    amount: str
    in_euro: str
    status: Mark
    sources: int
    marks: tuple[Mark, ...]


def row(document: Document) -> Row:
    """A document as one line."""
    investors = [named(investor) for investor in document["investors"]]
    return Row(
        id=document["id"],
        date=deal_date(document["date"]),
        target=named(document["target"]),
        investors=tuple(investors[:INVESTORS_IN_A_ROW]),
        more_investors=max(0, len(investors) - INVESTORS_IN_A_ROW),
        investor_list=document["investor_list"],
        kind=_(KINDS[document["kind"]]),
        round=round_title(document),
        amount=amount(document),
        in_euro=converted(document, "eur"),
        status=status(document),
        sources=len({(source["title"], source["url"]) for source in document["sources"]}),
        marks=tuple(marks(document)),
    )


def named(organization: dict[str, Any]) -> Named:
    """Name and country of a target or an investor; an unnamed investor is said to be one."""
    return Named(organization["name"] or _(UNNAMED), country(organization["country"]))


def marks(document: Document) -> list[Mark]:
    """What must not be overlooked about a target: invented, or not (known to be) AI."""
    found = []
    if document["generated"]:
        found.append(Mark(_("generated"), "generated"))
    if document["ai"] != "yes":
        found.append(Mark(_(AI_WORDS[document["ai"]])))
    return found


def status(document: Document) -> Mark:
    """The status, coloured unless the deal is simply completed."""
    return Mark(_(STATUSES[document["status"]]), STATUS_MARKS.get(document["status"], ""))


def amount(document: Document) -> str:
    """The amount in its own currency: "US$220 m", "about €1 bn", "US$30 m to US$50 m"."""
    stated = document["amount"]
    return _money(stated["state"], stated["low"], stated["high"], stated["currency"])


def converted(document: Document, code: str) -> str:
    """The amount in "eur", "usd" or "cny"; empty when there is none, or nothing to convert."""
    stated = document["amount"]
    other = stated[code]
    if not other or stated["currency"] == code.upper():
        return ""
    return _money(stated["state"], other["low"], other["high"], code.upper())


def _money(state: str, low: str | None, high: str | None, currency: str | None) -> str:
    if low is None:
        return _("undisclosed")
    return stated_as(state, money(low, currency or ""), money(high, currency or ""))


def stated_as(state: str, low: str, high: str) -> str:
    """An amount in words as exact as it was stated: "about …", "… to …"."""
    if state == "range":
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    return _("about %(amount)s") % {"amount": low} if state == "approximate" else low


def exactly(value: str | None, currency: str | None) -> str:
    """Every digit of an amount, for the deal's own page: "USD 220,000,000"."""
    if value is None:
        return ""
    number = Decimal(value)
    whole = number == number.to_integral_value()
    shown = decimal(number.quantize(Decimal(1) if whole else Decimal("0.01")))
    return f"{currency or ''} {shown}".strip()


def sectors(document: Document) -> str:
    return ", ".join(_(SECTORS.get(code, code)) for code in document["sectors"])


def round_title(document: Document) -> str:
    """The type of the round; empty where none is stated."""
    title = ROUND_TYPES.get(document["round_type"] or "")
    return _(title) if title else ""
