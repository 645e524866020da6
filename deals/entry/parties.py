"""From a sentence of an article that names investors to rows of the form.

"led by Northzone, with participation from Cathay Innovation and GV"
"领投方为红杉中国，凯辉基金跟投"

What comes out is a proposal that a person sees and corrects: a name is never looked up here, and
text that is no name is left out.
"""

import re
import unicodedata
from dataclasses import dataclass

from deals.entry import parties_words as words
from deals.rules.countries import country_code
from deals.rules.errors import RuleError
from deals.rules.names import LONGEST, clean_name, normalise, pieces

Rows = list[dict[str, str]]
LONGEST_LINE = 5_000
CLAUSES = (",", "，", ";", "；", "\n")
LISTS = (
    " and ", " und ", " et ", " sowie ", " as well as ", " ainsi que ", "、", " / ", " + ", "|",
    "·",
)  # fmt: skip
MOST_WORDS, MOST_HAN = 8, 24
YES, NO = "yes", "no"
BEFORE = {words.LEAD_BEFORE: YES, words.JOIN_BEFORE: NO, words.NOBODY_BEFORE: ""}


@dataclass(slots=True)
class _Found:
    """A name in the line. `clause` counts commas; `led` is "yes", "no" or "" where nothing says."""

    name: str
    country: str
    clause: int
    led: str


def investors_in(line: str) -> tuple[Rows, bool]:
    """Rows of the form in the order of the line, and whether it says that there were others.

    Each investor stands once; who led is marked, and who is said only to have joined. Never
    raises; of more than 5,000 characters only these are read.
    """
    text = _prepared(line[:LONGEST_LINE])
    partial = bool(words.SUCH_AS.search(text))
    for sign, pattern in words.WORDS:
        text = pattern.sub(sign, text)
    text, others = words.OTHERS.subn("", text)
    found, unnamed = _read(text)
    return _rows(found), partial or bool(others) or unnamed


def _prepared(line: str) -> str:
    """Plain spaces, bullets and ends of sentences as line ends, nothing that cannot be seen."""
    kept = "".join(c for c in line if c in "\n\t" or unicodedata.category(c)[0] != "C")
    text = words.BULLET.sub("\n", words.SUM.sub("", kept))
    text = words.SENTENCE_END.sub("\n", text)
    text = re.sub(r"\band (?=Co\b)", "& ", text)
    return "\n".join(" ".join(part.split()) for part in text.splitlines())


def _read(text: str) -> tuple[list[_Found], bool]:
    """Names with their roles, and whether somebody is mentioned without a name.

    A word in front holds for the names up to the next; one behind for those since the one before,
    or, where that stood in front of other names, for the last clause.
    """
    found: list[_Found] = []
    led, since, clause, unnamed = "", 0, 0, False
    for part in re.split(f"({words.SIGNS})", text):
        match part:
            case words.LEAD_BEFORE | words.JOIN_BEFORE | words.NOBODY_BEFORE:
                led, since, clause = BEFORE[part], len(found), clause + 1
            case words.ALSO_BEFORE:
                # Old shareholders come after those who led, unless a word behind them says more.
                led = NO if led or any(one.led == YES for one in found) else ""
            case words.LEAD_HERE:
                _mark(found[-1:], YES)
            case words.LEAD_AFTER | words.JOIN_AFTER:
                last = [one for one in found[since:] if not led or one.clause == clause]
                _mark(last, YES if part == words.LEAD_AFTER else NO)
                led, since = "", len(found)
            case _:
                listed, clause, nameless = _names(part, clause, led)
                found += listed
                unnamed = unnamed or nameless
    return found, unnamed


def _mark(found: list[_Found], led: str) -> None:
    for one in found:
        one.led = led


def _names(text: str, clause: int, led: str) -> tuple[list[_Found], int, bool]:
    """The names in a text without role words, the number of its last clause, and whether there
    are some without a name."""
    found, unnamed = [], False
    for at, part in enumerate(pieces(text, CLAUSES)):
        clause += at > 0 or text.lstrip(" ").startswith(CLAUSES)
        for piece in _listed(part):
            bare, country = _country(piece)
            name = _bare(bare)
            if words.UNNAMED.fullmatch(name) or (country and not name):
                unnamed = True
            elif _is_name(name):
                found.append(_Found(name, country, clause, led))
    return found, clause + text.rstrip(" ").endswith(CLAUSES), unnamed


def _listed(clause: str) -> list[str]:
    """The names that a clause joins with "and" or 和, which also stands inside of names."""
    return [name for piece in pieces(f" {clause} ", LISTS) for name in _han_listed(piece)]


def _han_listed(piece: str) -> list[str]:
    for match in words.HAN_JOIN.finditer(piece):
        left, right = piece[: match.start()].strip(), piece[match.end() :].strip()
        if len(left) > 1 and len(right) > 1 and not words.HAN_COMMON.fullmatch(right):
            return [left, *_han_listed(right)]
    return [piece]


def _country(piece: str) -> tuple[str, str]:
    """A name and the code of the country in a bracket behind it: (DE), [CN], (Berlin, Germany)."""
    for match in words.BRACKET.finditer(piece):
        code = _code(match["inside"]) or _code(re.split("[,，]", match["inside"])[-1])
        if code:
            return (piece[: match.start()] + piece[match.end() :]).strip(), code
    return piece, ""


def _code(text: str) -> str:
    try:
        return country_code(text) or ""
    except RuleError:
        return ""


def _bare(piece: str) -> str:
    name = piece.strip().strip("“”\"'「」『』").strip(" .:：。")
    while (shorter := words.ENDING.sub("", words.EDGE.sub("", name)).strip(" :：,")) != name:
        name = shorter
    # The dot of a legal form is part of the name.
    return f"{name}." if re.search(rf"{re.escape(name)}\.", piece) and _abbreviated(name) else name


def _abbreviated(name: str) -> bool:
    return bool(re.search(r"(?:\b(?:ltd|inc|co|corp)|\.[a-z])$", name, re.IGNORECASE))


def _is_name(name: str) -> bool:
    if not any(char.isalpha() for char in name) or len(name) > LONGEST:
        return False
    han = sum(char >= "一" for char in name)
    return han <= MOST_HAN and len(name.split()) <= MOST_WORDS and not words.REST.search(name)


def _rows(found: list[_Found]) -> Rows:
    """One row a name; of a name that comes twice, what says more."""
    rows: dict[str, dict[str, str]] = {}
    for one in found:
        name = clean_name(one.name)
        row = rows.setdefault(
            normalise(name),
            {"id": "", "name": name, "country": "", "lead": "", "contribution": "", "stake": ""},
        )
        row["country"] = row["country"] or one.country
        row["lead"] = YES if YES in (one.led, row["lead"]) else row["lead"] or one.led
    return list(rows.values())
