"""Numbers, money, dates and places as readers see them: 2,165 · 3.7 % · €11.2 bn · 9 Sep 2021."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import localised
from deals.flows.definition import place_name
from deals.rules.counting import KINDS, STATUSES
from deals.rules.vocab import ROUND_TYPES, SECTORS

register = template.Library()


def unknown() -> str:
    """What stands where a fact is not known."""
    return _("not known")


@register.filter
def number(value: int | str | Decimal | None) -> str:
    """2165 → "2,165"; None → "not known"."""
    return unknown() if value is None or value == "" else localised.decimal(Decimal(value))


@register.filter
def percent(share: str | Decimal | None, places: int = 1) -> str:
    """A share between 0 and 1 as a percentage: "0.037413" → "3.7 %".

    A share that is not nothing never reads as 0.0 %: it gets two places instead.
    """
    if share is None or share == "":
        return "–"
    value = Decimal(share) * 100
    if 0 < value < Decimal("0.05"):
        places = 2
    return localised.percent(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN))


@register.filter
def stake(value: Decimal | str | None) -> str:
    """A number of per cent with the digits that it was stated with: "12.50" → "12.5 %"."""
    return "–" if value is None else localised.percent(Decimal(f"{Decimal(value).normalize():f}"))


@register.filter
def money(value: str | Decimal | None, currency: str = "EUR") -> str:
    """An amount with three leading digits at most: "11160000000.00" → "€11.2 bn"."""
    return "–" if value is None or value == "" else localised.money(Decimal(value), currency)


@register.filter
def day(value: date | datetime | str | None) -> str:
    """2021-09-09 → "9 Sep 2021"; takes dates, times and ISO texts."""
    if value is None or value == "":
        return unknown()
    if isinstance(value, str):
        return localised.day(date.fromisoformat(value[:10]))
    return localised.day(value.date() if isinstance(value, datetime) else value)


@register.filter
def deal_date(value: dict[str, Any]) -> str:
    """A deal's date with its precision: "9 Sep 2021", "Sep 2021", "Q1 2024", "2021"."""
    first, last, precision = value["first"], value["last"], value["precision"]
    if not first:
        return unknown()
    match precision:
        case "day":
            return day(first)
        case "month":
            return localised.month(date.fromisoformat(first))
        case "quarter":
            return localised.quarter(date.fromisoformat(first))
        case "year":
            return str(int(first[:4]))
    return f"{day(first)} – {day(last)}"


@register.filter
def country(code: str | None) -> str:
    """DE → "Germany"; blank → "not known"."""
    return localised.country_name(code) if code else unknown()


@register.filter
def place(codes: Iterable[str]) -> str:
    """Region and country codes as a phrase; "anywhere" for none."""
    return place_name(tuple(codes), country)


@register.filter
def words(code: str) -> str:
    """The title of a kind, status, round or sector: "divestment_ordered" → its title."""
    return _(_TITLES[code]) if code in _TITLES else code.replace("_", " ")


_TITLES = KINDS | STATUSES | ROUND_TYPES | SECTORS


@register.filter
def what(deal: dict[str, Any]) -> str:
    """What a deal document is in a word or two: the round where there is one, else the kind."""
    named = ROUND_TYPES.get(deal["round_type"] or "")
    if named and deal["kind"] == "funding_round":
        return _(named)
    return short_title(KINDS[deal["kind"]])


def short_title(title: str) -> str:
    """A title without what stands in brackets behind it, in the reader's language."""
    return _(title).partition(" (")[0].partition("（")[0]


@register.filter
def deal_amount(amount: dict[str, Any]) -> str:
    """An amount as it was stated: "US$220 m", "about CN¥100 m", "€10 m – €100 m", "undisclosed"."""
    if amount["state"] == "undisclosed":
        return _("undisclosed")
    low = money(amount["low"], amount["currency"])
    if amount["state"] == "range":
        return f"{low} – {money(amount['high'], amount['currency'])}"
    return _("about %(amount)s") % {"amount": low} if amount["state"] == "approximate" else low


@register.filter
def investors(deal: dict[str, Any], most: int = 4) -> str:
    """Names with countries, "and 3 more" after the fourth; says when the list is not whole."""
    named = [
        f"{part['name'] or _('not named')} ({part['country'] or '?'})" for part in deal["investors"]
    ]
    if not named:
        return _("not published")
    text = ", ".join(named[:most])
    if more := len(named) - len(named[:most]):
        count = {"names": text, "more": number(more)}
        text = ngettext("%(names)s and %(more)s more", "%(names)s and %(more)s more", more) % count
    return (
        _("%(names)s, and others") % {"names": text} if deal["investor_list"] == "partial" else text
    )
