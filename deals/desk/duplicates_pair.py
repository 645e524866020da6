"""Two live deals side by side, with what a form says the one that stays shall have of each.

In the form a side is named by its deal's public id, so that changing which one stays changes
nothing about what was chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from deals.actions import NotAllowed
from deals.actions.duplicates import merged_facts
from deals.actions.writing import facts_of
from deals.desk.fact_lines import Line, lines, source_line, title
from deals.entry import choosing
from deals.entry.choosing import BOTH, GOES, GROUPS, STAYS
from deals.entry.facts import FACTS, Facts
from deals.entry.would_be import would_be
from deals.flows.whatif_versions import impact_of_bundles
from deals.models import Deal, DealVersion
from deals.models.bundles import load

# Facts that say where a deal comes from; those of the deal that stays remain.
OWN = ("population", "external_id")


@dataclass(frozen=True, slots=True)
class Half:
    """What one deal says in a row: lines, and the sources that speak of just this fact."""

    value: str
    said: list[Line]
    sources: list[Line]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Facts that are chosen together. `both` is None where the two cannot be put together."""

    group: str
    title: str
    halves: tuple[Half, Half]
    both: bool | None


@dataclass(frozen=True, slots=True)
class Pair:
    """`keep` is the public id of the deal that stays; `taken` is by group a public id or "both"."""

    left: DealVersion
    right: DealVersion
    facts: Mapping[str, Facts]
    keep: str
    taken: Mapping[str, str]

    @property
    def stays(self) -> DealVersion:
        return self.left if self.left.deal.public_id == self.keep else self.right

    @property
    def goes(self) -> DealVersion:
        return self.right if self.left.deal.public_id == self.keep else self.left

    @property
    def seen(self) -> str:
        """The versions that are compared, as a hidden field."""
        return f"{self.left.pk},{self.right.pk}"

    @property
    def choice(self) -> dict[str, str]:
        """What was chosen as `deals.entry.choosing` takes it."""
        words = {self.stays.deal.public_id: STAYS, self.goes.deal.public_id: GOES, BOTH: BOTH}
        return {group: words.get(side, side) for group, side in self.taken.items()}


def pair_of(left: Deal, right: Deal, sent: Mapping[str, str]) -> Pair:
    """The two with what a form sent, or what is proposed. Raises `NotAllowed` when one is gone."""
    versions = [_live(deal) for deal in (left, right)]
    facts = {v.deal.public_id: facts_of(v) for v in versions}
    keep = sent.get("keep", "")
    if keep not in facts:
        keep = max(versions, key=_weight).deal.public_id
    pair = Pair(versions[0], versions[1], facts, keep, {})
    mine, other = facts[pair.stays.deal.public_id], facts[pair.goes.deal.public_id]
    ids = {STAYS: pair.stays.deal.public_id, GOES: pair.goes.deal.public_id, BOTH: BOTH}
    proposed = {group: ids[side] for group, side in choosing.proposed(mine, other).items()}
    taken = {group: sent.get(f"take-{group}") or side for group, side in proposed.items()}
    return Pair(versions[0], versions[1], facts, keep, taken)


def _live(deal: Deal) -> DealVersion:
    live = deal.versions.live().select_related("deal", "population").first()
    if live is None:
        raise NotAllowed(
            _("%(deal)s was retracted or merged, so there is nothing to compare.")
            % {"deal": deal.public_id}
        )
    return live


def _weight(version: DealVersion) -> tuple[bool, int, int]:
    """Who is better kept: in a population, which no deal leaves; with more sources; the older."""
    return bool(version.population_id), version.citations.count(), -version.deal_id


def rows(pair: Pair) -> list[Row]:
    """The groups in which the two differ."""
    found = []
    for group in choosing.differing(*_both(pair)):
        taken = pair.taken.get(group, pair.keep)
        both = taken == BOTH if BOTH in choosing.sides(group) else None
        found.append(Row(group, title(group), _halves(pair, group, taken), both))
    return found


def fixed(pair: Pair) -> list[Row]:
    """Facts in which the two differ and that are not chosen."""
    left, right = _both(pair)
    names = [name for name in OWN if left[name] != right[name]]
    return [Row(name, title(name), _halves(pair, name, pair.keep), None) for name in names]


def alike(pair: Pair) -> list[tuple[str, list[Line]]]:
    """What both say, but for sources: titles and lines."""
    left, right = _both(pair)
    different = {name for group in choosing.differing(left, right) for name in GROUPS[group]}
    return said(left, [name for name in FACTS if name not in {*different, *OWN, "choices"}])


def said(facts: Facts, names: list[str]) -> list[tuple[str, list[Line]]]:
    """Titles and lines of facts; those that say nothing are left out."""
    return [(title(name), found) for name in names if (found := lines(name, facts))]


def _both(pair: Pair) -> tuple[Facts, Facts]:
    return pair.facts[pair.left.deal.public_id], pair.facts[pair.right.deal.public_id]


def _halves(pair: Pair, group: str, taken: str) -> tuple[Half, Half]:
    left, right = pair.left.deal.public_id, pair.right.deal.public_id
    return (
        _half(group, left, pair.facts[left], taken == left),
        _half(group, right, pair.facts[right], taken == right),
    )


def _half(group: str, side: str, facts: Facts, chosen: bool) -> Half:
    names = GROUPS.get(group, (group,))
    cited = [one for one in facts["sources"] if one["field"] == group]
    return Half(
        side,
        [line for name in names for line in lines(name, facts)],
        [source_line(one | {"field": ""}) for one in cited],
        chosen,
    )


def result(pair: Pair) -> Facts:
    """What the deal that stays would say. Raises `NotAllowed`."""
    return merged_facts(pair.stays, pair.goes, pair.choice, why=_("the reason of the merge"))


def impact(pair: Pair, facts: Facts) -> dict[str, Any]:
    """What the merge would do to the headline shares."""
    by_id = {b.version["id"]: b for b in load([pair.stays.pk, pair.goes.pk])}
    bundles = [by_id[pair.stays.pk], by_id[pair.goes.pk]]
    return impact_of_bundles([would_be(facts, bundles)], gone=[pair.goes.deal_id])
