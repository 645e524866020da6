"""Pages as in a language that nobody speaks: every letter of a translated text is a wide one.

What then still stands in plain letters was said past the translation, unless it is a name or code.
"""

import json
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.utils import translation

from deals import localised
from deals.rules import countries

WIDE = {code: code + 0xFEE0 for code in (*range(65, 91), *range(97, 123))}
# Gaps, tags and entities inside of a text, which no translator may change.
KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|<[^>]*>|&\w+;|\{\w*\})")
# Names, and words that are the same in every language.
NAMES = frozenset(
    # The last is the code of the population that the pages are made with.
    ("InvestTrack", "Apache", "BibTeX", "Zotero", "LaTeX", "Parquet", "Markdown", "n", "demo")
)
WORD = re.compile(r"[A-Za-z]*[a-z][A-Za-z]*")
SILENT = ("script", "style", "code", "pre", "kbd", "samp", "textarea")
SAID = ("aria-label", "title", "alt", "placeholder", "data-label", "data-light", "data-dark")
DRAWN = ("text", "name", "title", "hovertemplate", "ticktext")


def wide(text: object) -> str:
    """ "3 deals" → "3 ｄｅａｌｓ"; gaps and tags stay."""
    pieces = KEPT.split(str(text))
    return "".join(p if at % 2 else p.translate(WIDE) for at, p in enumerate(pieces))


# Addresses, parameters and codes; what a sentence quotes from a reader's own question, and lists
# of the words that a parameter takes.
LISTS = "|".join(wide(each) for each in ("Allowed are:", "Known are:", "Known is:"))
CODES = re.compile(rf"https?://\S+|\S*[/=_@.]\S*\w|“[^”]*”|(?:{LISTS}).*")


def speak_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every translated text, and every name and date that the library gives, in wide letters."""
    ours = translation._trans  # type: ignore[attr-defined]
    said = {
        "gettext": lambda message: wide(message) if message else "",
        "pgettext": lambda context, message: wide(message),
        "ngettext": lambda one, many, n: wide(one if n == 1 else many),
        "npgettext": lambda context, one, many, n: wide(one if n == 1 else many),
    }
    for name, function in said.items():
        monkeypatch.setattr(ours, name, function, raising=False)
    for name in ("_day", "_part", "_english_money"):
        plain = getattr(localised, name)
        monkeypatch.setattr(localised, name, _widened(plain))
    monkeypatch.setattr(countries, "country_name", lambda code, lang="en": wide(code.title()))


def _widened(plain):
    return lambda *args: wide(plain(*args))


def untranslated(html: str) -> list[str]:
    """The pieces of text in which a plain word stands, each once and in the order of the page."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    found = (" ".join(text.split()) for text in _texts(root))
    return list(dict.fromkeys(text for text in found if plain_words(text)))


def plain_words(text: str) -> list[str]:
    return [word for word in WORD.findall(CODES.sub(" ", text)) if word not in NAMES]


def _texts(element: Element) -> Iterator[str]:
    name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "script"
    if name not in SILENT:
        yield from (element.get(attribute) or "" for attribute in SAID)
        if name == "meta" and element.get("name") == "description":
            yield element.get("content") or ""
        yield element.text or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""
    elif element.get("type") == "application/json":
        yield from _drawn(json.loads(element.text or "null"))


def _drawn(value: object, key: str = "") -> Iterator[str]:
    """What a chart writes, from the figure that a page carries for it."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _drawn(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _drawn(one, key)
    elif isinstance(value, str) and key in DRAWN:
        yield re.sub(r"%\{[^}]*\}|<[^>]*>", " ", value)
