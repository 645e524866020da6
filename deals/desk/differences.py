"""Two sides of a deal beside each other: what was taken out, what is new, and what says so."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.desk.fact_lines import Line, lines, source_line, title
from deals.entry.facts import FACTS, Facts, differing, source_key
from deals.entry.three_way import ThreeWay
from deals.templatetags.imports import visible

GROUPS = (
    (
        gettext_noop("The deal"),
        ("target", "kind", "round_type", "status", "status_history", "part_of"),
    ),
    (gettext_noop("When"), ("date", "recorded_on")),
    (gettext_noop("How much and who"), ("amount", "investor_list", "investors")),
    (gettext_noop("AI"), ("ai", "ai_basis", "sectors")),
    (gettext_noop("In the register"), ("population", "external_id", "notes")),
    (gettext_noop("Sources"), ("sources", "choices")),
)
# Compared word by word; anything else line by line.
LONG = ("notes", "ai_basis")
# A Chinese text has no blanks, so each of its signs is a word.
WORDS = re.compile(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+\s*|\s+")
# Beyond this the old text is shown beside the new one, since comparing would take seconds.
MOST_WORDS = 3_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `mark` is "gone", "new" or ""."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as a page shows it, its control characters made visible."""

    pieces: tuple[Piece, ...]
    mark: str
    link: str
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """One fact on both sides. `same` counts lines that both have and that are not shown.

    `sources` are those that speak of this fact on the new side, `why` says why this value was
    chosen among what they state.
    """

    name: str
    title: str
    old: list[Shown]
    new: list[Shown]
    same: int
    sources: list[Shown]
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Sides:
    """One fact as three sides say it: before both, live by now, and proposed."""

    title: str
    base: list[Shown]
    theirs: list[Shown]
    mine: list[Shown]


def changed(before: Facts, after: Facts) -> list[Group]:
    """Only what differs, in groups."""
    return _groups(set(spoken_of(before, after)), before, after)


def spoken_of(before: Facts, after: Facts) -> list[str]:
    """Names of the facts that differ; why a value was chosen is said beside that value."""
    names = differing(before, after)
    old, new = before["choices"], after["choices"]
    moved = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    return [name for name in names if name != "choices" or not moved <= set(names)]


def unchanged(before: Facts, after: Facts) -> list[Group]:
    """What both sides say alike, in groups; what neither says is left out."""
    return _groups(set(FACTS) - set(differing(before, after)), None, after)


def everything(after: Facts) -> list[Group]:
    """All that a new deal says."""
    return _groups(set(FACTS) - {"choices"}, None, after)


def clashing(compared: ThreeWay) -> list[Sides]:
    """The facts that two people changed to different things."""
    return [
        Sides(
            title(name),
            *(
                [shown_line(line) for line in lines(name, side)]
                for side in (compared.base, compared.theirs, compared.mine)
            ),
        )
        for name in compared.clashes
    ]


def _groups(names: set[str], before: Facts | None, after: Facts) -> list[Group]:
    found = []
    for group, members in GROUPS:
        rows = [_row(name, before, after) for name in members if name in names]
        rows = [row for row in rows if row.old or row.new]
        if rows:
            found.append(Group(_(group), rows))
    return found


def _row(name: str, before: Facts | None, after: Facts) -> Row:
    new = lines(name, after)
    old = lines(name, before) if before is not None else []
    gone: list[Shown] = []
    same = 0
    if before is None:
        added = [shown_line(line) for line in new]
    elif name in LONG:
        gone, added = _word_by_word(old, new)
    else:
        shared = [line for line in new if line in old]
        # Where all lines are alike the difference is in what they do not say, so all are shown.
        same = len(shared) if len(shared) < max(len(old), len(new)) else 0
        hidden = shared if same else []
        gone = [shown_line(line, "gone") for line in old if line not in hidden]
        added = [shown_line(line, "new") for line in new if line not in hidden]
    known = {source_key(one) for one in before["sources"]} if before is not None else None
    cited = [] if name == "sources" else [s for s in after["sources"] if s["field"] == name]
    return Row(
        name=name,
        title=title(name),
        old=gone,
        new=added,
        same=same,
        sources=[
            shown_line(source_line(one | {"field": ""}), _is_new(known, one)) for one in cited
        ],
        why=shown_text(after["choices"].get(name, "")) if name != "choices" else "",
    )


def _is_new(known: set[tuple[str, ...]] | None, source: Facts) -> str:
    return "new" if known is not None and source_key(source) not in known else ""


def shown_line(line: Line, mark: str = "") -> Shown:
    """A line as a page shows it."""
    return Shown((Piece(shown_text(line.text)),), mark, line.link, shown_text(line.note))


def shown_text(text: str) -> str:
    """Control characters made visible, but for ends of lines."""
    return "\n".join(visible(part) for part in re.split(r"\r\n?|\n", text))


def _word_by_word(old: Sequence[Line], new: Sequence[Line]) -> tuple[list[Shown], list[Shown]]:
    before, after = (" ".join(line.text for line in side) for side in (old, new))
    ours, theirs = pieces(before, after)
    return (
        [Shown(tuple(ours), "", "", "")] if ours else [],
        [Shown(tuple(theirs), "", "", "")] if theirs else [],
    )


def pieces(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts, with the words that are gone and those that are new marked."""
    words = [WORDS.findall(text) for text in (before, after)]
    if max(map(len, words)) > MOST_WORDS:
        return _piece([before], "gone"), _piece([after], "new")
    old: list[Piece] = []
    new: list[Piece] = []
    matcher = SequenceMatcher(None, words[0], words[1])
    for kind, start, end, first, last in matcher.get_opcodes():
        marks = ("", "") if kind == "equal" else ("gone", "new")
        old += _piece(words[0][start:end], marks[0])
        new += _piece(words[1][first:last], marks[1])
    return old, new


def _piece(words: Iterable[str], mark: str) -> list[Piece]:
    text = "".join(words)
    return [Piece(shown_text(text), mark)] if text else []
