"""What a column's header means: facts of the register, in English, German, French, Chinese and the
commonest words of eight more languages.

The words are deals/data/headers.csv. Besides facts it knows parts that make up a header: @target,
@investor, @country, @name and @id ("Country of the acquirer"), @deal for words that add nothing
("deal date"), and @other for what is no fact of a deal ("Founded on").
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from deals.feeds.fields import FIELDS
from deals.feeds.units import is_unit_word
from deals.rules.tables import read_table, several

LANGUAGES = {
    "en": "English", "de": "German", "fr": "French", "zh": "Chinese", "es": "Spanish",
    "it": "Italian", "nl": "Dutch", "pt": "Portuguese", "pl": "Polish", "sv": "Swedish",
    "ja": "Japanese", "ko": "Korean",
}  # fmt: skip
OURS = "the register’s own word"
OTHER = "@other"
BRACKETS = re.compile(r"[(\[{（【［][^)\]}）】］]*[)\]}）】］]?")
# Words run together in code: targetName, dealID. Han characters are words of their own.
CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")
# What is longer is no header, but a file that is cut wrongly.
LONGEST = 200
ATOM = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
HAN = re.compile(r"[\u3400-\u9fff]")
# Where a header is made of several facts, the one that stands first here is its subject.
SUBJECTS = (
    "currency", "amount", "contribution", "stake", "date_basis", "recorded_on", "announced_on",
    "lead", "source_url", "source_title", "source_quote", "status", "round_type", "kind",
    "sectors", "ai", "external_id", "investor_country", "target_country", "investors",
    "investor_name", "target_name", "notes",
)  # fmt: skip
ALONE = {
    "@target": ("target_name", 0.7),
    "@investor": ("investor_name", 0.8),
    "@name": ("target_name", 0.6),
    "@id": ("external_id", 0.8),
    "@country": ("target_country", 0.8),
}
NAMES = frozenset({"target_name", "investor_name", "investors"})
OF_THE_TARGET = frozenset({"sectors", "kind", "status", "ai", "notes", "source_url"})
PARTIES = {
    "investor": frozenset({"@investor", "investor_name", "investors"}),
    "target": frozenset({"@target", "target_name"}),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """One fact that a header may mean; `strength` from 0 to 1, `language` in words."""

    field: str
    strength: float
    language: str


@dataclass(frozen=True, slots=True)
class _Piece:
    fields: frozenset[str]
    languages: frozenset[str]


def meanings(header: str) -> list[Meaning]:
    """The facts that a header may mean, the likeliest first; OTHER for what is no fact."""
    if header in FIELDS:
        return [Meaning(header, 1.0, OURS)]
    atoms = _atoms(BRACKETS.sub(" ", header)) or _atoms(header)
    pieces, left = _pieces(atoms)
    if not pieces:
        return []
    language = _language(header, pieces)
    found = _whole(pieces[0]) if len(pieces) == 1 and not left else _composed(pieces, left)
    return [Meaning(field, strength, language) for field, strength in found.items() if strength > 0]


@cache
def known(header: str) -> bool:
    """Whether the header as a whole is a header's word in one of the languages."""
    atoms = _atoms(BRACKETS.sub(" ", header))
    fields = _words().get(tuple(atoms))
    return bool(fields) and not fields.fields <= {"@deal"} if fields else False


@cache
def language_of(header: str) -> str | None:
    """The one language in which this header is a word, None for several or none."""
    pieces, left = _pieces(_atoms(BRACKETS.sub(" ", header)))
    if HAN.search(header):
        return "zh"
    if not pieces or left or all(piece.fields == {"@deal"} for piece in pieces):
        return None
    languages = frozenset.intersection(*(piece.languages for piece in pieces))
    return next(iter(languages)) if len(languages) == 1 else None


def _atoms(text: str) -> list[str]:
    """Words of a header without case, accents and punctuation; Han characters one by one."""
    if len(text) > LONGEST:
        return []
    spaced = CAMEL.sub(" ", unicodedata.normalize("NFKC", text))
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(char)
    )
    return ATOM.findall(plain.casefold())


@cache
def _words() -> dict[tuple[str, ...], _Piece]:
    """What each word of the table means, by its atoms."""
    fields: dict[tuple[str, ...], set[str]] = {}
    languages: dict[tuple[str, ...], set[str]] = {}
    for row in read_table("headers"):
        for word in several(row["words"]):
            atoms = tuple(_atoms(word))
            fields.setdefault(atoms, set()).add(row["field"])
            languages.setdefault(atoms, set()).add(row["language"])
    return {
        atoms: _Piece(frozenset(found), frozenset(languages[atoms]))
        for atoms, found in fields.items()
    }


@cache
def _longest() -> int:
    return max(map(len, _words()))


def _pieces(atoms: Sequence[str]) -> tuple[list[_Piece], int]:
    """The header cut into known words, the longest first, and how many atoms are left over."""
    pieces: list[_Piece] = []
    left = at = 0
    while at < len(atoms):
        for size in range(min(_longest(), len(atoms) - at), 0, -1):
            if piece := _words().get(tuple(atoms[at : at + size])):
                pieces.append(piece)
                at += size
                break
        else:
            compound = list(_compound(atoms[at]))
            pieces += compound
            left += not compound and not is_unit_word(atoms[at])
            at += 1
    return pieces, left


def _compound(atom: str) -> Iterator[_Piece]:
    """The known ends of a word that is written as one, as in German: Investoren|land."""
    if len(atom) < 8 or HAN.search(atom):
        return
    for cut in range(5, len(atom) - 3):
        if (end := _words().get((atom[cut:],))) is not None:
            starts = (atom[:size] for size in range(cut, 4, -1))
            start = next((_words()[(word,)] for word in starts if (word,) in _words()), None)
            yield from filter(None, (start, end))
            return


def _language(header: str, pieces: Sequence[_Piece]) -> str:
    if HAN.search(header):
        return LANGUAGES["zh"]
    common = frozenset.intersection(*(piece.languages for piece in pieces)) or pieces[0].languages
    return next(name for code, name in LANGUAGES.items() if code in common)


def _whole(piece: _Piece) -> dict[str, float]:
    """Meanings of a header that is one known word."""
    facts = {field: 1.0 for field in piece.fields if field[0] != "@"}
    if OTHER in piece.fields:
        return {OTHER: 1.0}
    for part, (field, strength) in ALONE.items():
        if part in piece.fields and not facts:
            facts[field] = strength
    return facts


def _composed(pieces: Sequence[_Piece], left: int) -> dict[str, float]:
    """Meanings of a header of several words."""
    if any(piece.fields == {OTHER} for piece in pieces):
        return {OTHER: 0.8}
    telling = [piece for piece in pieces if "@deal" not in piece.fields] or list(pieces)
    strength = max(0.9 - 0.15 * left, 0.4)
    for party, marks in PARTIES.items():
        about = [piece for piece in telling if piece.fields & marks]
        rest = [piece for piece in telling if not piece.fields & marks]
        for part, field in (("@id", "id"), ("@country", "country"), ("@name", "name")):
            if about and any(part in piece.fields for piece in rest):
                return {f"{party}_{field}": strength}
    found = [field for field in SUBJECTS if any(field in piece.fields for piece in telling)]
    if not found:
        return _alone(telling, strength)
    if len(found) > 1 and any(field not in NAMES for field in found):
        # "Acquirer industries" are not the deal's, and "company category" is no name.
        if found[0] in OF_THE_TARGET and any(p.fields & PARTIES["investor"] for p in telling):
            return {OTHER: strength}
        found = [field for field in found if field not in NAMES]
    return {field: strength - 0.1 * at for at, field in enumerate(found[:3])}


def _alone(pieces: Sequence[_Piece], strength: float) -> dict[str, float]:
    for part, (field, share) in ALONE.items():
        if any(part in piece.fields for piece in pieces):
            return {field: strength * share}
    return {OTHER: strength} if any(OTHER in piece.fields for piece in pieces) else {}
