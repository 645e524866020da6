"""The filters of a list of deals as fields of a form, each choice with the deals it would list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deals.flows.definition import place_name
from deals.flows.facets import Facets
from deals.flows.listing import ORDERS, Wanted
from deals.flows.query import ALL, CURRENCIES, EVER_COMPLETED, FlowQuery
from deals.rules.counting import KINDS, STATUSES
from deals.rules.countries import country_name
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS

ORDER_WORDS = {
    "-date": "Newest first",
    "date": "Oldest first",
    "-amount": "Largest amount first",
    "amount": "Smallest amount first",
    "-updated": "Last changed first",
    "updated": "First changed first",
}
AI_WORDS = {"yes": "AI companies", "no": "Not AI", "unknown": "AI not known"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One option; `count` is None where no count is kept."""

    value: str
    label: str
    count: int | None = None
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """One field; `groups` are options under a heading, "" for none."""

    name: str
    label: str
    groups: tuple[tuple[str, tuple[Choice, ...]], ...]


def selects(query: FlowQuery, wanted: Wanted, facets: Facets) -> list[Select]:
    """All fields with a closed list of choices, in the order of the form."""
    return [
        _words("kind", "Kind", query, facets, KINDS, [(ALL, "All kinds")]),
        _words(
            "status",
            "Status",
            query,
            facets,
            STATUSES,
            [(EVER_COMPLETED, "Ever completed"), (ALL, "Any status")],
        ),
        _words("ai", "AI or not", query, facets, AI_WORDS, [(ALL, "All companies")]),
        _words("round", "Type of round", query, facets, ROUND_TYPES, [("", "Any round")]),
        _places("investor", "Investor from", query.investor, facets.counts["investor"]),
        _places("target", "Target in", query.target, facets.counts["target"]),
        _plain("sector", "Sector", ",".join(query.sector), [("", "Any sector"), *SECTORS.items()]),
        _populations(query, facets),
        _plain("currency", "Convert to", query.currency, [(code, code) for code in CURRENCIES]),
        _plain("ordering", "Order", wanted.order, [(o, ORDER_WORDS[o]) for o in ORDERS]),
    ]


def _words(
    name: str,
    label: str,
    query: FlowQuery,
    facets: Facets,
    titles: Mapping[str, str],
    leading: Iterable[tuple[str, str]],
) -> Select:
    asked = ",".join(getattr(query, name))
    counts = facets.counts[name]
    options = [
        Choice(value, title, sum(counts.values()) if value in (ALL, "") else None, value == asked)
        for value, title in leading
    ]
    if "," in asked:
        words = (titles.get(word, word.replace("_", " ")) for word in asked.split(","))
        options.append(Choice(asked, " or ".join(words), None, True))
    # A word that would list nothing is offered only while it is the one asked for.
    options += [
        Choice(code, title, counts.get(code, 0), code == asked)
        for code, title in titles.items()
        if counts.get(code) or code == asked or code in getattr(FlowQuery(), name)
    ]
    return Select(name, label, (("", tuple(options)),))


def _places(name: str, label: str, asked: tuple[str, ...], counts: Mapping[str, int]) -> Select:
    value = ",".join(asked)
    leading = [Choice("", "Anywhere", None, not asked)]
    if len(asked) > 1 or (asked and asked[0] not in REGIONS and asked[0] not in counts):
        leading.append(Choice(value, place_name(asked), None, True))
    regions = (Choice(code, region.title, None, code == value) for code, region in REGIONS.items())
    countries = sorted(
        (
            Choice(code, country_name(code), deals, code == value)
            for code, deals in counts.items()
            if code
        ),
        key=lambda choice: choice.label,
    )
    groups = (("", tuple(leading)), ("Regions", tuple(regions)), ("Countries", tuple(countries)))
    return Select(name, label, tuple(group for group in groups if group[1]))


def _populations(query: FlowQuery, facets: Facets) -> Select:
    options = [Choice("", "Case list: documented deals", None, not query.population)]
    for found in facets.populations:
        selected = found.code == query.population
        title = f"{found.title} – not real" if found.generated else found.title
        options.append(Choice(found.code, title, found.deals, selected))
    return Select("population", "Population", (("", tuple(options)),))


def _plain(name: str, label: str, asked: str, words: Iterable[tuple[str, str]]) -> Select:
    options = [Choice(value, title, None, value == asked) for value, title in words]
    if not any(option.selected for option in options):
        options.append(Choice(asked, " or ".join(asked.split(",")), None, True))
    return Select(name, label, (("", tuple(options)),))
