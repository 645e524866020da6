"""Parts of the question of which several may be chosen: boxes to tick, said in a few words.

Ticking nothing means what the question assumes by itself. A form without a script can send "all"
beside other words; `form_values` reads that as all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    """One box to tick; `holds` are the countries of a region, which its box stands for."""

    value: str
    label: str
    ticked: bool
    holds: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A group of boxes under one name; `ask` stands before `said`, which says what is ticked."""

    name: str
    ask: str
    said: str
    groups: tuple[tuple[str, tuple[Box, ...]], ...]


def form_values(given: QueryDict) -> QueryDict:
    """What was sent, with "all" alone where a form sent it beside other words."""
    values = given.copy()
    for name in WITH_ALL:
        texts = [text.strip().lower() for text in given.getlist(name)]
        if len(texts) > 1 and ALL in texts:
            values[name] = ALL
    return values


def place_pick(name: str, ask: str, codes: tuple[str, ...], said: str) -> Pick:
    """Regions and countries; what else a shared link asks for is offered with them, ticked."""
    regions = [code for code in REGIONS if code not in NOT_OFFERED or code in codes]
    offered = {*regions, *CHINESE, *wording.EUROPE, *OTHER_COUNTRIES}
    groups = [
        (_("Regions"), _boxes(regions, codes)),
        (_("China"), _boxes(CHINESE, codes)),
        (_("Europe"), _boxes(_by_name(wording.EUROPE), codes)),
        (_("Elsewhere"), _boxes(_by_name({*OTHER_COUNTRIES} | set(codes) - offered), codes)),
    ]
    return Pick(name, ask, said, tuple(groups))


def _by_name(codes: Iterable[str]) -> list[str]:
    return sorted(codes, key=country)


def _boxes(codes: Iterable[str], chosen: tuple[str, ...]) -> tuple[Box, ...]:
    return tuple(
        Box(code, _(REGIONS[code].title), code in chosen, _members(code))
        if code in REGIONS
        else Box(code, country(code), code in chosen)
        for code in codes
    )


def _members(region: str) -> str:
    return ",".join(sorted({member.country for member in REGIONS[region].members}))


def kind_pick(query: FlowQuery) -> Pick:
    """Inside the sentence: "funding rounds"."""
    titles = {kind: PLURALS[kind] for kind in KINDS} | {ALL: _("deals of every kind")}
    return _words("kind", _("How many"), query.kind, kinds_phrase(query), titles)


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
