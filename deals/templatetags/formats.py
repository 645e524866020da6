"""Numbers, money, dates and places as readers see them: 2,165 · 3.7 % · €11.2 bn · 9 Sep 2021."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django import template

from deals.flows.definition import place_name
from deals.rules.counting import KINDS, STATUSES
from deals.rules.countries import country_name
from deals.rules.vocab import ROUND_TYPES, SECTORS

register = template.Library()

# A narrow space that no line break splits, between a number and its unit.
NARROW = "\u202f"
UNKNOWN = "not known"
SIGNS = {"EUR": "€", "USD": "US$", "CNY": "CN¥", "GBP": "£"}
SCALES = (
    (Decimal(10) ** 12, "tn"),
    (Decimal(10) ** 9, "bn"),
    (Decimal(10) ** 6, "m"),
    (Decimal(10) ** 3, "k"),
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@register.filter
def number(value: int | str | Decimal | None) -> str:
    """2165 → "2,165"; None → "not known"."""
    return UNKNOWN if value is None or value == "" else f"{Decimal(value):,f}"


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
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    return f"{rounded}{NARROW}%"


@register.filter
def money(value: str | Decimal | None, currency: str = "EUR") -> str:
    """An amount with three leading digits at most: "11160000000.00" → "€11.2 bn"."""
    if value is None or value == "":
        return "–"
    amount = Decimal(value)
    sign = SIGNS.get(currency, f"{currency}{NARROW}")
    for size, word in SCALES:
        # What would round up to a thousand of one unit belongs to the next.
        if amount >= size * Decimal("0.9995"):
            return f"{sign}{_three_digits(amount / size)}{NARROW}{word}"
    return f"{sign}{amount.quantize(Decimal(1), ROUND_HALF_EVEN)}"


def _three_digits(value: Decimal) -> str:
    """10.25 → "10.2", 340.6 → "341", 1 → "1"; zeros behind the point carry nothing."""
    places = 0 if value >= Decimal("99.95") else 1
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    return f"{int(rounded)}" if rounded == int(rounded) else f"{rounded}"


@register.filter
def day(value: date | datetime | str | None) -> str:
    """2021-09-09 → "9 Sep 2021"; takes dates, times and ISO texts."""
    if value is None or value == "":
        return UNKNOWN
    found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


@register.filter
def deal_date(value: dict[str, Any]) -> str:
    """A deal's date with its precision: "9 Sep 2021", "Sep 2021", "Q1 2024", "2021"."""
    first, last, precision = value["first"], value["last"], value["precision"]
    if not first:
        return UNKNOWN
    year, month = int(first[:4]), int(first[5:7])
    match precision:
        case "day":
            return day(first)
        case "month":
            return f"{MONTHS[month - 1]} {year}"
        case "quarter":
            return f"Q{(month + 2) // 3} {year}"
        case "year":
            return str(year)
    return f"{day(first)} – {day(last)}"


@register.filter
def country(code: str | None) -> str:
    """DE → "Germany"; blank → "not known"."""
    return country_name(code) if code else UNKNOWN


@register.filter
def place(codes: Iterable[str]) -> str:
    """Region and country codes as a phrase; "anywhere" for none."""
    return place_name(tuple(codes))


@register.filter
def words(code: str) -> str:
    """The title of a kind, status, round or sector: "divestment_ordered" → its title."""
    return _TITLES.get(code, code.replace("_", " "))


_TITLES = KINDS | STATUSES | ROUND_TYPES | SECTORS


@register.filter
def what(deal: dict[str, Any]) -> str:
    """What a deal document is in a word or two: the round where there is one, else the kind."""
    if deal["kind"] == "funding_round" and deal["round_type"]:
        return ROUND_TYPES.get(deal["round_type"], deal["round_type"])
    return KINDS[deal["kind"]].split(" (")[0]


@register.filter
def deal_amount(amount: dict[str, Any]) -> str:
    """An amount as it was stated: "US$220 m", "about CN¥100 m", "€10 m – €100 m", "undisclosed"."""
    if amount["state"] == "undisclosed":
        return "undisclosed"
    low = money(amount["low"], amount["currency"])
    if amount["state"] == "range":
        return f"{low} – {money(amount['high'], amount['currency'])}"
    return f"about {low}" if amount["state"] == "approximate" else low


@register.filter
def investors(deal: dict[str, Any], most: int = 4) -> str:
    """Names with countries, "and 3 more" after the fourth; says when the list is not whole."""
    named = [
        f"{part['name'] or 'not named'} ({part['country'] or '?'})" for part in deal["investors"]
    ]
    if not named:
        return "not published"
    text = ", ".join(named[:most])
    if len(named) > most:
        text += f" and {len(named) - most} more"
    return f"{text}, and others" if deal["investor_list"] == "partial" else text
