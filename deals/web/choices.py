"""The filters of a list of deals as fields of a form, each choice with the deals it would list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.flows.definition import either, place_name
from deals.flows.facets import Facets
from deals.flows.listing import ORDERS, Wanted
from deals.flows.query import ALL, CURRENCIES, EVER_COMPLETED, FlowQuery
from deals.rules.counting import KINDS, STATUSES
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.templatetags.formats import country

ORDER_WORDS = {
    "-date": gettext_noop("Newest first"),
    "date": gettext_noop("Oldest first"),
    "-amount": gettext_noop("Largest amount first"),
    "amount": gettext_noop("Smallest amount first"),
    "-updated": gettext_noop("Last changed first"),
    "updated": gettext_noop("First changed first"),
    "id": gettext_noop("First recorded first"),
    "-id": gettext_noop("Last recorded first"),
}
AI_WORDS = {
    "yes": gettext_noop("AI companies"),
    "no": gettext_noop("Not AI"),
    "unknown": gettext_noop("AI not known"),
}


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
        _words("kind", _("Kind"), query, facets, KINDS, [(ALL, _("All kinds"))]),
        _words(
            "status",
            _("Status"),
            query,
            facets,
            STATUSES,
            [(EVER_COMPLETED, _("Ever completed")), (ALL, _("Any status"))],
        ),
        _words("ai", _("AI or not"), query, facets, AI_WORDS, [(ALL, _("All companies"))]),
        _words("round", _("Type of round"), query, facets, ROUND_TYPES, [("", _("Any round"))]),
        _places("investor", _("Investor from"), query.investor, facets.counts["investor"]),
        _places("target", _("Target in"), query.target, facets.counts["target"]),
        _plain(
            "sector",
            _("Sector"),
            ",".join(query.sector),
            [("", _("Any sector")), *((code, _(title)) for code, title in SECTORS.items())],
        ),
        _populations(query, facets),
        _plain("currency", _("Convert to"), query.currency, [(one, one) for one in CURRENCIES]),
        _plain("ordering", _("Order"), wanted.order, [(o, _(ORDER_WORDS[o])) for o in ORDERS]),
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
        words = [_(titles.get(word, word.replace("_", " "))) for word in asked.split(",")]
        options.append(Choice(asked, either(words), None, True))
    # A word that would list nothing is offered only while it is the one asked for.
    options += [
        Choice(code, _(title), counts.get(code, 0), code == asked)
        for code, title in titles.items()
        if counts.get(code) or code == asked or code in getattr(FlowQuery(), name)
    ]
    return Select(name, label, (("", tuple(options)),))


def _places(name: str, label: str, asked: tuple[str, ...], counts: Mapping[str, int]) -> Select:
    value = ",".join(asked)
    leading = [Choice("", _("Anywhere"), None, not asked)]
    if len(asked) > 1 or (asked and asked[0] not in REGIONS and asked[0] not in counts):
        leading.append(Choice(value, place_name(asked, country), None, True))
    regions = (Choice(c, _(region.title), None, c == value) for c, region in REGIONS.items())
    countries = sorted(
        (
            Choice(code, country(code), deals, code == value)
            for code, deals in counts.items()
            if code
        ),
        key=lambda choice: choice.label,
    )
    groups = (
        ("", tuple(leading)),
        (_("Regions"), tuple(regions)),
        (_("Countries"), tuple(countries)),
    )
    return Select(name, label, tuple(group for group in groups if group[1]))


def _populations(query: FlowQuery, facets: Facets) -> Select:
    options = [Choice("", _("Case list: documented deals"), None, not query.population)]
    for found in facets.populations:
        selected = found.code == query.population
        said = _("%(title)s – not real") if found.generated else "%(title)s"
        title = said % {"title": found.title}
        options.append(Choice(found.code, title, found.deals, selected))
    return Select("population", _("Population"), (("", tuple(options)),))


def _plain(name: str, label: str, asked: str, words: Iterable[tuple[str, str]]) -> Select:
    options = [Choice(value, title, None, value == asked) for value, title in words]
    if not any(option.selected for option in options):
        options.append(Choice(asked, either(asked.split(",")), None, True))
    return Select(name, label, (("", tuple(options)),))
