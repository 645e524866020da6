"""The form of a deal as a person types it: all values are texts, "" where nothing is typed.

{"target": {"id", "name", "country"}, "kind", "round_type", "status",
 "status_history": [{"status", "date", "authority", "reason"}],
 "date", "date_basis", "recorded_on", "amount", "currency",
 "investors": [{"id", "name", "country", "lead", "contribution", "stake"}], "investor_list",
 "ai", "ai_basis", "sectors": [code], "part_of", "population", "external_id", "notes",
 "sources": [{"kind", "url", "title", "publisher", "published_on", "accessed_on", "field",
              "quote", "locator", "stated"}],
 "choices": {fact: why}, "reason"}

Texts may be half done or wrong; `deals.entry.reading` says what they mean. `lead` is "", "yes" or
"no". `population` is carried along and never taken from a form.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from deals.entry.facts import CITABLE, SOURCE, Facts
from deals.entry.money import typed_amount, typed_money
from deals.entry.reading_dates import typed_date
from deals.entry.sources import typed_source

Typed = dict[str, Any]

TARGET = ("id", "name", "country")
INVESTOR = ("id", "name", "country", "lead", "contribution", "stake")
STEP = ("status", "date", "authority", "reason")
PLAIN = (
    "kind", "round_type", "status", "date", "date_basis", "recorded_on", "amount", "currency",
    "investor_list", "ai", "ai_basis", "part_of", "external_id", "notes", "reason",
)  # fmt: skip
ROWS = {"status_history": STEP, "investors": INVESTOR, "sources": SOURCE}
# Beyond these a form is not a deal's; `reading` refuses less than that with a sentence.
MOST_ROWS = 150
# What a select or a date picker fills by itself does not make a row.
_BY_ITSELF = {"sources": frozenset({"kind", "field", "accessed_on"})}
_NUMBERED = re.compile(
    r"(?P<list>status_history|investors|sources)-(?P<row>[0-9]{1,4})-(?P<part>[a-z_]+)"
)
# PostgreSQL keeps neither in a text.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def empty() -> Typed:
    """A form in which nothing is typed."""
    return {
        **dict.fromkeys((*PLAIN, "population"), ""),
        "target": dict.fromkeys(TARGET, ""),
        **{name: [] for name in ROWS},
        "sectors": [],
        "choices": {},
    }


def blank() -> Typed:
    """The form of a new deal, with what most deals are and rows to type into."""
    usual = {"kind": "funding_round", "status": "completed", "ai": "yes"}
    return {
        **empty(),
        **usual,
        "date_basis": "announced",
        "investors": [dict.fromkeys(INVESTOR, "") for _ in range(2)],
        "sources": [dict.fromkeys(SOURCE, "") | {"kind": "page"}],
    }


def complete(typed: Mapping[str, Any]) -> Typed:
    """A form with every field and row whole, also where a draft was begun with a few only."""
    found = {**empty(), **typed}
    found["target"] = dict.fromkeys(TARGET, "") | dict(found["target"])
    for name, parts in ROWS.items():
        found[name] = [dict.fromkeys(parts, "") | dict(row) for row in found[name]]
    return found


def typed_of(facts: Facts) -> Typed:
    """A version as a person would type it; `read` gives its facts back."""
    when, amount = facts["date"], facts["amount"]
    same = ("kind", "round_type", "status", "investor_list", "ai", "ai_basis")
    carried = ("part_of", "population", "external_id", "notes")
    return empty() | {name: facts[name] for name in (*same, *carried)} | {
        "target": {name: facts["target"][name] or "" for name in TARGET},
        "status_history": [_step(step) for step in facts["status_history"]],
        "date": typed_date(when),
        "date_basis": when["basis"],
        "recorded_on": facts["recorded_on"] or "",
        "amount": typed_amount(amount),
        "currency": amount["currency"],
        "investors": [_investor(part) for part in facts["investors"]],
        "sectors": list(facts["sectors"]),
        "sources": [typed_source(one) for one in facts["sources"]],
        "choices": dict(facts["choices"]),
    }  # fmt: skip


def from_form(data: Mapping[str, Sequence[str]], *, compact: bool = True) -> Typed:
    """What was typed into a form, given as lists of values by name (or a QueryDict).

    Takes the named fields only and keeps rows in the order of their numbers; rows in which nothing
    is typed are left out, but not where `compact` is false: each row then stands at its number, so
    that names of fields still lead to it. Never raises.
    """
    lists = getattr(data, "lists", None)
    values = {str(name): list(found) for name, found in (lists() if lists else data.items())}
    typed = empty()
    for name in PLAIN:
        typed[name] = _text(values.get(name))
    typed["target"] = {part: _text(values.get(f"target-{part}")) for part in TARGET}
    typed["sectors"] = list(dict.fromkeys(_clean(code) for code in values.get("sectors", ())))
    for name, numbered in _numbered_rows(values).items():
        typed[name] = _compact(name, numbered) if compact else _in_place(name, numbered)
    whys = {fact: _text(values.get(f"choice-{fact}")) for fact in CITABLE}
    typed["choices"] = {fact: why for fact, why in whys.items() if why.strip()}
    return typed


def is_empty(name: str, row: Mapping[str, str]) -> bool:
    """Whether nothing was typed into a row of a list."""
    ignored = _BY_ITSELF.get(name, frozenset())
    return not any(value.strip() for part, value in row.items() if part not in ignored)


def _numbered_rows(
    values: Mapping[str, Sequence[str]],
) -> dict[str, dict[int, dict[str, str]]]:
    found: dict[str, dict[int, dict[str, str]]] = {name: {} for name in ROWS}
    for name, texts in values.items():
        match = _NUMBERED.fullmatch(name)
        if match and match["part"] in ROWS[match["list"]]:
            found[match["list"]].setdefault(int(match["row"]), {})[match["part"]] = _text(texts)
    return found


def _compact(name: str, numbered: Mapping[int, dict[str, str]]) -> list[dict[str, str]]:
    whole = [dict.fromkeys(ROWS[name], "") | row for _, row in sorted(numbered.items())]
    return [row for row in whole if not is_empty(name, row)][:MOST_ROWS]


def _in_place(name: str, numbered: Mapping[int, dict[str, str]]) -> list[dict[str, str]]:
    length = min(max(numbered, default=-1) + 1, MOST_ROWS)
    return [dict.fromkeys(ROWS[name], "") | numbered.get(at, {}) for at in range(length)]


def _text(values: Sequence[str] | None) -> str:
    return _clean(values[-1]) if values else ""


def _clean(text: str) -> str:
    return _UNSTORABLE.sub("", str(text)).replace("\r\n", "\n")


def _step(step: Mapping[str, Any]) -> dict[str, str]:
    said = {name: step[name] or "" for name in ("status", "authority", "reason")}
    return said | {"date": typed_date(step)}


def _investor(part: Mapping[str, Any]) -> dict[str, str]:
    return {
        **{name: part[name] or "" for name in ("id", "name", "country")},
        "lead": {True: "yes", False: "no", None: ""}[part["lead"]],
        "contribution": typed_money(part["contribution"]),
        "stake": _plain(part["stake"]),
    }


def _plain(stake: str | None) -> str:
    """12.5000 → 12.5"""
    return stake.rstrip("0").rstrip(".") if stake and "." in stake else stake or ""
