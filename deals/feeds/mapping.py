"""Which column is which fact: from what its header means and from what its cells look like.

A header is believed only as far as its cells bear it out, and cells alone are enough for what
cannot be mistaken (dates, round types), with a request to check.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from deals.feeds.content import Column
from deals.feeds.headers import OTHER, OURS, Meaning, meanings
from deals.feeds.units import unit_of

# Fact → the test of its cells, and what a sentence says of those that pass.
FITS = {
    "target_country": ("country", "are countries"),
    "investor_country": ("country", "are countries"),
    "announced_on": ("date_like", "are dates"),
    "recorded_on": ("date_like", "are dates"),
    "amount": ("amount", "are amounts"),
    "contribution": ("amount", "are amounts"),
    "currency": ("currency", "are currencies"),
    "stake": ("stake", "are shares up to 100 %"),
    "source_url": ("url", "are addresses of pages"),
    "round_type": ("round_type", "are known round types"),
    "kind": ("kind", "are known kinds of deals"),
    "status": ("status", "are known statuses"),
    "ai": ("ai", "are yes or no"),
    "sectors": ("sectors", "are known sectors"),
    "date_basis": ("date_basis", "say announced or completed"),
    "investor_list": ("investor_list", "say complete, partial or none"),
    "target_name": ("text", "are texts"),
    "investor_name": ("text", "are texts"),
    "external_id": ("id", "look like ids"),
}
# Without enough fitting cells these are taken for something else, whatever the header says.
HARD = {
    "announced_on": 0.4, "recorded_on": 0.6, "amount": 0.4, "contribution": 0.5, "currency": 0.5,
    "stake": 0.5, "source_url": 0.5, "kind": 0.5, "status": 0.5, "ai": 0.9, "date_basis": 0.9,
    "investor_list": 0.9, "target_country": 0.4, "investor_country": 0.4, "target_name": 0.3,
    "investor_name": 0.3, "external_id": 0.5,
}  # fmt: skip
# What cells show without a header: the test, the share it takes, and how sure that makes.
BY_CELLS = (
    ("announced_on", "long_date", 0.8, 0.45),
    ("round_type", "round_type", 0.7, 0.45),
    ("currency", "currency", 0.9, 0.4),
    ("target_country", "country", 0.8, 0.4),
    ("investor_country", "country", 0.8, 0.3),
    ("source_url", "url", 0.9, 0.35),
    ("amount", "money", 0.9, 0.3),
)
SURE = 0.75
MOST_TRIED = 40
INVESTOR = frozenset({"investor_name", "investors"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that may be a fact: how likely, and why in words."""

    field: str
    column: Column
    score: float
    why: str


@dataclass(slots=True)
class Mapping:
    """Facts and their columns, with the reasons, and the facts that a person should check."""

    columns: dict[str, Column] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    check: set[str] = field(default_factory=set)

    def take(self, fact: str, column: Column, why: str, *, sure: bool = True) -> None:
        """Map a fact to a column."""
        self.columns[fact] = column
        self.why[fact] = why
        if not sure:
            self.check.add(fact)

    def drop(self, fact: str) -> None:
        """Map a fact to nothing."""
        self.columns.pop(fact, None)
        self.why.pop(fact, None)
        self.check.discard(fact)


def map_columns(columns: Sequence[Column]) -> Mapping:
    """The likeliest mapping in which no column is two facts."""
    usable = _usable(columns)
    nameless = [column for column in usable if not meanings(column.header)]
    # To try every rule on the cells of a column takes time, and files may have hundreds.
    tried = {column.place for column in nameless[:MOST_TRIED]}
    candidates = [found for column in usable for found in _candidates(column, tried)]
    if not any(found.field == "target_name" for found in candidates):
        candidates += _nameless(usable, candidates)
    has_currency = any(found.field == "currency" for found in candidates)
    candidates.sort(key=lambda found: (-_rank(found, has_currency), found.column.place))
    mapping, taken = Mapping(), set[int]()
    for found in candidates:
        fact = "investor_name" if found.field in INVESTOR else found.field
        if fact not in mapping.columns and found.column.place not in taken:
            mapping.take(fact, found.column, found.why, sure=found.score >= SURE)
            taken.add(found.column.place)
    return mapping


def _usable(columns: Sequence[Column]) -> list[Column]:
    """Columns that a profile can name: with a header that no other column has."""
    headers = [column.header for column in columns]
    return [c for c in columns if c.header and headers.count(c.header) == 1]


def _rank(found: Candidate, has_currency: bool) -> float:
    """The score; of two amounts the one in the original currency goes first, where it is known."""
    if found.field != "amount":
        return found.score
    converted = unit_of(found.column.header)[1] is not None
    return found.score + (0.05 if converted != has_currency else 0.0)


def _candidates(column: Column, tried: Collection[int]) -> Iterator[Candidate]:
    by_header = meanings(column.header)
    for meaning in by_header:
        if meaning.field != OTHER and (score := _score(column, meaning)) > 0:
            yield Candidate(meaning.field, column, score, _reason(column, meaning))
    if column.place in tried and column.filled:
        for fact, test, least, score in BY_CELLS:
            if column.share(test) >= least:
                words = f"{column.known(test)} {FITS[fact][1]}"
                yield Candidate(fact, column, score, f"{words}; the header does not say what it is")


def fit(column: Column, fact: str) -> float:
    """The share of a column's cells that suit a fact; 1 where any text does."""
    if fact in {"target_country", "investor_country"}:
        return column.share("located")
    return column.share(FITS[fact][0]) if fact in FITS else 1.0


def _score(column: Column, meaning: Meaning) -> float:
    if meaning.language == OURS:
        return 1.0
    if not column.filled:
        return 0.5 * meaning.strength
    share = fit(column, meaning.field)
    if share < HARD.get(meaning.field, 0.0):
        return 0.0
    return meaning.strength * (0.5 + 0.5 * share)


def _reason(column: Column, meaning: Meaning) -> str:
    said = f"header “{column.header}” is {meaning.language} for {TITLES[meaning.field]}"
    if meaning.language == OURS:
        said = f"header “{column.header}” is the register’s own word"
    elif meaning.strength < 0.9:
        said = f"header “{column.header}” speaks of {TITLES[meaning.field]} in {meaning.language}"
    if not column.filled:
        return f"{said}; all values are blank"
    if meaning.field in FITS and FITS[meaning.field][0] not in {"text", "id"}:
        test, words = FITS[meaning.field]
        if test == "country" and column.share("located") > column.share("country"):
            test, words = "located", "are places with a known country"
        return f"{said}; {column.known(test)} {words}"
    return said


def _nameless(columns: Sequence[Column], taken: Sequence[Candidate]) -> Iterator[Candidate]:
    """A target for a file whose headers tell nothing: its first column of different short texts."""
    known = {found.column.place for found in taken}
    for column in columns:
        fits = column.filled and column.share("text") > 0.9 and not column.share("long")
        if fits and column.place not in known and len(column.counts) > len(column.filled) / 4:
            why = "the first column of texts; no header names the target"
            yield Candidate("target_name", column, 0.2, why)
            return


TITLES = {
    "target_name": "the target’s name",
    "target_id": "the target’s id",
    "target_country": "the target’s country",
    "announced_on": "the deal’s date",
    "date_basis": "what the date is of",
    "recorded_on": "the day of recording",
    "amount": "the amount",
    "currency": "the currency",
    "investor_name": "the investor’s name",
    "investor_id": "the investor’s id",
    "investor_country": "the investor’s country",
    "investors": "the investors",
    "round_type": "the round type",
    "kind": "the kind of deal",
    "status": "the status",
    "status_history": "the course of the deal",
    "sectors": "sectors",
    "ai": "AI or not",
    "ai_basis": "why it is AI",
    "investor_list": "whether all investors are named",
    "lead": "the lead investor",
    "contribution": "an investor’s part of the amount",
    "stake": "the share acquired",
    "external_id": "the deal’s id",
    "part_of": "the deal that this is a part of",
    "source_url": "the source’s address",
    "source_title": "the source’s title",
    "source_field": "what the source is for",
    "source_quote": "what the source says",
    "notes": "notes",
}
