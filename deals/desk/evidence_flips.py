"""Which deals a change of evidence moves, before it is published: counted, listed, and weighed.

Everything is computed afresh from what is on record; nothing is written.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from deals import localised
from deals.desk.reviewed_impact import Effect, effect
from deals.entry.evidence import Change
from deals.entry.evidence_bundles import moved
from deals.entry.evidence_laid import moves_of
from deals.entry.evidence_moves import Disagreement
from deals.feeds.repoint import Repointing
from deals.flows.flips import HEADQUARTERS, ULTIMATE, WAYS, Flip, Flow, flip, places_of
from deals.flows.whatif_versions import impact_of_bundles
from deals.models import DealVersion, Organization
from deals.models.bundles import Bundle, Row, load

# The page lists so many deals, those that change a flow first; the counts are of all.
MOST_SHOWN = 100
MOST_DISAGREEING = 20
EVERY_FLOW = [
    Flow(way, by, wide) for way in WAYS for by in (HEADQUARTERS, ULTIMATE) for wide in (False, True)
]


@dataclass(frozen=True, slots=True)
class Place:
    """One organization's part in a deal that changes; each pair is before and after, in words,
    and both are "" where nothing changes."""

    role: str
    name: str
    country: tuple[str, str]
    owner: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shift:
    """One live deal that would get a new version; `date` as `deal_date` takes it."""

    public_id: str
    target: str
    date: dict[str, Any]
    places: tuple[Place, ...]
    entered: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stays:
    """A stated country that stays, although the evidence says another one."""

    public_id: str
    target: str
    role: str
    stated: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Flips:
    """`deals` would get a new version each; of them `by_headquarters` and `by_owner` enter or leave
    a flow under that attribution. `waiting` versions are mended where they are. `impact` is that of
    `impact_of_bundles`, None where no deal moves."""

    deals: int
    by_headquarters: int
    by_owner: int
    shown: list[Shift]
    waiting: int
    disagreements: int
    disagreeing: list[Stays]
    impact: dict[str, Any] | None
    entering: Counter[Flow]
    leaving: Counter[Flow]

    @property
    def sums(self) -> list[tuple[str, int, int]]:
        """Each flow that changes, in words, with the deals that enter and that leave it."""
        changed = [flow for flow in EVERY_FLOW if self.entering[flow] or self.leaving[flow]]
        return [
            (flow_words([flow])[0], self.entering[flow], self.leaving[flow]) for flow in changed
        ]

    @property
    def effect(self) -> Effect | None:
        """What moves in the headline shares, in words."""
        return effect(self.impact)


def flips(organization: Organization, changes: list[Change]) -> Flips:
    """What publishing these changes would do to the deals, as of now."""
    found = moves_of(organization, changes)
    versions = found.change.versions()
    disagreeing = _live([one.version for one in found.disagreements])
    live = _live(versions)
    before = load(sorted(live))
    after = moved(before, found.change)
    rows = [
        (was, will_be, flip(places_of(was), places_of(will_be)))
        for was, will_be in zip(before, after, strict=True)
    ]
    # What changes a flow stands first, then the newest.
    rows.sort(key=_newest, reverse=True)
    rows.sort(key=lambda row: not (row[2].entered or row[2].left))
    stays = [one for one in found.disagreements if one.version in disagreeing]
    return Flips(
        deals=len(rows),
        by_headquarters=sum(flipped.by(HEADQUARTERS) for *_, flipped in rows),
        by_owner=sum(flipped.by(ULTIMATE) for *_, flipped in rows),
        shown=[_shift(*row, found.change) for row in rows[:MOST_SHOWN]],
        waiting=len(versions) - len(live),
        disagreements=len(stays),
        disagreeing=_stays(stays[:MOST_DISAGREEING]),
        impact=impact_of_bundles(after) if after else None,
        entering=Counter(flow for *_, flipped in rows for flow in flipped.entered),
        leaving=Counter(flow for *_, flipped in rows for flow in flipped.left),
    )


def _live(versions: Iterable[int]) -> set[int]:
    rows = DealVersion.objects.live().filter(pk__in=list(versions))
    return set(rows.values_list("pk", flat=True))


def _newest(row: tuple[Bundle, Bundle, Flip]) -> tuple[bool, Any, int]:
    version = row[0].version
    return version["date_last"] is not None, version["date_last"] or 0, version["id"]


def _shift(before: Bundle, after: Bundle, flipped: Flip, change: Repointing) -> Shift:
    version = before.version
    places = []
    if version["id"] in change.target_countries:
        countries = _pair(version["target_country"], after.version["target_country"])
        places.append(Place(_("target"), version["target_name"], countries, ("", "")))
    for was, will_be in zip(before.participations, after.participations, strict=True):
        if was != will_be:
            places.append(_part(was, will_be))
    return Shift(
        public_id=version["deal_public_id"],
        target=version["target_name"],
        date={
            "first": version["date_first"] and version["date_first"].isoformat(),
            "last": version["date_last"] and version["date_last"].isoformat(),
            "precision": version["date_precision"],
        },
        places=tuple(places),
        entered=tuple(flow_words(flipped.entered)),
        left=tuple(flow_words(flipped.left)),
    )


def _part(was: Row, will_be: Row) -> Place:
    same = was["country"] == will_be["country"]
    owners = _owners(was), _owners(will_be)
    return Place(
        role=_("investor"),
        name=was["investor_name"],
        country=("", "") if same else _pair(was["country"], will_be["country"]),
        owner=("", "") if owners[0] == owners[1] else owners,
    )


def _owners(part: Row) -> str:
    names = [localised.country_name(code) for code in part["ultimate"]]
    said = _(" and ").join(names) if names else _("not known")
    if part["ultimate_basis"] == "owner_not_researched":
        said = _("%(country)s (owner not researched)") % {"country": said}
    return _("%(country)s, state-linked") % {"country": said} if part["state_linked"] else said


def _pair(before: str | None, after: str | None) -> tuple[str, str]:
    return _country(before), _country(after)


def _country(code: str | None) -> str:
    return localised.country_name(code) if code else _("not known")


def flow_words(flows: Sequence[Flow]) -> list[str]:
    """Flows in words, those that differ only in Hong Kong and Macao, or in how the investor's
    country is found, said once."""
    said = []
    for way in dict.fromkeys(flow.way for flow in flows):
        mine = {(flow.by, flow.wide) for flow in flows if flow.way == way}
        by_width: dict[tuple[bool, ...], list[str]] = {}
        for by in (HEADQUARTERS, ULTIMATE):
            widths = tuple(sorted(wide for how, wide in mine if how == by))
            if widths:
                by_width.setdefault(widths, []).append(by)
        said += [_flow(way, widths, bys) for widths, bys in by_width.items()]
    return said


def _flow(way: tuple[str, str], widths: tuple[bool, ...], bys: list[str]) -> str:
    arrow = _("Europe → China") if way[0] == "europe" else _("China → Europe")
    how = {
        (HEADQUARTERS,): _("by headquarters"),
        (ULTIMATE,): _("by the owner at the top"),
        (HEADQUARTERS, ULTIMATE): _("by headquarters and by the owner at the top"),
    }[tuple(bys)]
    parts = {"flow": arrow, "how": how}
    if widths == (True,):
        return _("%(flow)s, counted with Hong Kong and Macao, %(how)s") % parts
    if widths == (False,):
        return _("%(flow)s, counted without Hong Kong and Macao, %(how)s") % parts
    return _("%(flow)s, %(how)s") % parts


def _stays(found: list[Disagreement]) -> list[Stays]:
    versions = DealVersion.objects.select_related("deal").in_bulk([one.version for one in found])
    return [
        Stays(
            public_id=versions[one.version].deal.public_id,
            target=versions[one.version].target_name,
            role=_("target") if one.position is None else _("investor"),
            stated=_country(one.stated),
            evidence=_country(one.evidence),
        )
        for one in found
    ]
