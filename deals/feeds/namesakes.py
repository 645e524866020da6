"""Organizations of nearly the same name, put together: the same one five times in a top list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from deals.feeds.questions import Side, sides_of
from deals.models import Organization, Suggestion

# Looser likenesses lead from one to the next until nobody is like the first.
ALIKE = 88
# The likest so many pairs are looked at.
PAIRS = 2_000


@dataclass(frozen=True, slots=True)
class Namesakes:
    """Organizations that are linked by open questions, the one with most deals first."""

    sides: tuple[Side, ...]

    @property
    def deals(self) -> int:
        """How many live deals they have together; one with two of them is counted twice."""
        return sum(side.deals for side in self.sides)


def namesakes(limit: int = 50) -> list[Namesakes]:
    """Groups of organizations that may be one, those with most deals first. Five queries."""
    merged = Organization.objects.filter(
        Q(pk=OuterRef("one_id")) | Q(pk=OuterRef("other_id")), merged_into__isnull=False
    )
    asked = Suggestion.objects.filter(
        ~Exists(merged), state=Suggestion.State.OPEN, score__gte=ALIKE
    ).order_by("-score", "pk")
    linked = _linked(asked.values_list("one_id", "other_id")[:PAIRS])
    every = {pk for group in linked for pk in group}
    known = sides_of(Organization.objects.in_bulk(every))
    groups = [
        Namesakes(tuple(sorted((known[pk] for pk in group), key=lambda s: (-s.deals, s.pk))))
        for group in linked
    ]
    return sorted(groups, key=lambda group: (-group.deals, group.sides[0].pk))[:limit]


def _linked(pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """Sets of all that are linked, through however many others."""
    neighbours: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        neighbours[one].add(other)
        neighbours[other].add(one)
    found, seen = [], set[int]()
    for start in neighbours:
        if start in seen:
            continue
        group, todo = set[int](), [start]
        while todo:
            at = todo.pop()
            if at not in group:
                group.add(at)
                todo += neighbours[at]
        seen |= group
        found.append(group)
    return found
