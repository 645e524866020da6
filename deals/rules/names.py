"""Names of organizations: cleaned for showing, reduced to a key for matching, split from lists."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from deals.rules.errors import RuleError, quoted

LONGEST = 300

# Legal forms at the end of a name, with dots and spaces already removed; "co kg" is two of them.
_FORMS_TEXT = """
    co company corp corporation inc incorporated ltd limited llc llp lp lllp plc pllc pc
    pte pty sdn bhd pvt private gmbh mbh ggmbh ug haftungsbeschränkt ag kg kgaa ohg gbr eg ev se
    sa sas sasu sarl eurl sca scs snc spa srl srls sl slu sau scr bv bvba nv vof cv ab publ asa as
    aps oy oyj abp ou oü kft zrt nyrt bt doo dd ad eood ood sp spzoo zoo sro kk gk jsc ojsc pjsc
    ooo oao pao zao
"""
_FORMS = frozenset(_FORMS_TEXT.split())
# A few are written as several words: "Sp. z o.o.", "S. A.", "A/S".
_SPACED_FORMS = (
    "sp z oo",
    "sp z o o",
    "s a",
    "s a s",
    "b v",
    "n v",
    "a s",
    "g m b h",
    "l l c",
    "s l",
)
_FORMS_AT_END = re.compile(rf"(?: (?:{'|'.join((*_SPACED_FORMS, *sorted(_FORMS)))}))+$")
_HAN_SUFFIX = re.compile(
    "(?:股份有限公司|有限责任公司|有限責任公司|有限公司|株式会社|有限会社|合同会社|주식회사|유한회사"
    "|(?:合伙企业)?(?:有限合伙|普通合伙|特殊普通合伙)|合伙企业|公司)+$"
)
_HAN_PREFIX = re.compile("^(?:株式会社|有限会社|合同会社|주식회사|유한회사)+")
# Marks that change the order or the look of text without being seen; kept out of stored names.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_ASCII_OTHER = re.compile("[^0-9A-Za-z]+")
_INITIALS = re.compile(r"\b\w(?:\.\w)+\b\.?")
# A cell may have a hundred thousand blanks: two repeats that both take them would never be done.
_BRACKET = re.compile(r"(?P<name>.*)[\[［【](?P<country>[^\[\]［］【】]*)[\]］】]")
_OPEN, _CLOSE = "([（［【", ")]）］】"


def clean_name(text: str) -> str:
    """The name as it is stored and shown: one line, single spaces, no control or bidi characters.

    Raises RuleError ``blank_name``, or ``name_too_long`` above 300 characters.
    """
    seen = _INVISIBLE.sub("", text)
    name = unicodedata.normalize("NFC", " ".join(_CONTROL.sub(" ", seen).split()))
    if not name:
        raise RuleError("blank_name", "The name is blank: give the name as the source writes it.")
    if len(name) > LONGEST:
        raise RuleError(
            "name_too_long",
            f"The name {quoted(name, 40)} has {len(name)} characters, more than {LONGEST}: a "
            "quotation mark is probably missing in the file, so that rows ran together.",
        )
    return name


# A file names most organizations more than once, and is gone through in several stages.
@lru_cache(maxsize=65_536)
def normalise(name: str) -> str:
    """The key under which spellings of one name meet: "Foo Co., Ltd." and "FOO" give "foo".

    Compatibility forms, case, legal forms, punctuation and white space go; traditional and
    simplified characters stay apart, as do accents. Applying it twice changes nothing. A name that
    consists of nothing else keeps it, so a name that is not blank never gives a blank key.
    """
    key = _reduced(name)
    # One word of Latin letters has nothing left that could go.
    if key.isascii() and key.isalnum():
        return key
    # Removing one thing can bring another to the end ("甲 有限 公司"), so repeat until it rests.
    while (shorter := _reduced(key)) != key:
        key = shorter
    return key


def _reduced(name: str) -> str:
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", name)).casefold()
    dotless = _INITIALS.sub(lambda initials: initials[0].replace(".", ""), folded)
    if dotless.isascii():
        # The same as below, ten times faster for most names of a file.
        words = _ASCII_OTHER.sub(" ", dotless).split()
    else:
        words = "".join(char if _counts(char) else " " for char in dotless).split()
    if not words:
        return "".join(folded.split()) or " ".join(name.split())
    key = _FORMS_AT_END.sub("", " ".join(words)).replace(" ", "")
    for pattern in (_HAN_SUFFIX, _HAN_PREFIX):
        key = pattern.sub("", key) or key
    return key


def _counts(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def script_of(name: str) -> str:
    """ISO 15924 code of the script of most letters: Latn, Hans, Jpan, Kore, Cyrl, Grek, Arab …

    Any Chinese characters without kana are Hans, because names rarely show whether they are
    traditional. Zyyy when there is no letter, or a script that we do not tell apart.
    """
    counts: dict[str, int] = {}
    for char in name:
        if char.isalpha():
            script = _SCRIPTS.get(unicodedata.name(char, "").split(" ")[0], "Zyyy")
            counts[script] = counts.get(script, 0) + 1
    if "Jpan" in counts:
        counts["Jpan"] += counts.pop("Hans", 0)
    return max(counts, key=lambda script: counts[script], default="Zyyy")


_SCRIPTS = {
    "LATIN": "Latn",
    "FULLWIDTH": "Latn",
    "CJK": "Hans",
    "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan",
    "HANGUL": "Kore",
    "CYRILLIC": "Cyrl",
    "GREEK": "Grek",
    "ARABIC": "Arab",
    "HEBREW": "Hebr",
    "THAI": "Thai",
    "DEVANAGARI": "Deva",
}


def split_investors(text: str, separators: Sequence[str]) -> list[tuple[str, str | None]]:
    """The investors of one cell: "Name [CC]; Name" gives [("Name", "CC"), ("Name", None)].

    What stands in the bracket at the end is returned as written ("CN stated"), for the country
    rule to judge. Separators inside brackets do not split, nor does the comma of "Foo Co., Ltd.".
    Empty pieces are dropped. Raises RuleError where a name is blank or too long.
    """
    investors: list[tuple[str, str | None]] = []
    for piece in pieces(text, separators):
        match = _BRACKET.fullmatch(piece)
        if match is None:
            investors.append((clean_name(piece), None))
        else:
            investors.append((clean_name(match["name"]), match["country"].strip() or None))
    return investors


def pieces(text: str, separators: Sequence[str]) -> list[str]:
    """The parts of a list of names between separators, but for those inside of brackets.

    A legal form that stands alone belongs to the part before it, and empty parts are dropped.
    """
    # An empty separator would match everywhere and move nothing; without any, nothing matches.
    words = sorted(filter(None, separators), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, words)) or "(?!)")
    balanced = sum(map(text.count, _OPEN)) == sum(map(text.count, _CLOSE))
    found: list[str] = []
    start = position = depth = 0
    while position < len(text):
        depth += (text[position] in _OPEN) - (text[position] in _CLOSE)
        match = pattern.match(text, position) if depth <= 0 or not balanced else None
        if match is None:
            position += 1
            continue
        _add(found, text[start:position], match.group())
        start = position = match.end()
    _add(found, text[start:], "")
    return found


def _add(pieces: list[str], piece: str, separator: str) -> None:
    """Append ``piece``, or join it to the one before where it is only a legal form."""
    words = re.sub(r"[.\s]", " ", re.sub(r"\[.*", "", piece).casefold()).split()
    if pieces and words and "".join(words) in _FORMS | {"coltd"}:
        pieces[-1] += f", {piece.strip()}"
    elif piece.strip():
        pieces.append(piece.strip())
