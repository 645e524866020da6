"""Words of a file that the register does not know yet, and investors whose country nobody says.

The rules that the import will apply are applied here, to the first rows, so that a word can be
given its meaning before it becomes a row's error.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic

from deals.feeds.cells import Cells, cells, translator
from deals.feeds.fields import CLOSED
from deals.feeds.investors import Investor, InvestorRules
from deals.feeds.profile import Profile
from deals.feeds.reading import opened
from deals.feeds.receive import Received
from deals.rules.errors import RuleError

# Closed lists whose words suppliers choose themselves; the order is that of the page.
FIELDS = (
    "kind", "status", "round_type", "currency", "target_country", "investor_country", "sectors",
    "ai", "date_basis", "investor_list",
)  # fmt: skip
MOST_ROWS = 50_000
# Few enough that the time is looked at often, also where cells are long.
CHUNK = 500
# A page that takes longer than this is not looked at; what was found until then is shown.
SECONDS = 3.0
MOST_WORDS = 60
# What is longer is no word that anybody would give a meaning; the import says what it is.
LONGEST_WORD, LONGEST_LIST = 500, 5_000
MOST_INVESTORS = 40
BETWEEN_SECTORS = re.compile(r"[;；|,，、]")


@dataclass(slots=True)
class FileWords:
    """`unknown` has the words of each field with the number of rows, most frequent first;
    `investors` are the names that have no country. `rows` were looked at; `whole` tells whether
    these were all.
    """

    unknown: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    investors: list[tuple[str, int]] = field(default_factory=list)
    rows: int = 0
    whole: bool = True

    @property
    def any_unknown(self) -> bool:
        """Whether a word needs a meaning."""
        return bool(self.unknown)


def file_words(file: Received, profile: Profile) -> FileWords:
    """Look through the first rows. Raises `Refused` when the file is not what the profile says."""
    found = FileWords()
    counts = {name: Counter[str]() for name in FIELDS if name in profile.columns}
    investors = Counter[str]()
    above: dict[str, str] = {}
    rules = InvestorRules(profile)
    until = monotonic() + SECONDS
    with opened(file, profile) as source:
        while (table := source.reader.chunk(CHUNK)) is not None:
            found.rows += len(table.rows)
            part = cells(table, profile, above)
            for name, counter in counts.items():
                counter.update(_words(part, name, profile))
            investors.update(_without_country(part, rules))
            if found.rows >= MOST_ROWS or monotonic() > until:
                found.whole = False
                break
    unknown = {name: _not_understood(name, counter) for name, counter in counts.items()}
    found.unknown = {name: words for name, words in unknown.items() if words}
    found.investors = investors.most_common(MOST_INVESTORS)
    return found


def _words(part: Cells, name: str, profile: Profile) -> Iterable[str]:
    """The words that the profile does not translate, as they stand in the file."""
    if name == "sectors":
        return _sectors(part, profile)
    pairs = zip(part.shown[name], part.texts[name], strict=True)
    return (shown for shown, text in pairs if text == shown and len(shown) <= LONGEST_WORD)


def _sectors(part: Cells, profile: Profile) -> Iterator[str]:
    words = translator(profile.values.get("sectors", ()))
    for cell in part.texts["sectors"]:
        if len(cell) > LONGEST_LIST:
            continue
        for entry in filter(None, map(str.strip, BETWEEN_SECTORS.split(cell))):
            if entry.casefold() not in profile.unknown and words(entry) == entry:
                yield entry


def _not_understood(name: str, counter: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent ones. A wrong column has tens of thousands, and not all are looked at."""
    wrong = (each for each in counter.most_common() if not _fits(name, each[0]))
    return list(islice(wrong, MOST_WORDS))


def _fits(name: str, word: str) -> bool:
    try:
        CLOSED[name](word)
    except RuleError:
        return not word
    return True


def _without_country(part: Cells, rules: InvestorRules) -> Iterator[str]:
    """Names of investors for whom neither the row nor the profile has a country."""
    if "investors" in part.texts:
        for cell in part.texts["investors"]:
            yield from (i.name for i in _listed(cell, rules) if i.name and not i.country)
    elif "investor_name" in part.texts:
        names = part.texts["investor_name"]
        countries = part.texts.get("investor_country") or [""] * len(names)
        for name, country in zip(names, countries, strict=True):
            if name and not country and not rules.one(name, None).country:
                yield name


def _listed(cell: str, rules: InvestorRules) -> Iterable[Investor]:
    try:
        return rules.several(cell)
    except RuleError:
        # The import will say so, with row and reason.
        return ()
