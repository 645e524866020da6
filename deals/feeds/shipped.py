"""Profiles that come with the product, each with a template to download and fill in."""

from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from deals.feeds.profile_toml import load_profile
from deals.rules.tables import DATA

FOLDER = DATA / "profiles"
CODES = (
    "investtrack",
    "crunchbase-rounds",
    "crunchbase-acquisitions",
    "crunchbase-2015-acquisitions",
    "itjuzi",
)


@dataclass(frozen=True, slots=True)
class Shipped:
    """One profile: `text` is its TOML, `template` a CSV with its columns and example rows.

    `title` and `note` are the comment at the beginning of the TOML: its first line, and the rest.
    """

    code: str
    title: str
    text: str
    template: str
    note: str


def shipped() -> list[Shipped]:
    """All of them, our own format first. Each is a profile that `load_profile` takes."""
    return [_shipped(code) for code in CODES]


@cache
def _shipped(code: str) -> Shipped:
    text = (FOLDER / f"{code}.toml").read_text(encoding="utf-8")
    template = (FOLDER / f"{code}.csv").read_text(encoding="utf-8")
    load_profile(text)
    comment = [line[1:].strip() for line in takewhile(_is_comment, text.splitlines())]
    note = " ".join(line for line in comment[1:] if line)
    return Shipped(code, comment[0], text, template, note)


def _is_comment(line: str) -> bool:
    return line.startswith("#")
