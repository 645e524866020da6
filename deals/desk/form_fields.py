"""What the form of a deal shows: its fields, rows, choices, faults, and what was there before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from deals.desk.fact_lines import title
from deals.desk.form_names import unclear
from deals.desk.form_options import CURRENCIES, country_options, options
from deals.entry.facts import CITABLE, SOURCE
from deals.entry.lookup import by_public_id
from deals.entry.reading import Fault
from deals.entry.typed import INVESTOR, STEP, Typed, is_empty
from deals.rules.vocab import SECTORS
from deals.templatetags.formats import country, words

# Whose old value is shown beside the new one; of these, codes are shown as words.
SHOWN_BEFORE = (
    "kind", "round_type", "status", "date", "date_basis", "recorded_on", "amount", "currency",
    "investor_list", "ai", "ai_basis", "part_of", "external_id", "notes",
)  # fmt: skip
IN_WORDS = ("kind", "round_type", "status")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Was:
    """What the register says of a field: its code, the words for it, and whether it is changed."""

    field: str
    code: str
    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Why a value was chosen of which sources disagree."""

    fact: str
    title: str
    value: str
    shown: bool
    fault: str


def fields(
    typed: Typed, *, faults: Sequence[Fault] = (), before: Typed | None = None, spare: int = 1
) -> dict[str, Any]:
    """The context of the form. `before` is the live version as typed; `spare` counts empty rows."""
    said = {fault.field: fault.message for fault in reversed(faults)}
    sources = _rows("sources", typed, before, said, SOURCE, 0)
    for row in sources:
        row["kept"] = [(name, row[name]) for name in SOURCE if name != "kind"]
    # Only where something is wrong, as a page that is opened has asked nothing yet.
    asked = unclear(typed) if faults else {}
    investors = _rows("investors", typed, before, said, INVESTOR, spare)
    for row in investors:
        row["choices"] = asked.get(f"investors-{row['number']}", [])
    first = next((row for row in sources if row["mark"] == "new"), None)
    first = first or _row("sources", len(sources), dict.fromkeys(SOURCE, ""), said)
    others = [row for row in sources if row is not first]
    spares = range(len(sources) + 1, len(sources) + spare)
    others += [_row("sources", n, dict.fromkeys(SOURCE, ""), said) for n in spares]
    return {
        "typed": typed,
        "faults": faults,
        "fault": {name.replace("-", "_"): message for name, message in said.items()},
        "before": before,
        "marked": before is not None,
        "was": _was(typed, before),
        "first_source": first,
        "reads": bool(typed["amount"] or typed["date"]) and not {"amount", "date"} & said.keys(),
        "sources": others,
        "target_choices": asked.get("target", []),
        "investors": investors,
        "history": _rows("status_history", typed, None, said, STEP, spare),
        "history_open": bool(typed["status_history"]) or any("status_history" in f for f in said),
        "gone_investors": _gone("investors", typed, before),
        "gone_sources": _gone("sources", typed, before),
        "whys": _whys(typed, said),
        "blank_investor": _row("investors", "NUMBER", dict.fromkeys(INVESTOR, ""), {}),
        "blank_source": _row("sources", "NUMBER", dict.fromkeys(SOURCE, ""), {}),
        "blank_step": _row("status_history", "NUMBER", dict.fromkeys(STEP, ""), {}),
        "citable": [(fact, title(fact)) for fact in CITABLE],
        "countries": country_options(),
        "organizations": by_public_id(row["id"] for row in (typed["target"], *typed["investors"])),
        "currencies": CURRENCIES,
        **options(),
    }


def key_of(name: str, row: Mapping[str, str]) -> str:
    """What tells a row from another one of its list."""
    if name == "investors":
        return row["id"] or row["name"].casefold().strip()
    return "\n".join(row[part] for part in ("kind", "url", "title", "field", "locator"))


def _rows(
    name: str,
    typed: Typed,
    before: Typed | None,
    said: Mapping[str, str],
    parts: Sequence[str],
    spare: int,
) -> list[Row]:
    old = {key_of(name, row): row for row in before[name]} if before else {}
    rows = []
    for number, texts in enumerate(typed[name]):
        row = _row(name, number, texts, said)
        # Rows of a history are in their order and few; nobody has to find the new one.
        if name != "status_history":
            was = old.get(key_of(name, texts))
            row["mark"] = "new" if was is None else "" if dict(was) == dict(texts) else "changed"
        rows.append(row)
    blank, free = dict.fromkeys(parts, ""), sum(is_empty(name, row) for row in typed[name])
    return rows + [_row(name, len(rows) + n, blank, said) for n in range(spare - free)]


def _row(name: str, number: int | str, texts: Mapping[str, str], said: Mapping[str, str]) -> Row:
    start = f"{name}-{number}-"
    fault = {key.removeprefix(start): text for key, text in said.items() if key.startswith(start)}
    return {**texts, "number": number, "at": str(number), "fault": fault, "mark": ""}


def _gone(name: str, typed: Typed, before: Typed | None) -> list[str]:
    """What the live version names and the form does not any more."""
    if before is None:
        return []
    here = {key_of(name, row) for row in typed[name]}
    said = ("name",) if name == "investors" else ("title", "url")
    return [
        next((row[part] for part in said if row[part]), _("not named"))
        for row in before[name]
        if key_of(name, row) not in here
    ]


def _was(typed: Typed, before: Typed | None) -> dict[str, Was]:
    if before is None:
        return {}
    found = {
        name: Was(name, before[name], _said(name, before[name]), before[name] != typed[name])
        for name in SHOWN_BEFORE
    }
    target, now = before["target"], typed["target"]
    for part, text in (("name", target["name"]), ("country", country(target["country"]))):
        found[f"target_{part}"] = Was(
            f"target-{part}", target[part], text or _("nothing"), target[part] != now[part]
        )
    titles = ", ".join(_(SECTORS.get(code, code)) for code in before["sectors"])
    changed = set(before["sectors"]) != set(typed["sectors"])
    code = " ".join(sorted(before["sectors"]))
    found["sectors"] = Was("sectors", code, titles or _("none"), changed)
    return found


def _said(name: str, value: str) -> str:
    if name in IN_WORDS and value:
        return words(value)
    named = dict(options().get(f"{name}s", ()))
    return str(named.get(value, value)) or _("nothing")


def _whys(typed: Typed, said: Mapping[str, str]) -> list[Choice]:
    """One for each fact for which a source can speak; shown where one says something else."""
    disputed = {row["field"] for row in typed["sources"] if row["stated"].strip()}
    return [
        Choice(
            fact=fact,
            title=title(fact),
            value=typed["choices"].get(fact, ""),
            shown=fact in disputed or fact in typed["choices"] or f"choice-{fact}" in said,
            fault=said.get(f"choice-{fact}", ""),
        )
        for fact in CITABLE
    ]
