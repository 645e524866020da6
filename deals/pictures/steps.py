"""Classes of a quantity for maps and matrices: few steps, each with its bounds in the legend."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from deals.pictures.picture import Key
from deals.templatetags.formats import number

CLASSES = 5


@dataclass(frozen=True, slots=True)
class Steps:
    """`upper` holds the largest number of each class, the last one the largest of all."""

    upper: tuple[int, ...]

    def step(self, n: int) -> int:
        """0 for nothing, 1 to 5 for a class; with few classes the last one still stands out."""
        if n <= 0 or not self.upper:
            return 0
        at = min(bisect_left(self.upper, n), len(self.upper) - 1)
        return CLASSES - len(self.upper) + at + 1

    def legend(self, hue: str) -> tuple[Key, ...]:
        """One key for each class: "1", "2–4", "5–12"."""
        keys = []
        for low, high in pairwise((0, *self.upper)):
            first, last = number(low + 1), number(high)
            span = _("%(first)s–%(last)s") % {"first": first, "last": last}
            label = first if low + 1 == high else span
            keys.append(Key(label, hue, f"seq-{self.step(high)}"))
        return tuple(keys)


def steps(values: Iterable[int]) -> Steps:
    """Bounds that grow by a factor: counts of deals are skewed, and equal steps hide the small."""
    largest = max(values, default=0)
    if largest <= 0:
        return Steps(())
    factor = largest ** (1 / CLASSES)
    bounds = {max(1, round(factor**power)) for power in range(1, CLASSES)} | {largest}
    return Steps(tuple(sorted(bounds)))
