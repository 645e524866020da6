"""The question as a form: which choices each of its parts offers, and what narrows it now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from deals.flows import links
from deals.flows.definition import PLURALS, place_name
from deals.flows.query import ALL, EVER_COMPLETED, FlowQuery
from deals.models import Population
from deals.rules.counting import KINDS, STATUSES
from deals.rules.countries import country_name
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.wording import EUROPE

# The same as CN, which is offered as a country.
NOT_OFFERED = frozenset({"china"})
OTHER_COUNTRIES = ("US", "CA", "JP", "KR", "SG", "IL", "AE", "SA", "IN", "AU", "RU", "TR")
CHINESE = ("CN", "HK", "MO", "TW")
AI_WORDS = {"yes": "AI companies", ALL: "all companies", "no": "companies that are not AI",
            "unknown": "companies not judged yet"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A drop-down list: groups of options, a group without a label stands outside."""

    name: str
    label: str
    default: str
    groups: tuple[tuple[str, tuple[Option, ...]], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A field to write in; `hint` says what in."""

    name: str
    label: str
    value: str
    hint: str


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One part of the question that leaves deals out, and the address of the page without it."""

    label: str
    without: str


def _choice(
    name: str, label: str, current: str, default: str, *groups: tuple[str, Mapping[str, str]]
) -> Choice:
    """A value that no group offers, as a combination in a shared link, stays selectable on top."""
    offered = {value for _, options in groups for value in options}
    filled = [
        (title, tuple(Option(value, text, value == current) for value, text in options.items()))
        for title, options in groups
    ]
    if current not in offered:
        filled.insert(0, ("", (Option(current, current.replace(",", ", "), True),)))
    return Choice(name, label, default, tuple(filled))


def _place(name: str, label: str, codes: tuple[str, ...], anything: str) -> Choice:
    regions = {code: region.title for code, region in REGIONS.items() if code not in NOT_OFFERED}
    groups: list[tuple[str, dict[str, str]]] = [
        ("Regions", regions),
        ("China", {code: country_name(code) for code in CHINESE}),
        ("Europe", _by_name(EUROPE)),
        ("Elsewhere", _by_name(OTHER_COUNTRIES)),
        ("", {"": anything}),
    ]
    current = ",".join(codes)
    if codes and all(current not in options for _, options in groups):
        groups.insert(0, ("", {current: place_name(codes)}))
    return _choice(name, label, current, "", *groups)


def _by_name(codes: Iterable[str]) -> dict[str, str]:
    return dict(sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1]))


def sentence_fields(query: FlowQuery) -> dict[str, Choice | Text]:
    """The fields inside the sentence, by name."""
    populations = {"": "the case list (documented deals)"}
    populations |= dict(Population.objects.order_by("title").values_list("code", "title"))
    kinds = {kind: PLURALS[kind] for kind in KINDS} | {ALL: "deals of every kind"}
    return {
        "kind": _choice("kind", "Kind of deal", ",".join(query.kind), "funding_round", ("", kinds)),
        "ai": _choice("ai", "Companies", ",".join(query.ai), "yes", ("", AI_WORDS)),
        "target": _place("target", "Companies in", query.target, "any country"),
        "investor": _place("investor", "Investors from", query.investor, "anywhere"),
        "from": Text("from", "From", query.from_, "any time"),
        "to": Text("to", "To", query.to, "today"),
        "population": _choice("population", "Population", query.population, "", ("", populations)),
    }


def more_fields(query: FlowQuery) -> list[Choice | Text]:
    """The fields under "More filters"."""
    compare = ",".join(query.compare) if query.compare else "none"
    statuses = {EVER_COMPLETED: "Ever completed"} | STATUSES | {ALL: "Any status"}
    attributions = {"immediate": "The investor’s own country", "ultimate": "The owner’s at the top"}
    comparators = {"US": "United States", "JP": "Japan", "SG": "Singapore", "china-hk-mo": "China",
                   "europe": "Europe", "none": "nobody"}  # fmt: skip
    currencies = {"EUR": "Euro", "USD": "US dollar", "CNY": "Renminbi"}
    sectors = {"": "All sectors"} | SECTORS
    rounds = {"": "All rounds"} | ROUND_TYPES
    state_linked = {"": "With or without", "yes": "With one", "no": "Without any"}
    amount = f"in {query.currency}, e.g. 5000000"
    return [
        _choice("sector", "Sector", ",".join(query.sector), "", ("", sectors)),
        _choice("round", "Round", ",".join(query.round), "", ("", rounds)),
        _choice("status", "Status", ",".join(query.status), EVER_COMPLETED, ("", statuses)),
        _choice("attribution", "Country of an investor", query.attribution, "immediate",
                ("", attributions)),
        _choice("compare", "Compare with investors from", compare, "US", ("", comparators)),
        _choice("currency", "Currency", query.currency, "EUR", ("", currencies)),
        Text("min_amount", "Amount at least", _plain(query.min_amount), amount),
        Text("max_amount", "Amount at most", _plain(query.max_amount), amount),
        Text("known_by", "As far as known by", query.known_by, "e.g. 2023-06"),
        _choice("state_linked", "State-linked investors", query.state_linked, "",
                ("", state_linked)),
        Text("as_of", "As of", _plain(query.as_of), "e.g. 2026-03-31; the newest"),
    ]  # fmt: skip


def kept_fields(query: FlowQuery) -> dict[str, str]:
    """Parts of a shared link that have no field of their own."""
    given = {"organization": query.organization, "release": query.release}
    return {name: value for name, value in given.items() if value}


def _plain(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else "" if value is None else str(value)


LABELS = {
    "from_": "from", "to": "to", "ai": "companies", "sector": "sector", "round": "round",
    "kind": "kind", "status": "status", "attribution": "attribution",
    "min_amount": "amount at least", "max_amount": "amount at most",
    "organization": "organization", "known_by": "known by", "release": "release",
    "as_of": "as of", "state_linked": "state-linked investors",
}  # fmt: skip
TITLES = KINDS | STATUSES | SECTORS | ROUND_TYPES | {ALL: "all", "ultimate": "owner at the top"}


def narrowings(query: FlowQuery) -> list[Narrowing]:
    """Everything that differs from the defaults and can leave deals out, each with a way out."""
    found = []
    for item in fields(query):
        value = getattr(query, item.name)
        if item.name in LABELS and value != item.default:
            words = value if isinstance(value, tuple) else (value,)
            text = ", ".join(TITLES.get(str(word), str(word)) for word in words)
            without = links.page(query.but(**{item.name: item.default}))
            found.append(Narrowing(f"{LABELS[item.name]}: {text}", without))
    return found
