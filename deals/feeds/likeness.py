"""How alike two organizations are, from 0 to 100, with the reasons in words; pure functions.

What distinguishes a name is compared; what many names share ("Capital", "Technology", a city, a
legal form) weighs little, and a number weighs a lot, since Fund II is not Fund III. Chinese and
Latin names meet by their reading in pinyin, which is an aid and never a proof. A score only asks a
person to look: nothing is merged because of it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from deals.feeds.nameparts import HAN, Parts, halves, parts, reading
from deals.rules.countries import COUNTRIES, country_name

# From here on a person is asked.
WORTH_ASKING = 80
# Places where one group is often registered in several: a mainland company and its listed or
# offshore parent, a British fund and the islands.
DOMICILES = (
    frozenset({"CN", "HK", "MO", "KY", "VG", "BM", "SG"}),
    frozenset({"GB", "JE", "GG", "IM", "KY"}),
    frozenset({"US", "KY", "VG", "BM"}),
)
SHORT = 6
# What it takes away when only a part of a name is like the other.
HALF = 5
ACRONYM = range(3, 7)


@dataclass(frozen=True, slots=True)
class Likened:
    """An organization as it is compared: all its names, its country, its ids "scheme:value"."""

    names: tuple[str, ...]
    country: str | None = None
    ids: frozenset[str] = frozenset()


def score(one: Likened, other: Likened) -> tuple[int, list[str]]:
    """Likeness of two organizations and why; the same both ways round.

    100 means that two names are equal but for legal form and spelling, in one country.
    """
    best, why = max(_pairs(one.names, other.names), default=(0.0, ["There is no name."]))
    reasons = list(why)
    most = 100.0 if best == 100.0 else 98.0
    points, reason = _countries(one.country, other.country)
    best, reasons = min(most, best + points), [*reasons, reason]
    points, reason = _ids(one.ids, other.ids)
    return round(max(0.0, best + points)), [*reasons, reason] if reason else reasons


def _pairs(ones: Iterable[str], others: Iterable[str]) -> Iterator[tuple[float, list[str]]]:
    """Every name with every name, and the halves of names in two scripts, which prove less."""
    for one in ones:
        for other in others:
            yield likeness(one, other)
            for a, b in product((one, *halves(one)), (other, *halves(other))):
                if (a, b) != (one, other):
                    points, reasons = likeness(a, b)
                    yield points - HALF, reasons


def likeness(one: str, other: str) -> tuple[float, list[str]]:
    """Likeness of two names alone, from 0 to 100, and why."""
    a, b = sorted((parts(one), parts(other)), key=lambda p: (p.key, p.name))
    if a.key == b.key:
        return 100.0, [_said("The names are the same but for legal form and spelling", a, b)]
    base, reason = max(way(a, b) for way in _ways(a, b))
    points, reasons = _shared(a, b)
    best = max(0.0, base + points)
    if a.numbers != b.numbers:
        # A number in one name only may have been left out; two numbers never mean the same.
        best = min(best, 50.0 if a.numbers and b.numbers else 65.0)
        reasons.append(f"The numbers differ: {_numbers(a)} and {_numbers(b)}.")
    return best, [_said(reason, a, b), *reasons]


Way = Callable[[Parts, Parts], tuple[float, str]]


def _ways(a: Parts, b: Parts) -> list[Way]:
    if a.han and b.han:
        return [_characters]
    if a.han or b.han:
        return [_pinyin]
    return [_letters, _initials]


@cache
def _ratio_of() -> Callable[[str, str], float]:
    """Three megabytes, so only once names are compared: most web processes never do."""
    from rapidfuzz.fuzz import ratio

    return ratio


def _ratio(a: str, b: str) -> float:
    """How alike two texts are, from 0 to 100."""
    return _ratio_of()(a, b)


def _letters(a: Parts, b: Parts) -> tuple[float, str]:
    sort = _ratio(" ".join(sorted(a.core)), " ".join(sorted(b.core)))
    joined = _ratio("".join(a.core), "".join(b.core))
    if 100.0 in (sort, joined):
        return 98.0, "The names have the same distinctive words"
    # A word that is in one name only counts as much as all that they share.
    alike = (max(sort, joined) + min(_worst(a, b), _worst(b, a))) / 2
    # One letter of a short name makes another name.
    length = min(len("".join(p.core)) for p in (a, b))
    return alike - max(0, 2 * (SHORT + 2 - length)), "The names are spelled alike"


def _worst(a: Parts, b: Parts) -> float:
    """How well the word of one that fits least is found in the other."""
    return min(max(_ratio(word, known) for known in (*b.core, "".join(b.core))) for word in a.core)


def _initials(a: Parts, b: Parts) -> tuple[float, str]:
    """One is the initials of the other's words: "BMW", "Bayerische Motoren Werke"."""
    for short, long in ((a, b), (b, a)):
        if len(short.core) == 1 and len(short.core[0]) in ACRONYM and len(long.words) > 2:
            initials = "".join(word[0] for word in long.words)
            if short.core[0] == initials:
                return 80.0, "One name is made of the other's initials"
    return 0.0, ""


def _characters(a: Parts, b: Parts) -> tuple[float, str]:
    one, other = "".join(a.core), "".join(b.core)
    if one == other:
        return 98.0, "The names have the same distinctive characters"
    if len(one) > 1 and reading(one, tones=True) == reading(other, tones=True):
        return 90.0, "The names are read the same, in other characters"
    alike = _ratio(one, other)
    if one.startswith(other) or other.startswith(one):
        alike = max(alike, 74.0)
    # Of few characters each is a name of its own.
    few = min(len(one), len(other)) < 4
    return min(alike, 76.0) if few else alike, "The names are written alike"


def _pinyin(a: Parts, b: Parts) -> tuple[float, str]:
    """A Chinese name and one in letters: 腾讯 is read "tengxun"."""
    han, latin = (a, b) if a.han else (b, a)
    letters = {"".join(latin.core), "".join(latin.words)}
    read = {reading("".join(han.core)), reading(han.key)}
    if letters & read:
        certain = min(map(len, letters & read)) >= SHORT
        return 88.0 if certain else 79.0, "The Chinese name is read like the other is written"
    alike = max(_ratio(x, y) for x in letters for y in read)
    return alike - 12, "The Chinese name is read nearly like the other is written"


def _shared(a: Parts, b: Parts) -> tuple[float, list[str]]:
    """What the words that many names share take away."""
    points, reasons = 0.0, []
    if a.places != b.places:
        both = bool(a.places and b.places)
        points -= 24 if both else 3
        if both:
            reasons.append("The names contain different places.")
    if a.lines and b.lines and not a.lines & b.lines:
        points -= 24
        reasons.append("One name is an investor's and the other a technology company's.")
    elif bool(HAN.search(a.key)) == bool(HAN.search(b.key)):
        points -= min(6, 2 * len(set(a.weak) ^ set(b.weak)))
    return points, reasons


def _countries(one: str | None, other: str | None) -> tuple[float, str]:
    if one is None or other is None:
        return -4.0, "The country of one is not known." if one != other else "No country is known."
    if one == other:
        return 3.0, f"Both are in {_country(one)}."
    where = " and ".join(sorted((_country(one), _country(other))))
    if any(one in group and other in group for group in DOMICILES):
        return -8.0, f"They are in {where}, where one group is often registered twice."
    return -22.0, f"They are in different countries: {where}."


def _ids(one: frozenset[str], other: frozenset[str]) -> tuple[float, str]:
    schemes = {i.partition(":")[0] for i in one} & {i.partition(":")[0] for i in other}
    if not schemes or one & other:
        return 0.0, ""
    return -10.0, f"{', '.join(sorted(schemes))} lists them under different ids."


def _country(code: str) -> str:
    return country_name(code) if code in COUNTRIES else code


def _numbers(side: Parts) -> str:
    return ", ".join(map(str, side.numbers)) or "none"


def _said(reason: str, a: Parts, b: Parts) -> str:
    return f"{reason}: “{a.name}” and “{b.name}”."
