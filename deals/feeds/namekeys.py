"""Where to look for names that may be alike: keys, text for trigrams, and words two names share."""

import re
from collections import defaultdict

from deals.feeds.nameparts import HAN, Parts, halves, parts, reading
from deals.rules.names import normalise

# Fewer letters are in every other name.
SHORTEST = 4
# A word that more names share than this distinguishes none of them.
CROWD = 60
FIRST = 6
SYLLABLES = re.compile(
    "(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxzcsryw])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un"
    "|uo|a|e|i|o|u|v))+"
)


def lookup_keys(name: str) -> set[str]:
    """Keys under which the same organization may be known.

    Its own, its distinctive words', the reading of a Chinese name, the initials of a long one.
    """
    own = parts(name)
    keys = {own.key, "".join(own.core), *map(normalise, halves(name))}
    if own.han:
        keys |= {reading(own.key), reading("".join(own.core))}
    elif len(own.words) > 2:
        keys.add("".join(word[0] for word in own.words))
    return keys - {""}


def trigram_text(name: str) -> str:
    """What to look for by trigrams: the distinctive words, Chinese ones as they are read where
    there are too few characters; "" where too little is left to look for."""
    own = parts(name)
    text = " ".join(own.core)
    if own.han and len(text) < SHORTEST:
        text = reading(text)
    return text if len(text) >= SHORTEST else ""


class Shelf:
    """Known organizations by the words of their names, as far as a new name asks for a word."""

    def __init__(self) -> None:
        self._wanted: set[str] = set()
        self._beginnings: set[str] = set()
        self._signs: set[str] = set()
        self._can_begin: dict[str, bool] = {}
        self._found: dict[str, set[int]] = defaultdict(set)

    def ask(self, name: str) -> None:
        """A new name will look for its words."""
        own = parts(name)
        self._wanted |= _words(own) | _read(own)
        self._beginnings |= {word[:n] for word in _read(own) for n in range(1, FIRST + 1)}
        if own.han:
            self._signs |= {run[:2] for run in HAN.findall(own.core[0])}

    def put(self, pk: int, name: str) -> None:
        """A known name goes to the words that were asked for."""
        if HAN.search(name) and not self._may_share(name):
            return
        own = parts(name)
        words = _words(own)
        # To read every Chinese name would take ten times longer than to look at its first sign.
        if own.han and self._begins(own.core[0][0]):
            words |= _read(own)
        for word in words & self._wanted:
            self._found[word].add(pk)

    def _may_share(self, name: str) -> bool:
        """A quick look at a Chinese name, since there may be very many, before taking it apart."""
        if any(name[at : at + 2] in self._signs for at in range(len(name) - 1)):
            return True
        return any(map(self._begins, name)) or not name.isalpha()

    def _begins(self, char: str) -> bool:
        """Whether a reading that was asked for can begin with this character."""
        if char not in self._can_begin:
            self._can_begin[char] = not _starts(char).isdisjoint(self._beginnings)
        return self._can_begin[char]

    def look(self, name: str) -> set[int]:
        """Those that share a word with it which does not belong to a crowd."""
        own = parts(name)
        shelves = (self._found.get(word, set()) for word in _words(own) | _read(own))
        return {pk for shelf in shelves if len(shelf) <= CROWD for pk in shelf}


def _words(own: Parts) -> set[str]:
    joined = "".join(own.core)
    if own.han:
        return {joined, joined[:3], joined[:2], *HAN.findall(joined)}
    return {word for word in (*own.core, joined) if len(word) >= SHORTEST}


def _read(own: Parts) -> set[str]:
    """As it sounds: a Chinese name's reading, and a name that could be one."""
    joined = "".join(own.core)
    if own.han:
        return {reading(joined)}
    return {joined} if SYLLABLES.fullmatch(joined) else set()


def _starts(char: str) -> frozenset[str]:
    """How a character can be read, by itself."""
    from pypinyin import Style, pinyin

    readings = pinyin(char, style=Style.NORMAL, heteronym=True, v_to_u=False)
    return frozenset(way[:FIRST] for way in readings[0])
