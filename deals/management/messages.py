"""Every text that readers see, collected from code, templates and reference tables.

Babel reads the calls of gettext, so that no program outside the Python packages is needed.
"""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.conf import settings
from django.utils.translation.template import templatize

from deals.flows.definitions import DEFINITIONS
from deals.rules.counting import KINDS, STATUSES
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
Message = tuple[str, str | tuple[str, ...], str | None]


def messages() -> Iterator[Message]:
    """File, text (or singular and plural) and context of each message, in the order of files."""
    for path in sorted((settings.BASE_DIR / "deals").rglob("*.py")):
        # Most files say nothing to readers, and reading them word by word takes its time.
        if "gettext" in (text := path.read_text()):
            yield from _of_code(path, text)
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        # What stands around the calls is only X's, but its indentation means nothing to Python.
        calls = templatize(path.read_text()).splitlines()
        yield from _of_code(path, "\n".join(line.strip() for line in calls))
    yield from _of_tables()


def _of_code(path: Path, text: str) -> Iterator[Message]:
    name = str(path.relative_to(settings.BASE_DIR))
    found = extract("python", BytesIO(text.encode()), keywords=KEYWORDS, options={})
    for _line, message, _comments, context in found:
        if message and all(message):
            yield name, message, context


def _of_tables() -> Iterator[Message]:
    """Titles that the rules and the files in deals/data give to codes."""
    titles = {
        "deals/rules/counting.py": [*KINDS.values(), *STATUSES.values()],
        "deals/data/sectors.csv": SECTORS.values(),
        "deals/data/round_types.csv": ROUND_TYPES.values(),
        "deals/data/regions.csv": [
            text for one in REGIONS.values() for text in (one.title, one.definition)
        ],
        "deals/data/definitions.csv": [
            text for one in DEFINITIONS.values() for text in (one.title, one.differs)
        ],
    }
    for name, texts in titles.items():
        yield from ((name, text, None) for text in texts if text)


def catalog(language: str, created: datetime | str) -> Catalog:
    """All messages as an empty catalog; a language's own translations are merged into it."""
    found = Catalog(
        locale=language,
        project="InvestTrack",
        copyright_holder="the InvestTrack authors",
        header_comment="# Texts of InvestTrack. `make messages` keeps the list of them in step.",
        charset="utf-8",
        creation_date=created,
        revision_date=created,
        msgid_bugs_address="none",
        last_translator="none",
        language_team="none",
        fuzzy=False,
    )
    for name, message, context in messages():
        found.add(message, locations=[(name, 0)], context=context)
    return found
