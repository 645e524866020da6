"""The site's style sheets, applied to a drawing: each element gets its values as attributes.

Only what drawings use is understood: element names, classes, descendants and children. Rules with
anything else (pseudo-classes, attributes) and those within @media do not apply to a file.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

from deals.pictures.colours import NoLiteral, literal

SHEETS = Path(__file__).resolve().parents[1] / "static" / "deals" / "css"
NAMES = ("tokens", "charts", "maps", "pictures")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
COMPOUND = re.compile(r"(?P<root>:root)?(?P<element>[a-z]+)?(?P<classes>(?:\.[\w-]+)*)")
DRAWN = frozenset(
    {
        *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"),
        *("stroke-linecap", "stroke-linejoin", "opacity", "visibility", "paint-order"),
        *("font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline"),
    }
)


@dataclass(frozen=True, slots=True)
class Compound:
    """What one element must be: its name ("" for any) and classes; `child` binds it directly."""

    element: str
    classes: frozenset[str]
    root: bool
    child: bool

    def fits(self, found: "Found") -> bool:
        if self.root and not found.root:
            return False
        return self.element in ("", found.element) and self.classes <= found.classes


@dataclass(frozen=True, slots=True)
class Found:
    """One element of the drawing as selectors see it."""

    element: str
    classes: frozenset[str]
    root: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A selector as compounds from the outside in, and its declarations in their order."""

    compounds: tuple[Compound, ...]
    declarations: tuple[tuple[str, str], ...]

    @property
    def weight(self) -> tuple[int, int]:
        classes = sum(len(one.classes) + one.root for one in self.compounds)
        return classes, sum(bool(one.element) for one in self.compounds)

    def fits(self, path: tuple[Found, ...]) -> bool:
        *outer, own = self.compounds
        if not own.fits(path[-1]):
            return False
        return _within(outer, own.child, path[:-1])


def _within(compounds: list[Compound], child: bool, path: tuple[Found, ...]) -> bool:
    if not compounds:
        return True
    *outer, own = compounds
    ends = [len(path)] if child else range(len(path), 0, -1)
    return any(
        end > 0 and own.fits(path[end - 1]) and _within(outer, own.child, path[: end - 1])
        for end in ends
    )


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, the winning ones last: the more exact, then the later in the text."""
    found = []
    for name in NAMES:
        path = SHEETS / f"{name}.css"
        if path.exists():
            found += parsed(path.read_text())
    return tuple(sorted(found, key=lambda rule: rule.weight))


def parsed(text: str) -> list[Rule]:
    """The rules of a style sheet that can apply to a drawing outside of a page."""
    found = []
    for prelude, body in _blocks(COMMENT.sub("", text)):
        if prelude.startswith("@"):
            continue
        declarations = tuple(_declarations(body))
        for selector in prelude.split(","):
            compounds = _compounds(selector)
            if compounds:
                found.append(Rule(compounds, declarations))
    return found


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while (start := text.find("{", at)) >= 0:
        depth, end = 1, start + 1
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        yield text[at:start].strip(), text[start + 1 : end - 1]
        at = end


def _declarations(body: str) -> Iterator[tuple[str, str]]:
    for part in body.split(";"):
        name, colon, value = part.partition(":")
        name = name.strip()
        if colon and (name in DRAWN or name.startswith("--")):
            yield name, " ".join(value.split())


def _compounds(selector: str) -> tuple[Compound, ...]:
    """Nothing when the selector needs more than names, classes and places."""
    found = []
    child = False
    for word in selector.replace(">", " > ").split():
        if word == ">":
            child = True
            continue
        match = COMPOUND.fullmatch(word)
        if match is None:
            return ()
        classes = frozenset(match["classes"].split(".")) - {""}
        found.append(Compound(match["element"] or "", classes, bool(match["root"]), child))
        child = False
    return tuple(found)


def apply(root: Element) -> None:
    """Write the values into the elements and take the classes away; light theme."""
    _apply(root, (), {}, is_root=True)


def _apply(
    element: Element, above: tuple[Found, ...], variables: Mapping[str, str], *, is_root: bool
) -> None:
    name = element.tag.rpartition("}")[2]
    classes = frozenset(element.attrib.pop("class", "").split())
    path = (*above, Found(name, classes, is_root))
    declared: dict[str, str] = {}
    for rule in rules():
        if rule.fits(path):
            declared.update(rule.declarations)
    own = {**variables, **{key: value for key, value in declared.items() if key[:2] == "--"}}
    own.update((key, _frozen(own[key], own)) for key in declared if key[:2] == "--")
    for key in declared.keys() & DRAWN:
        element.set(key, literal(declared[key], own))
    for child in element:
        _apply(child, path, own, is_root=False)


def _frozen(value: str, variables: Mapping[str, str]) -> str:
    """A variable's value as it is at this element: descendants inherit it, not its formula."""
    try:
        return literal(value, variables)
    except NoLiteral:
        return value
