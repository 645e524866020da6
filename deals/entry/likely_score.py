"""How likely two deals are one and the same, from 0 to 100, and why; pure functions.

One round is often told by two suppliers, a week apart, in two currencies, with other names. What
speaks for it is weighed against what speaks for two rounds. A score only asks a person to look:
nothing is merged because of it (rule 18 of the methods).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

from deals.entry.likely_words import Reason
from deals.feeds import likeness
from deals.feeds.likeness import Likened
from deals.rules.names import normalise
from deals.rules.vocab import ROUND_TYPES

# From here on a person is asked.
WORTH_ASKING = 60
# Deals of one target that are further apart are not compared at all.
WINDOW_DAYS = 92
SAME_TARGET, LIKE_TARGET = 40, 28
# Rounds that say little about which round it was.
VAGUE = frozenset(
    {"", "venture", "corporate_round", "strategic", "growth", "private_equity", "tranche", "other"}
)
# Points for days between the two, up to and with that many.
DAYS = ((0, 30), (7, 26), (31, 16), (WINDOW_DAYS, 2))
# Points for the difference of two amounts, up to and with that share of the larger one.
AMOUNTS = (
    (Decimal("0.02"), 20),
    (Decimal("0.10"), 14),
    (Decimal("0.30"), 4),
    (Decimal("0.60"), -14),
    (Decimal(1), -26),
)
# A date of more days than this proves less when the other one lies in it.
COARSE, VERY_COARSE = 31, 100
NAMELESS = Likened(())


@dataclass(frozen=True, slots=True)
class Side:
    """A deal as it is compared; what is not known is empty or None.

    `target` is the key of the organization, 0 when it is not in the register; `euros` and
    `stated` are [low, high], the second in `currency`; `investors` are keys of organizations, or
    normalised names; `keys` are (feed, key of the feed) as they were delivered.
    """

    deal: int = 0
    target: int = 0
    likened: Likened = NAMELESS
    first: date | None = None
    last: date | None = None
    kind: str = ""
    round_type: str = ""
    currency: str = ""
    stated: tuple[Decimal, Decimal] | None = None
    euros: tuple[Decimal, Decimal] | None = None
    investors: frozenset[int | str] = frozenset()
    list_complete: bool = False
    keys: frozenset[tuple[int, str]] = frozenset()
    part_of: int | None = None


Points = tuple[int, Reason | None]


def alike(one: Side, other: Side) -> tuple[int, list[Reason]]:
    """How likely the two are one deal, and the reasons; the same both ways round.

    0 without a reason: they cannot be, being of different companies, or one a part of the other.
    """
    target = _targets(one, other)
    if target is None or _belong_together(one, other):
        return 0, []
    found = [
        target,
        _dates(one, other),
        _amounts(one, other),
        _rounds(one, other),
        _kinds(one, other),
        _investors(one, other),
        _feeds(one, other),
    ]
    score = sum(points for points, _ in found)
    return min(100, max(0, score)), [reason for _, reason in found if reason is not None]


def days_apart(one: Side, other: Side) -> int | None:
    """Days between two dates, 0 when they can be the same; None when one is not known."""
    if not (one.first and one.last and other.first and other.last):
        return None
    return max(0, (max(one.first, other.first) - min(one.last, other.last)).days)


def _targets(one: Side, other: Side) -> Points | None:
    if one.target and one.target == other.target:
        return SAME_TARGET, Reason("same_target")
    if not (one.likened.names and other.likened.names):
        return None
    if not (one.target and other.target) and _bear_one_name(one.likened, other.likened):
        return SAME_TARGET, Reason("same_target")
    likely, _ = likeness.score(one.likened, other.likened)
    if likely < likeness.WORTH_ASKING:
        return None
    names = sorted((one.likened.names[0], other.likened.names[0]))
    return LIKE_TARGET, Reason("like_target", {"one": names[0], "other": names[1]})


def _bear_one_name(one: Likened, other: Likened) -> bool:
    """Whether a name that is not in the register yet is found there, in no other country."""
    keys = [{normalise(name) for name in side.names} for side in (one, other)]
    countries = {side.country for side in (one, other)} - {None}
    return len(countries) < 2 and not keys[0].isdisjoint(keys[1])


def _belong_together(one: Side, other: Side) -> bool:
    """A round and its part, or two parts of one round, are never the same deal."""
    if one.part_of and one.part_of == other.part_of:
        return True
    return bool(one.deal and other.deal) and (
        one.part_of == other.deal or other.part_of == one.deal
    )


def _dates(one: Side, other: Side) -> Points:
    days = days_apart(one, other)
    if days is None:
        # Of what is being typed a date is only not there yet.
        return 0, Reason("no_date") if one.deal and other.deal else None
    if days:
        points = next((points for most, points in DAYS if days <= most), -40)
        return points, Reason("days_apart", {"days": days})
    width = max(_days(one), _days(other))
    if width <= 1:
        return DAYS[0][1], Reason("same_day")
    points = 24 if width <= COARSE else 16 if width <= VERY_COARSE else 6
    return points, Reason("dates_overlap")


def _days(side: Side) -> int:
    assert side.first is not None
    assert side.last is not None
    return (side.last - side.first).days + 1


def _amounts(one: Side, other: Side) -> Points:
    if not (one.stated and other.stated):
        return 0, None
    same_currency = one.currency == other.currency
    a, b = (one.stated, other.stated) if same_currency else (one.euros, other.euros)
    if not (a and b):
        return 0, Reason("not_comparable")
    low, high = sorted((a, b), key=lambda span: (span[1], span[0]))
    if low[1] >= high[0]:
        if low == high:
            return 20, Reason("same_amount")
        return 10, Reason("amounts_overlap")
    apart = (high[0] - low[1]) / high[0]
    points = next(points for most, points in AMOUNTS if apart <= most)
    percent = ceil(apart * 100)
    code = "amounts_near" if points > 0 else "amounts_far"
    return points, Reason(code if same_currency else f"{code}_converted", {"percent": percent})


def _rounds(one: Side, other: Side) -> Points:
    a, b = one.round_type, other.round_type
    if not (a and b):
        return 0, None
    if a == b:
        return (5 if a in VAGUE else 10), Reason("same_round", {"round": ROUND_TYPES.get(a, a)})
    if {a, b} & VAGUE:
        return 0, None
    first, second = sorted((ROUND_TYPES.get(a, a), ROUND_TYPES.get(b, b)))
    return -26, Reason("different_rounds", {"one": first, "other": second})


def _kinds(one: Side, other: Side) -> Points:
    if not (one.kind and other.kind) or one.kind == other.kind:
        return 0, None
    return -18, Reason("different_kinds")


def _investors(one: Side, other: Side) -> Points:
    common = len(one.investors & other.investors)
    if common:
        return (10 if common > 1 else 7), Reason("common_investors", {"count": common})
    if not (one.investors and other.investors):
        return 0, None
    points = -16 if one.list_complete and other.list_complete else -6
    return points, Reason("no_common_investor")


def _feeds(one: Side, other: Side) -> Points:
    if _feeds_of(one.keys) & _feeds_of(other.keys) and not one.keys & other.keys:
        return -24, Reason("same_feed")
    return 0, None


def _feeds_of(keys: Iterable[tuple[int, str]]) -> set[int]:
    return {feed for feed, _ in keys}
