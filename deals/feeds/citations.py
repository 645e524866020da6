"""The pages that a row cites besides being a row of a feed."""

from collections.abc import Callable
from typing import NamedTuple

from deals.feeds import fields
from deals.feeds.checker import JOINT, Checker
from deals.rules.errors import RuleError, quoted

NAMES = ("source_url", "source_title", "source_field", "source_quote")
# What a citation can be about: one register field, or "" for the deal as a whole.
ABOUT = frozenset(fields.FIELDS) | {""}
LONGEST_TITLE = 500
LONGEST_TITLE_BYTES = 1_500


class Cited(NamedTuple):
    """One page; the title is the address where no title is given."""

    url: str
    title: str
    field: str
    quote: str


def citations(checker: Checker) -> list[tuple[Cited, ...]]:
    """Pages of each row. Several are separated as the profile says, in parallel in four columns."""
    if not checker.has("source_url") and not checker.has("source_title"):
        return [()] * checker.size
    rule = citation_rule(checker.profile.sources_separator)
    return checker.values("source_url", checker.joint(*NAMES), rule, ())


def citation_rule(separator: str | None) -> Callable[[str], tuple[Cited, ...]]:
    """A rule over the four cells; without a separator each holds one entry."""

    def rule(joint: str) -> tuple[Cited, ...]:
        lists = [_split(text, separator) for text in joint.split(JOINT)]
        count = max(map(len, lists))
        for texts in lists:
            if len(texts) not in (0, count):
                raise RuleError(
                    "sources_not_parallel",
                    f"The source columns hold {count} and {len(texts)} entries: give as many in "
                    "each, with nothing between two separators where one is blank.",
                )
        columns = [texts or [""] * count for texts in lists]
        cited = (_cited(*entry) for entry in zip(*columns, strict=True))
        return tuple(dict.fromkeys(entry for entry in cited if entry.title))

    return rule


def _split(text: str, separator: str | None) -> list[str]:
    if not text:
        return []
    # A blank entry at an end has lost the space of its separator when the cell was stripped.
    parts = f" {text} ".split(separator) if separator else [text]
    return [part.strip() for part in parts]


def _cited(url: str, title: str, field: str, quote: str) -> Cited:
    if field not in ABOUT:
        raise RuleError(
            "unknown_field", f"{quoted(field)} is not a field that a source can be about."
        )
    address = fields.url(url)
    short = (title or address)[:LONGEST_TITLE].encode()[:LONGEST_TITLE_BYTES]
    return Cited(address, short.decode(errors="ignore"), field, quote)
