"""A deal's facts (deals/feeds/facts.py) in words, and two or three versions of them side by side.

What is compared is shown exactly: two amounts that round to the same text would look like no
difference at all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from deals.feeds.facts import Facts
from deals.rules.vocab import SECTORS
from deals.templatetags.formats import country, day, deal_date, words

TITLES = {
    "target_name": "Target",
    "target_country": "Country of the target",
    "target_country_basis": "Basis of the target’s country",
    "kind": "Kind",
    "round_type": "Round",
    "status": "Status",
    "status_history": "Status history",
    "date": "Date",
    "recorded_on": "Recorded by the supplier",
    "amount": "Amount",
    "amount_text": "Amount as written",
    "investor_list": "Investor list",
    "ai": "AI",
    "ai_basis": "Basis of the AI judgement",
    "sectors": "Sectors",
    "part_of": "Part of",
    "population": "Population",
    "external_id": "Supplier’s id",
    "notes": "Notes",
    "investors": "Investors",
    "sources": "Sources",
}
NOTHING = "not stated"
LISTS = ("investors", "sources", "sectors")
AMOUNT_WORDS = {"exact": "", "approximate": "about "}


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact on several sides, each a list of lines; `same` counts lines that all sides share."""

    name: str
    sides: tuple[tuple[str, ...], ...]
    same: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A deal as a list shows it, from its facts alone."""

    target: str
    country: str
    date: str
    what: str
    amount: str
    investors: str


def line(facts: Facts) -> Line:
    """The facts of one deal in a row."""
    kind = str(facts.get("kind") or "")
    round_type = str(facts.get("round_type") or "")
    what = words(round_type if kind == "funding_round" and round_type else kind)
    return Line(
        target=str(facts.get("target_name") or NOTHING),
        country=country(facts.get("target_country")),
        date=_date(facts.get("date")),
        what=what.partition(" (")[0],
        amount=_amount(facts.get("amount")),
        investors=_names(facts),
    )


def differences(names: Iterable[str], *sides: Facts | None) -> list[Difference]:
    """The named facts on every side; a side of None has nothing to say and stays empty.

    Of long lists only what differs is spelled out.
    """
    found = []
    for name in names:
        texts = [_lines(name, side) if side is not None else () for side in sides]
        shared: set[str] = set()
        if name in LISTS:
            told = [set(text) for text, side in zip(texts, sides, strict=True) if side is not None]
            shared = set.intersection(*told) if len(told) > 1 else set()
            texts = [tuple(one for one in text if one not in shared) for text in texts]
        found.append(
            Difference(TITLES.get(name, name.replace("_", " ")), tuple(texts), len(shared))
        )
    return found


def titles(names: Iterable[str]) -> list[str]:
    """Names of facts as pages write them."""
    return [TITLES.get(name, name.replace("_", " ")) for name in names]


def _lines(name: str, facts: Facts) -> tuple[str, ...]:
    value = facts.get(name)
    if name == "investors":
        currency = (facts.get("amount") or {}).get("currency", "")
        return tuple(_investor(one, currency) for one in value or ()) or ("none named",)
    writer = WRITERS.get(name)
    if writer is None:
        return (str(value) if value not in (None, "") else NOTHING,)
    written = writer(value)
    return written if isinstance(written, tuple) else (written,)


def _investor(investor: Sequence[Any], currency: str) -> str:
    name, place, _basis, lead, contribution, stake = [*investor, *[None] * 6][:6]
    said = [f"{name or 'not named'} ({country(place)})"]
    if lead:
        said.append("lead")
    if contribution is not None:
        said.append(_money(contribution, currency))
    if stake is not None:
        said.append(f"{stake} %")
    return ", ".join(said)


def _names(facts: Facts, most: int = 3) -> str:
    investors = facts.get("investors") or []
    if not investors:
        return "not published"
    said = [f"{one[0] or 'not named'} ({one[1] or '?'})" for one in investors[:most]]
    more = len(investors) - most
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")


def _date(value: Any) -> str:
    if not value or not value.get("first"):
        return "not known"
    basis = ", date of completion" if value.get("basis") == "completed" else ""
    return f"{deal_date(value)}{basis}"


def _amount(value: Any) -> str:
    if not value or value.get("low") is None:
        return "undisclosed"
    low = _money(value["low"], value.get("currency", ""))
    if value.get("state") == "range":
        return f"{low} to {_money(value['high'], value.get('currency', ''))}"
    return f"{AMOUNT_WORDS.get(value.get('state'), '')}{low}"


def _money(value: Any, currency: str) -> str:
    """Every digit: "USD 12,340,000"."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return f"{currency} {value}".strip()
    whole = amount == amount.to_integral_value()
    return f"{currency} {amount:,.0f}".strip() if whole else f"{currency} {amount:,.2f}".strip()


def _history(value: Any) -> tuple[str, ...]:
    said = []
    for step in value or ():
        when = f"{deal_date(step)}: " if step.get("first") else ""
        more = ", ".join(filter(None, (step.get("authority"), step.get("reason"))))
        said.append(f"{when}{words(step['status'])}{f' ({more})' if more else ''}")
    return tuple(said) or (NOTHING,)


def _sources(value: Any) -> tuple[str, ...]:
    said = []
    for url, title, field, quote in value or ():
        about = f" for {TITLES.get(field, field).lower()}" if field else ""
        said.append(f"{title or url}{about}{f': “{quote}”' if quote else ''}")
    return tuple(said) or (NOTHING,)


def _word(value: Any) -> str:
    return words(value) if value else NOTHING


def _sectors(value: Any) -> tuple[str, ...]:
    return tuple(SECTORS.get(code, code) for code in value or ()) or (NOTHING,)


def _day(value: Any) -> str:
    return day(value) if value else NOTHING


def _country(value: Any) -> str:
    return country(value)


WRITERS: dict[str, Callable[[Any], str | tuple[str, ...]]] = {
    "target_country": _country,
    "kind": _word,
    "round_type": _word,
    "status": _word,
    "status_history": _history,
    "date": _date,
    "recorded_on": _day,
    "amount": _amount,
    "sectors": _sectors,
    "sources": _sources,
}
