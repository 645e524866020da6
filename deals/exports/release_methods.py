"""The rules of counting as a file of a release: those of the page of methods, as of this code.

The page is the one place where they are written for readers; its articles are turned into Markdown
here, and the tables that the calculations read follow them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser

from django.conf import settings
from django.template.loader import render_to_string

from deals.exports.tables import TABLES

ARTICLE = re.compile(r'<article class="rule"[^>]*>.*?</article>', re.DOTALL)
BLOCKS = {"h3": "### ", "p": "", "li": "- ", "dt": "- **", "dd": ": "}
APPENDED = {
    "regions": "Regions, with the days of membership",
    "kinds": "Kinds of deals",
    "statuses": "Statuses",
    "round-types": "Types of round",
    "sectors": "Sectors",
}


class _Markdown(HTMLParser):
    """The few elements that the rules use; any other leaves its text."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.blocks.append(BLOCKS[tag])
        elif tag in ("em", "strong", "dfn"):
            self._add("*")
        elif tag == "sub":
            self._add("_")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("em", "strong", "dfn"):
            self._add("*")
        elif tag == "dt":
            self._add("**")

    def handle_data(self, data: str) -> None:
        self._add(data)

    def _add(self, text: str) -> None:
        if self.blocks:
            self.blocks[-1] += text


def _articles(html: str) -> Iterator[str]:
    for article in ARTICLE.findall(html):
        parser = _Markdown()
        parser.feed(article)
        parser.close()
        for block in parser.blocks:
            if text := " ".join(block.split()):
                yield text


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        cells = (" ".join(str(cell).split()).replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"


def methods(name: str) -> str:
    """Markdown: the rules, the tables that decide, and how the code keeps them."""
    html = render_to_string("pages/methods.html")
    parts = [
        f"# How release {name} counts",
        "The rules of counting as they were when these files were made.",
        *_articles(html),
    ]
    for table, title in APPENDED.items():
        columns, rows = TABLES[table]
        parts += [f"## {title}", "\n".join(_table(columns, rows()))]
    kept = (settings.BASE_DIR / "docs" / "methods.md").read_text(encoding="utf-8")
    parts += ["## How the code keeps the rules", kept.partition("\n")[2].strip()]
    return "\n\n".join(parts) + "\n"
