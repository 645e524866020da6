"""Organizations found while a name is typed: in any script, in pinyin, by initials or by an id.

What is typed is folded as the stored spellings are (`deals.feeds.folding`). First come spellings
that begin with it, which an index gives in order; only where these are few are names asked that
have it inside, or are spelled nearly like it. Organizations that were merged lead to what they are
now, and invented ones are found only where they are asked for, after the real ones.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from deals.entry import lookup_sql as sql
from deals.feeds.folding import fold, is_chinese, read_forms, spellings_of, typed_forms
from deals.models import SearchName
from deals.rules.names import script_of

LONGEST_SEARCH = 300
# A part of a word, or a word with a wrong letter, says something only from so many letters on.
SHORTEST_INSIDE, SHORTEST_ALIKE = 3, 4
Kind = SearchName.Kind


@dataclass(frozen=True, slots=True)
class Found:
    """One organization as it is offered.

    `others` are its names in other scripts, one of each; `deals` counts live deals as target and as
    investor, of every kind, up to 1,000; `matched` says why it was found, where its own name does
    not show it.
    """

    public_id: str
    name: str
    country: str | None
    kind: str
    deals: int
    matched: str = ""
    others: tuple[str, ...] = ()
    generated: bool = False

    @property
    def many(self) -> bool:
        """Whether it has that many deals or more."""
        return self.deals >= sql.MOST_DEALS


def look_up(text: str, *, limit: int = 8, invented: bool = False) -> list[Found]:
    """Organizations for what was typed, the best first.

    In this order: the name as it stands, names that begin so, names with a word that begins so,
    pinyin and initials, names that have it inside, names spelled nearly so; with equal reason the
    one with more live deals. At most two queries; nothing for a text above 300 characters.
    """
    text = text.replace("\0", "").strip()
    if not text or len(text) > LONGEST_SEARCH:
        return []
    asked = _Asked(text, typed_forms(text), read_forms(text))
    rows = _rows(asked.beginning(), limit, invented)
    if len(rows) < limit and (fallback := asked.elsewhere()):
        known = {row["id"] for row in rows}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.NEAR_ENOUGH)
            more = _rows(fallback, limit, invented)
        rows = [*rows, *(row for row in more if row["id"] not in known)]
        rows.sort(key=lambda row: row["generated"])
    return [_found(row, text) for row in rows[:limit]]


def by_public_id(ids: Iterable[str], *, limit: int = 100) -> dict[str, Found]:
    """Organizations by the public ids that a form holds; one that was merged as what it is now."""
    wanted = sorted({i for i in ids if i and "\0" not in i})[:limit]
    if not wanted:
        return {}
    rows = _select(sql.BY_PUBLIC_ID, {"ids": wanted})
    return {row["asked"]: _found(row, "") for row in rows}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed, in the forms to look for; `read` is how Chinese characters are read."""

    text: str
    forms: Sequence[str]
    read: Sequence[str]

    def beginning(self) -> list[sql.Branch]:
        found = [sql.named(ids_in(self.text))] if ids_in(self.text) else []
        found += [sql.beginning(form) for form in self.forms]
        return found + [sql.beginning(form, read=True) for form in self.read]

    def elsewhere(self) -> list[sql.Branch]:
        inside = [f for f in (*self.forms, *self.read) if len(f) >= SHORTEST_INSIDE]
        # Other characters of the same sound are the usual slip in Chinese.
        spelled = self.read or self.forms[:1]
        alike = [form for form in spelled if len(form) >= SHORTEST_ALIKE]
        return [*map(sql.inside, inside), *map(sql.alike, alike)]


def ids_in(text: str) -> list[str]:
    """What may be an identifier in a text without blanks: a LEI, "Q184", "lei:5299…", the last
    part of an address; as it stands and in capitals."""
    if re.search(r"\s", text):
        return []
    last = text.rstrip("/").rpartition("/")[2].partition("?")[0]
    found = (text, last, last.partition(":")[2])
    return sorted({form for each in found if each for form in (each, each.upper(), each.lower())})


def _rows(branches: Sequence[sql.Branch], limit: int, invented: bool) -> list[dict[str, Any]]:
    text, params = sql.best(branches, limit=limit, invented=invented)
    return _select(text, params)


def _select(text: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _found(row: Mapping[str, Any], typed: str) -> Found:
    return Found(
        public_id=row["public_id"],
        name=row["name"],
        country=row["country"],
        kind=row["kind"],
        deals=row["deals"],
        matched=_why(row) if typed else "",
        others=_in_other_scripts(row["name"], row["names"]),
        generated=row["generated"],
    )


def _in_other_scripts(name: str, names: Iterable[str]) -> tuple[str, ...]:
    by_script = {script_of(name): ""}
    for other in names:
        by_script.setdefault(script_of(other), other)
    return tuple(other for other in by_script.values() if other)


def _why(row: Mapping[str, Any]) -> str:
    """Why it was found, in words; "" where its own name shows it."""
    spelling, way = row["text"], row["way"]
    if way == sql.ID:
        return str(spelling)
    if row["rank"] >= sql.ALIKE:
        return _("spelled nearly so")
    if way in (Kind.PINYIN, Kind.INITIALS):
        return _read_as(row)
    for name in (row["name"], *row["names"]):
        if spelling in spellings_of(name):
            same = name == row["name"] or fold(name) == fold(row["name"])
            return "" if same else _("also called %(name)s") % {"name": name}
    return ""


def _read_as(row: Mapping[str, Any]) -> str:
    names = [row["name"], *row["names"]]
    named = next((name for name in names if row["text"] in spellings_of(name)), row["name"])
    if row["way"] == Kind.PINYIN and is_chinese(named):
        return _("%(name)s in pinyin") % {"name": named}
    return _("the initials of %(name)s") % {"name": named}
