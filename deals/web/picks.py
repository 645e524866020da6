"""Parts of the question of which several may be chosen: boxes to tick, said in a few words.

Ticking nothing means what the question assumes by itself. A form without a script can send "all"
beside other words; `form_values` reads that as all.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from django.http import QueryDict
from django.utils.translation import gettext as _

from deals import wording
from deals.flows.definition import PLURALS, either, kinds_phrase
from deals.flows.query import ALL, EVER_COMPLETED, FlowQuery
from deals.rules.counting import KINDS, STATUSES
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.templatetags.formats import country

# The same as CN, which is offered as a country.
NOT_OFFERED = frozenset({"china"})
OTHER_COUNTRIES = ("US", "CA", "JP", "KR", "SG", "IL", "AE", "SA", "IN", "AU", "RU", "TR")
CHINESE = ("CN", "HK", "MO", "TW")
# What a form may send several times, with a word for everything.
WITH_ALL = ("kind", "status", "sector", "round")


@dataclass(frozen=True, slots=True)
class Box:
    """One box to tick."""

    value: str
    label: str
    ticked: bool


# Boxes under a title.
Group = tuple[str, tuple[Box, ...]]


@dataclass(frozen=True, slots=True)
class Pick:
    """A group of boxes under one name; `ask` stands before `said`, which says what is ticked.

    `rest` are boxes, none of them ticked, that a page need not send before somebody looks for them;
    `more` says what they are.
    """

    name: str
    ask: str
    said: str
    groups: tuple[Group, ...]
    rest: tuple[Group, ...] = ()
    more: str = ""

    @property
    def ticked(self) -> str:
        """The values of the ticked boxes, as an address carries them."""
        return ",".join(box.value for _, boxes in self.groups for box in boxes if box.ticked)


def form_values(given: QueryDict) -> QueryDict:
    """What was sent, with "all" alone where a form sent it beside other words."""
    values = given.copy()
    for name in WITH_ALL:
        texts = [text.strip().lower() for text in given.getlist(name)]
        if len(texts) > 1 and ALL in texts:
            values[name] = ALL
    return values


def place_pick(name: str, ask: str, codes: tuple[str, ...], said: str) -> Pick:
    """Regions and countries; what else a shared link asks for is offered with them, ticked.

    Countries that are not ticked are the rest, except those of China.
    """
    regions = [code for code in REGIONS if code not in NOT_OFFERED or code in codes]
    groups = [(_("Regions"), _boxes(regions, codes)), (_("China"), _boxes(CHINESE, codes))]
    ticked = _by_name({*codes} - {*regions, *CHINESE})
    if ticked:
        groups.append((_("Chosen"), _boxes(ticked, codes)))
    return Pick(name, ask, said, tuple(groups), other_countries(ticked), _("More countries"))


def other_countries(shown: Collection[str]) -> tuple[Group, ...]:
    """The countries that are offered beside regions and China, without those that are shown."""
    groups = ((_("Europe"), wording.EUROPE), (_("Elsewhere"), OTHER_COUNTRIES))
    return tuple((title, _boxes(_by_name({*codes} - {*shown}), ())) for title, codes in groups)


def _by_name(codes: Iterable[str]) -> list[str]:
    return sorted(codes, key=country)


def _boxes(codes: Iterable[str], chosen: tuple[str, ...]) -> tuple[Box, ...]:
    return tuple(
        Box(code, _(REGIONS[code].title) if code in REGIONS else country(code), code in chosen)
        for code in codes
    )


@cache
def region_countries() -> str:
    """The countries that each region's box stands for, for the script: "eu28:AT,BE;efta:CH"."""
    held = {code: sorted({one.country for one in REGIONS[code].members}) for code in REGIONS}
    return ";".join(f"{code}:{','.join(countries)}" for code, countries in held.items())


def kind_pick(query: FlowQuery) -> Pick:
    """Inside the sentence: "funding rounds"."""
    titles = {kind: PLURALS[kind] for kind in KINDS} | {ALL: _("deals of every kind")}
    first = {kind: title for kind, title in titles.items() if kind in (*query.kind, ALL)}
    pick = _words("kind", _("How many"), query.kind, kinds_phrase(query), first)
    return replace(pick, rest=other_kinds(query.kind), more=_("More kinds"))


def other_kinds(shown: Collection[str]) -> tuple[Group, ...]:
    """Every kind but those that are shown."""
    kinds = [Box(kind, _(PLURALS[kind]), False) for kind in KINDS if kind not in shown]
    return ((_("Other kinds"), tuple(kinds)),)


def sector_pick(query: FlowQuery) -> Pick:
    said = either([_(SECTORS[code]) for code in query.sector]) or _("all sectors")
    return _words("sector", _("Sector:"), query.sector, said, SECTORS)


def round_pick(query: FlowQuery) -> Pick:
    said = either([_(ROUND_TYPES[code]) for code in query.round]) or _("all rounds")
    return _words("round", _("Round:"), query.round, said, ROUND_TYPES)


def status_pick(query: FlowQuery) -> Pick:
    titles = {EVER_COMPLETED: _("Ever completed")} | STATUSES | {ALL: _("Any status")}
    said = either([_(titles[word]) for word in query.status])
    return _words("status", _("Status:"), query.status, said, titles)


def _words(
    name: str, ask: str, chosen: tuple[str, ...], said: str, titles: Mapping[str, str]
) -> Pick:
    boxes = tuple(Box(code, _(title), code in chosen) for code, title in titles.items())
    return Pick(name, ask, said, (("", boxes),))
