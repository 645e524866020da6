"""A text that keeps one of our patterns busy for hours.

Every pattern is read as it was compiled: none has an open-ended repeat inside another, nor two of
them side by side that take the same letters, so that no text is gone through more than once for
each place that it can begin at.
"""

import importlib
import pkgutil
import re
import sys
import time
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import deals
import investtrack

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from re import _parser as parser  # type: ignore[attr-defined]

ENDLESS = parser.MAXREPEAT
REPEATS = {parser.MAX_REPEAT, parser.MIN_REPEAT}
# Beyond this a limited repeat is as bad as an open one.
MANY = 1_000


def patterns() -> dict[str, re.Pattern[Any]]:
    """Every pattern that stands in a module of the product, by the module and its name."""
    found = {}
    for package in (deals, investtrack):
        for entry in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." in entry.name or entry.name.endswith((".wsgi", ".run", ".guard")):
                continue
            module = sys.modules.get(entry.name) or importlib.import_module(entry.name)
            for name, value in vars(module).items():
                several = value if isinstance(value, tuple | list) else [value]
                for at, one in enumerate(several):
                    if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                        found[f"{entry.name}.{name}.{at}"] = one
    return found


def nested(parsed: Any, inside: bool = False) -> Iterator[str]:
    """Repeats without an end that stand in another such repeat."""
    for code, value in parsed:
        if code in REPEATS:
            _least, most, what = value
            endless = most is ENDLESS or most > MANY
            if endless and inside:
                yield "a repeat in a repeat"
            yield from nested(what, inside or endless)
        elif code is parser.SUBPATTERN:
            yield from nested(value[-1], inside)
        elif code is parser.BRANCH:
            for branch in value[1]:
                yield from nested(branch, inside)
        elif code in (parser.ASSERT, parser.ASSERT_NOT):
            yield from nested(value[1], inside)


def separated(pattern: str) -> bool:
    """Whether each turn of an outer repeat has to begin with a sign that the inner one lacks.

    Then a text can be cut into turns in one way only, however many repeats there are.
    """
    return bool(re.search(r"\(\?:[^()]*?(?:\\?[^\w\s\\(\[])[^()]*\)", pattern))


PATTERNS = patterns()


def test_the_patterns_of_every_room_are_found():
    rooms = {name.split(".")[1] for name in PATTERNS}
    assert {"rules", "feeds", "entry", "desk"} <= rooms
    assert len(PATTERNS) > 80


NESTED = {
    name: one
    for name, one in PATTERNS.items()
    if list(nested(parser.parse(one.pattern, one.flags & ~re.DEBUG)))
}


@pytest.mark.parametrize("name", NESTED)
def test_a_repeat_in_a_repeat_has_a_sign_between_its_turns(name):
    assert separated(NESTED[name].pattern), NESTED[name].pattern


def letters(parsed: Any) -> Iterator[str]:
    """Signs that a pattern is about, from which texts are made that almost match."""
    for code, value in parsed:
        if code is parser.LITERAL:
            yield chr(value)
        elif code is parser.IN:
            for kind, what in value:
                if kind is parser.LITERAL:
                    yield chr(what)
                elif kind is parser.RANGE:
                    yield chr(what[0])
                elif kind is parser.CATEGORY:
                    yield {"DIGIT": "1", "SPACE": " ", "WORD": "a"}.get(
                        str(what).rpartition("_")[2], "a"
                    )
        elif code in REPEATS:
            yield from letters(value[2])
        elif code is parser.SUBPATTERN:
            yield from letters(value[-1])
        elif code is parser.BRANCH:
            for branch in value[1]:
                yield from letters(branch)


def seconds(pattern: re.Pattern[Any], text: str) -> float:
    began = time.thread_time()
    for act in (pattern.match, pattern.search, pattern.fullmatch):
        act(text)
    return time.thread_time() - began


def doubles(pattern: re.Pattern[Any], unit: str) -> bool:
    """Whether some turns more take so much longer that nobody should wait for many."""
    return any(seconds(pattern, unit * turns + "\0") > 0.1 for turns in range(10, 43, 2))


@pytest.mark.parametrize(
    ("pattern", "unit"), [("^(a+)+$", "a"), ("^(?:ab|abab)*$", "ab"), ("^(a|aa)+$", "a")]
)
def test_a_pattern_that_doubles_is_found_without_waiting_for_it(pattern, unit):
    assert doubles(re.compile(pattern), unit)


def test_no_pattern_takes_more_than_its_square_for_a_text_that_almost_matches():
    """Four times the text may take sixteen times as long, and that is generous: 64 fail."""
    slow = []
    for name, pattern in PATTERNS.items():
        signs = dict.fromkeys(letters(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)))
        for unit in [*list(signs)[:3], "".join(signs)[:12] or "b"]:
            # What doubles with each turn would still be at it tomorrow with the longer texts.
            if doubles(pattern, unit):
                slow.append((name, unit, None))
                continue
            short = seconds(pattern, unit * (100 // len(unit)) + "\0")
            long = seconds(pattern, unit * (400 // len(unit)) + "\0")
            # What takes no time at all is not measured against the clock's own steps; and what
            # seems slow is asked again, since a busy machine takes longer now and then.
            if long > 0.02 and long > 40 * max(short, 0.0002):
                again = min(seconds(pattern, unit * (400 // len(unit)) + "\0") for _ in range(3))
                slow += [(name, unit, again)] if again > 40 * max(short, 0.0002) else []
    assert slow == []
