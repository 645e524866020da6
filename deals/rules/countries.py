"""Countries: ISO 3166-1 and Kosovo, and every way in which suppliers' files write them."""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from babel import Locale

from deals.rules.errors import RuleError, quoted
from deals.rules.tables import read_table, several

# Pages show names in the first four languages; files arrive in all of them.
LANGUAGES = ("en", "de", "fr", "zh")
ALSO_READ = ("zh_Hant", "zh_Hant_HK", "es", "it", "nl", "pt", "sv", "pl")

YUGOSLAV = ("BA", "HR", "ME", "MK", "RS", "SI", "XK")
SOVIET = (
    *("AM", "AZ", "BY", "EE", "GE", "KG", "KZ", "LT"),
    *("LV", "MD", "RU", "TJ", "TM", "UA", "UZ"),
)

# Codes and names that more than one of today's countries could claim. Choosing one of them
# would silently move a deal, so these are errors that name the candidates.
AMBIGUOUS = {
    "Congo": ("CD", "CG"),
    "Kongo": ("CD", "CG"),
    "刚果": ("CD", "CG"),
    "剛果": ("CD", "CG"),
    "Virgin Islands": ("VG", "VI"),
    "Jungferninseln": ("VG", "VI"),
    "Îles Vierges": ("VG", "VI"),
    "维尔京群岛": ("VG", "VI"),
    "Channel Islands": ("GG", "JE"),
    "Kanalinseln": ("GG", "JE"),
    "Îles Anglo-Normandes": ("GG", "JE"),
    "海峡群岛": ("GG", "JE"),
    "Netherlands Antilles": ("BQ", "CW", "SX"),
    "AN": ("BQ", "CW", "SX"),
    "ANT": ("BQ", "CW", "SX"),
    "Czechoslovakia": ("CZ", "SK"),
    "CSK": ("CZ", "SK"),
    # CS was Czechoslovakia until 1993 and Serbia and Montenegro from 2003.
    "CS": ("CZ", "SK", "RS", "ME"),
    "Serbia and Montenegro": ("RS", "ME"),
    "SCG": ("RS", "ME"),
    "Yugoslavia": YUGOSLAV,
    "YU": YUGOSLAV,
    "YUG": YUGOSLAV,
    "Soviet Union": SOVIET,
    "USSR": SOVIET,
    "SU": SOVIET,
    "SUN": SOVIET,
}

# "Republic of Latvia", "Latvia, Republic of". Korea, China and the Congos, where the words before
# the name decide, are aliases of their own and are looked up first.
STYLE = r"(?:federal |islamic )?(?:republic|kingdom|principality) of"
STYLED = re.compile(rf"{STYLE} (?:the )?(?P<name>.+)|(?P<before>.+), {STYLE}(?: the)?")


@dataclass(frozen=True, slots=True)
class Country:
    """One entry of ISO 3166-1, or Kosovo under its user-assigned code XK."""

    alpha2: str
    alpha3: str
    name: str


COUNTRIES: dict[str, Country] = {
    row["alpha2"]: Country(row["alpha2"], row["alpha3"], row["name"])
    for row in read_table("countries")
}


def country_code(text: str, *, unknown: Collection[str] = ()) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country written in any way that files write it.

    Accepts alpha-2 and alpha-3 codes, withdrawn and unofficial codes (ROM, ZAR, UK, EL), and
    names in the languages above with common aliases; case, accents, punctuation and spaces do
    not matter. Blank text, "unknown" and the words in ``unknown`` give None. ``unknown`` goes
    first, so a file whose "NA" means "not available" can say so; otherwise NA is Namibia.

    Raises RuleError "unknown_country" or "ambiguous_country".
    """
    plain = _plain(text)
    if not plain or plain == "unknown" or plain in {_plain(word) for word in unknown}:
        return None
    code = _codes().get(plain) or _names().get(_key(plain))
    if code is None and (styled := STYLED.fullmatch(plain)):
        code = _names().get(_key(styled["name"] or styled["before"]))
    if code is not None:
        return code
    if (candidates := _ambiguous().get(_key(plain))) is not None:
        raise RuleError(
            "ambiguous_country",
            f"{quoted(text)} could be more than one country: write one of the codes "
            f"{', '.join(f'{c} ({COUNTRIES[c].name})' for c in candidates)}.",
        )
    guess = _closest(_key(plain))
    hint = f"; did you mean {COUNTRIES[guess].name} ({guess})?" if guess else "."
    raise RuleError(
        "unknown_country",
        f"{quoted(text)} is not a country we know: write its ISO 3166 code or its name{hint}",
    )


def country_name(code: str, lang: str = "en") -> str:
    """The name of a country (alpha-2 code, capitals) in a language such as "de" or "zh-hans".

    English names are those of countries.csv, which say Hong Kong and Macao where the Unicode
    names are too long for a chart; other languages are the Unicode CLDR names.
    """
    country = COUNTRIES[code]
    language = lang.replace("_", "-").split("-")[0]
    return country.name if language == "en" else str(_territories(language)[code])


def code_only(text: str) -> str | None:
    """The alpha-2 code for a code (alpha-2, alpha-3 or withdrawn), None for anything else."""
    return _codes().get(_plain(text))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _key(text: str) -> str:
    """What stays of a name when accents, case, articles and punctuation are taken away."""
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    )
    words = re.findall(r"[^\W_]+", bare.casefold().replace("&", " and "))
    return "".join("saint" if word == "st" else word for word in words if word != "the")


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)


@cache
def _codes() -> dict[str, str]:
    codes = {}
    for row in read_table("countries"):
        for code in (row["alpha2"], row["alpha3"], *several(row["other_codes"])):
            codes[code.casefold()] = row["alpha2"]
    return codes


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for row in read_table("countries"):
        for name in (row["name"], *several(row["aliases"])):
            names[_key(name)] = row["alpha2"]
    # Earlier languages win: "Congo" alone is a full name only in some of the later ones.
    for language in (*LANGUAGES, *ALSO_READ):
        for code in COUNTRIES:
            for name in _spellings(_territories(language)[code], language):
                if name not in _ambiguous():
                    names.setdefault(name, code)
    return names


def _spellings(name: str, language: str) -> Iterator[str]:
    yield _key(name)
    if language == "de":
        umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
        yield _key(name.translate(umlauts))


@cache
def _ambiguous() -> dict[str, tuple[str, ...]]:
    return {_key(word): codes for word, codes in AMBIGUOUS.items()}


@cache
def _by_first_letter() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in _names():
        groups.setdefault(name[0], []).append(name)
    return groups


def _closest(key: str) -> str | None:
    # Only names with the same first letter and short texts: a file may hold 100,000 different
    # wrong cells, and each costs a comparison with every candidate.
    if not 3 < len(key) <= 40:
        return None
    found = difflib.get_close_matches(key, _by_first_letter().get(key[0], []), n=1, cutoff=0.8)
    return _names()[found[0]] if found else None
