"""What becomes of one deal when an import is undone: what it did goes, what came later stays.

The import's changes are taken back one by one, the latest first, and each only as far as its facts
are still those that the import gave. Facts that mean something only together go back together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from deals.feeds.facts import Facts, live, same
from deals.models.bundles import Bundle, Row

# A country without its name would be another organization, a basis without its value a lie.
TOGETHER = (
    ("target_name", "target_country", "target_country_basis"),
    ("kind", "round_type"),
    ("status", "status_history"),
    ("ai", "ai_basis"),
    ("investors", "investor_list"),
)
# With stated contributions the currency of the amount is theirs, too.
WITH_MONEY = ("amount", "investors", "investor_list")
# Pages go back with the citations, the wording of an amount with the amount.
APART = frozenset({"amount_text", "sources"})
CITED = ("source_id", "field", "quote", "locator", "stated")
Cited = tuple[Any, ...]


class Made(NamedTuple):
    """A version that the import published. `based_on` is what goes back; None for a new deal."""

    version: int
    based_on: int | None
    deal: int
    public_id: str


@dataclass(slots=True)
class Mend:
    """What to change in a copy of the live version: facts by name, each from an older version.

    `whole` says that nobody has changed a fact since, so that everything goes back.
    """

    citations: list[Cited]
    facts: dict[str, Bundle] = field(default_factory=dict)
    changed: bool = False
    whole: bool = True


def unwind(
    made: Sequence[Made],
    current: Bundle,
    versions: Mapping[int, Bundle],
    roots: Mapping[int, int],
) -> Mend | None:
    """What goes back in a deal, given all versions that the import published of it, in order.

    None when the import made the deal and it says today what it said then. `roots` leads from
    merged deals to those that they are now.
    """
    mend = Mend(citations=_cited(current))
    today = _facts(current, roots)
    for step in reversed(made):
        after = _facts(versions[step.version], roots)
        if step.based_on is None:
            if _equal(today, after):
                return None
            mend.whole = False
            break
        old = versions[step.based_on]
        before = _facts(old, roots)
        mend.whole = mend.whole and _equal(today, after)
        for name in _untouched(before, after, today):
            today[name], mend.facts[name] = before[name], old
        if not _stands(before, after, today):
            mend.citations = _less(mend.citations, _cited(versions[step.version]), _cited(old))
    mend.changed = bool(mend.facts) or mend.citations != _cited(current)
    return mend


def part_of(bundle: Bundle, roots: Mapping[int, int]) -> int | None:
    """The umbrella of a version, or the deal that it was merged into."""
    whole: int | None = bundle.version["part_of_id"]
    return None if whole is None else roots.get(whole, whole)


def _facts(bundle: Bundle, roots: Mapping[int, int]) -> Facts:
    return live(bundle, str(part_of(bundle, roots) or ""))


def _equal(one: Facts, other: Facts) -> bool:
    return all(same(name, one[name], other[name]) for name in one)


def _untouched(before: Facts, after: Facts, today: Facts) -> list[str]:
    """Facts that the import changed and nobody changed since, whole groups at a time."""
    return [
        name
        for group in _groups(before, after, today)
        if not all(same(name, before[name], after[name]) for name in group)
        and all(same(name, after[name], today[name]) for name in group)
        for name in group
    ]


def _stands(before: Facts, after: Facts, today: Facts) -> bool:
    """Whether some fact is still as the import gave it, since its group was edited."""
    return any(
        not same(name, before[name], after[name]) and same(name, after[name], today[name])
        for name in before
        if name not in APART
    )


def _groups(*states: Facts) -> Iterator[tuple[str, ...]]:
    paid = any(investor[4] is not None for facts in states for investor in facts["investors"])
    together = [*TOGETHER[:-1], WITH_MONEY if paid else TOGETHER[-1]]
    yield from together
    grouped = {name for group in together for name in group}
    yield from ((name,) for name in states[0] if name not in grouped | APART)


def _cited(bundle: Bundle) -> list[Cited]:
    rows: list[Row] = bundle.citations
    return [tuple(row[name] for name in CITED) for row in rows]


def _less(today: list[Cited], after: list[Cited], before: list[Cited]) -> list[Cited]:
    """Today's citations without those that the import added, and with those that it left out."""
    kept = [cited for cited in today if cited in before or cited not in after]
    return kept + [cited for cited in before if cited not in after and cited not in kept]
