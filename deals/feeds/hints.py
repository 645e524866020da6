"""What a file says beside its columns: unit and currency, words for "not known", AI, no deals."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from deals.feeds.content import TESTS, Column
from deals.feeds.detect import Detected
from deals.feeds.headers import OTHER, meanings
from deals.feeds.mapping import Mapping
from deals.feeds.units import unit_of
from deals.feeds.words import AI_SHORT, USUAL, ai_words_in, is_unknown, pieces_of
from deals.rules.amounts import Amount, parse_amount
from deals.rules.errors import RuleError

# Facts whose words may look like "not known", and their tests.
ANSWERS = {"investor_list": "investor_list", "kind": "kind", "status": "status"}
UNIT_LINE = re.compile(
    r"单位|單位|angaben|beträge|amounts?\b|values?\b|figures|montants?\b"
    r"|\bin (?:mio|tsd|mrd|eur|usd)",
    re.IGNORECASE,
)
TOTALS = re.compile(
    r"(?:grand |sub)?total\b.*|sum|summe|gesamt(?:summe)?|insgesamt|合计|总计|总和|小计|sous-total"
    r"|(?:source|sources|quelle|quellen|note|notes|hinweis|remarque|来源|注|备注|数据来源)\s*[:：].*"
    r"|end of (?:file|report|export)|\(c\).*|©.*",
    re.IGNORECASE,
)
# More than any deal; a sum like it means that the cells are not in the header's unit.
TOO_MUCH = Decimal(10) ** 12
CORE = (("Artificial Intelligence", "Machine Learning"), ("人工智能", "机器学习", "大模型"))


@dataclass(frozen=True, slots=True)
class Money:
    """How bare numbers are read; `currency` is for cells that name none, None where nothing says.

    `why` is "" where nothing was found. `needed` tells whether cells lack a currency.
    """

    unit: Decimal
    currency: str | None
    why: str
    needed: bool


def money_of(detected: Detected, mapping: Mapping) -> Money:
    """Unit and currency from the header of the amount, the lines above the table, the cells."""
    column = mapping.columns.get("amount")
    if column is None:
        return Money(Decimal(1), None, "", False)
    amounts = [found for cell in column.filled if (found := _amount(cell, column.decimal))]
    numbers = [found for found in amounts if found.low is not None]
    bare = [found for found in numbers if found.currency is None]
    unit, currency = unit_of(column.header)
    why = f"header “{column.header}”" if unit != 1 or currency else ""
    if not why:
        for line in detected.preamble.splitlines():
            if UNIT_LINE.search(line):
                unit, currency = unit_of(line)
                why = f"the line “{line.strip()[:80]}” above the table"
    if not currency and detected.languages[:1] == ("zh",):
        currency, why = "CNY", why or "amounts without a currency in a Chinese file"
    seen = Counter(found.currency for found in numbers if found.currency)
    if not currency and bare and seen:
        currency = seen.most_common(1)[0][0]
        why = why or "most amounts that name a currency name this one"
    if bare and max(found.low or 0 for found in bare) * unit > TOO_MUCH:
        unit, why = Decimal(1), f"{why}, but its numbers are too large to be in that unit"
    return Money(unit, currency, why, bool(bare))


def _amount(text: str, decimal: str) -> Amount | None:
    try:
        return parse_amount(text, decimal=decimal)
    except RuleError:
        return None


def unknown_words(detected: Detected, mapping: Mapping) -> tuple[str, ...]:
    """The words for "not known" in the mapped columns, and the usual ones of the file's languages.

    Not those that mean something in one of them, since the profile's words hold for all columns:
    "none" is an answer to whether all investors are named.
    """
    seen: dict[str, None] = {}
    meant: set[str] = set()
    for field, column in mapping.columns.items():
        for cell in dict.fromkeys(cell for cell in column.cells if cell and is_unknown(cell)):
            seen.setdefault(cell, None)
            if field in ANSWERS and TESTS[ANSWERS[field]](column, cell):
                meant.add(cell.casefold())
    languages = ["en", *detected.languages, ""]
    if any("\u3400" <= char <= "\u9fff" for word in seen for char in word):
        languages.insert(1, "zh")
    usual = [word for language in dict.fromkeys(languages) for word in USUAL.get(language, ())]
    folded = {word.casefold() for word in seen} | meant
    words = [word for word in seen if word.casefold() not in meant]
    return (*words, *(word for word in usual if word.casefold() not in folded))


@dataclass(frozen=True, slots=True)
class AiHint:
    """The column that tells AI: `words` that it contains, or `values` for short entries like KI."""

    column: Column
    words: tuple[str, ...]
    values: dict[str, str]
    tags: bool


def ai_of(columns: Sequence[Column]) -> AiHint | None:
    """The column whose cells speak of AI: supplier's tags before descriptions."""
    tagged = [column for column in columns if _is(column, "sectors")]
    described = [column for column in columns if _is(column, "notes") or _is(column, OTHER)]
    for tags, group in ((True, tagged), (False, described)):
        best = max(group, key=lambda column: _ai_cells(column, tags), default=None)
        if best is not None and _ai_cells(best, tags):
            return _hint(best, tags)
    return None


def _is(column: Column, field: str) -> bool:
    return any(meaning.field == field for meaning in meanings(column.header))


def _ai_cells(column: Column, tags: bool) -> int:
    return sum(bool(ai_words_in(cell)) or (tags and _short(cell)) for cell in column.filled)


def _short(cell: str) -> bool:
    return len(cell) < 300 and any(piece.casefold() in AI_SHORT for piece in pieces_of(cell))


def _hint(column: Column, tags: bool) -> AiHint:
    found: dict[str, None] = {}
    for cell in column.filled:
        found |= dict.fromkeys(ai_words_in(cell))
    for core in CORE:
        if any(_han(word) == _han(core[0]) for word in found):
            found |= dict.fromkeys(core)
    values: dict[str, str] = {}
    if tags and any(_short(cell) and not ai_words_in(cell) for cell in column.filled):
        values = _values(column, found)
    return AiHint(column, tuple(found), values, tags)


def _han(text: str) -> bool:
    return "\u3400" <= text[-1] <= "\u9fff"


def _values(column: Column, words: Sequence[str] | dict[str, None]) -> dict[str, str]:
    """A rule for tags of two letters, which stand inside other words: only whole entries count."""
    short = {
        piece.upper() if piece.isascii() else piece
        for cell in column.filled
        for piece in pieces_of(cell)
        if piece.casefold() in AI_SHORT
    }
    marks = {mark for cell in column.filled for mark in re.findall(r"[;；|、，,]\s?", cell)}
    values = {"": "unknown"} | {f"*{word}*": "yes" for word in words}
    for word in sorted(short):
        values[word] = "yes"
        for mark in sorted(marks):
            values |= {f"{word}{mark}*": "yes", f"*{mark}{word}": "yes"}
            values |= {f"*{mark}{word}{mark}*": "yes"}
    return {**values, "*": "no"}


def no_deals(detected: Detected, mapping: Mapping) -> tuple[str, tuple[str, ...]] | None:
    """Rows that are not deals: totals, notes, the line that explains the header, empty deals."""
    target = mapping.columns.get("target_name")
    if target is None:
        return None
    words = [cell for cell in dict.fromkeys(target.cells) if cell and TOTALS.fullmatch(cell)]
    if target.place < len(detected.second) and detected.second[target.place]:
        words.insert(0, detected.second[target.place])
    if words:
        return target.header, tuple(words)
    return _without_date(mapping, target)


def _without_date(mapping: Mapping, target: Column) -> tuple[str, tuple[str, ...]] | None:
    """Companies without a deal: no date, and nothing else that a deal would have."""
    date = mapping.columns.get("announced_on")
    facts = ("amount", "round_type", "investor_name", "external_id", "source_url")
    others = [mapping.columns[fact] for fact in facts if fact in mapping.columns]
    if date is None or not others:
        return None
    blank = [at for at, cell in enumerate(date.cells) if not cell or is_unknown(cell)]
    said = (others[i].cells[at] for at in blank for i in range(len(others)))
    if not blank or len(blank) == len(date.cells) or any(w and not is_unknown(w) for w in said):
        return None
    if not all(target.cells[at] for at in blank):
        return None
    return date.header, tuple(dict.fromkeys(date.cells[at] for at in blank))
