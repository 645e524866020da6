"""The question as a form: which choices each of its parts offers, and how to ask it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from deals import wording
from deals.flows import links
from deals.flows.definitions import BRIDGE, DEFINITIONS, bridge, same_as
from deals.flows.query import ALL, FlowQuery
from deals.models import Population
from deals.rules.regions import swap_china
from deals.web.picks import Pick, kind_pick, place_pick, round_pick, sector_pick, status_pick


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A drop-down list of which one option is chosen."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A field to write in; `hint` says what in."""

    name: str
    label: str
    value: str
    hint: str


@dataclass(frozen=True, slots=True)
class Way:
    """Another way to ask: the address of the page, and whether it is the present one."""

    label: str
    page: str
    current: bool
    title: str = ""


Field = Choice | Text | Pick


def _choice(name: str, label: str, current: str, options: Mapping[str, str]) -> Choice:
    """A value that is not offered, as a combination in a shared link, stays selectable on top."""
    found = [Option(value, text, value == current) for value, text in options.items()]
    if current not in options:
        found.insert(0, Option(current, current.replace(",", ", "), True))
    return Choice(name, label, tuple(found))


def ai_words() -> dict[str, str]:
    """The answers of the field "AI or not", as they stand in the sentence."""
    return {
        "yes": _("AI companies"),
        ALL: _("all companies"),
        "no": _("companies that are not AI"),
        "unknown": _("companies not judged yet"),
    }


def sentence_fields(query: FlowQuery) -> dict[str, Field]:
    """The fields inside the sentence, by name."""
    populations = {"": _("the case list (documented deals)")}
    populations |= {
        code: _(title)
        for code, title in Population.objects.order_by("title").values_list("code", "title")
    }
    return {
        "kind": kind_pick(query),
        "ai": _choice("ai", _("Companies"), ",".join(query.ai), ai_words()),
        "target": place_pick(
            "target",
            _("in"),
            query.target,
            wording.place_in_sentence(query.target, _("any country")),
        ),
        "investor": place_pick(
            "investor", _("had an investor from"), query.investor, wording.origin(query)
        ),
        "from": Text("from", _("From"), query.from_, _("any time")),
        "to": Text("to", _("To"), query.to, _("today")),
        "population": _choice("population", _("Population"), query.population, populations),
    }


def filters_context(query: FlowQuery) -> dict[str, Any]:
    """Everything under "More filters"."""
    return {"picks": more_picks(query), "more": more_fields(query)}


def more_picks(query: FlowQuery) -> list[Pick]:
    """Groups of boxes under "More filters"."""
    return [sector_pick(query), round_pick(query), status_pick(query)]


def more_fields(query: FlowQuery) -> list[Choice | Text]:
    """The other fields under "More filters"."""
    compare = ",".join(query.compare) if query.compare else "none"
    attributions = {
        "immediate": _("The investor’s own country"),
        "ultimate": _("The owner’s at the top"),
    }
    comparators = {
        "US": _("United States"), "JP": _("Japan"), "SG": _("Singapore"),
        "china-hk-mo": _("China"), "europe": _("Europe"), "none": _("nobody"),
    }  # fmt: skip
    currencies = {"EUR": _("Euro"), "USD": _("US dollar"), "CNY": _("Renminbi")}
    state_linked = {"": _("With or without"), "yes": _("With one"), "no": _("Without any")}
    amount = _("in %(currency)s, e.g. 5000000") % {"currency": query.currency}
    return [
        _choice("attribution", _("Country of an investor"), query.attribution, attributions),
        _choice("compare", _("Compare with investors from"), compare, comparators),
        _choice("currency", _("Currency"), query.currency, currencies),
        Text("min_amount", _("Amount at least"), _plain(query.min_amount), amount),
        Text("max_amount", _("Amount at most"), _plain(query.max_amount), amount),
        _choice("state_linked", _("State-linked investors"), query.state_linked, state_linked),
        Text("known_by", _("As far as known by"), query.known_by, _("e.g. 2023-06")),
        Text("as_of", _("As of"), _plain(query.as_of), _("e.g. 2026-03-31; the newest")),
    ]


def kept_fields(query: FlowQuery) -> dict[str, str]:
    """Parts of a shared link that have no field of their own."""
    given = {"organization": query.organization, "release": query.release}
    return {name: value for name, value in given.items() if value}


def _plain(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else "" if value is None else str(value)


def china_ways(query: FlowQuery) -> list[Way]:
    """China with, or without, Hong Kong and Macao; empty where no side has mainland China."""
    others = {both: swapped(query, both) for both in (False, True)}
    if not any(others.values()):
        return []
    labels = {False: _("China: mainland"), True: _("China with Hong Kong and Macao")}
    return [
        Way(labels[both], links.page(other or query), other is None)
        for both, other in others.items()
    ]


def swapped(query: FlowQuery, with_hk_mo: bool) -> FlowQuery | None:
    """The question with, or without, Hong Kong and Macao; None where it is asked so already."""
    investor = swap_china(query.investor_side, with_hk_mo)
    target = swap_china(query.target_side, with_hk_mo)
    if investor is None and target is None:
        return None
    return query.but(
        investor=investor.codes if investor else query.investor,
        target=target.codes if target else query.target,
    )


def presets(query: FlowQuery) -> list[Way]:
    """Definitions of other institutes, asked inside the present population."""
    inside = {name: getattr(query, name) for name in ("population", "as_of", "release")}
    found = []
    for one in DEFINITIONS.values():
        if one.year:
            asked = one.query.but(**inside)
            found.append(Way(_(one.title), links.page(asked), asked == query, one.differs))
    return found


def bridge_link(query: FlowQuery) -> str:
    """The page that leads from another institute's number to this one, step by step."""
    own = same_as(query)
    first = next(d for d in DEFINITIONS.values() if d.year and (own is None or d.code != own.code))
    inside = {name: getattr(query, name) for name in ("population", "as_of", "release")}
    return bridge(first.query.but(**inside), query) if query.target else BRIDGE
