"""What a number means, in one sentence that can be quoted beside it.

The sentence is one translatable text with named gaps. Pages fill each gap with a link to the rule
or table that explains it, in the reader's language; the API's `text` is the same in English.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from deals.flows.query import ALL, EVER_COMPLETED, FlowQuery
from deals.flows.scope import Scope
from deals.rules.counting import STATUSES
from deals.rules.countries import country_name
from deals.rules.regions import REGIONS, Side
from deals.rules.vocab import ROUND_TYPES, SECTORS

PLURALS = {
    "funding_round": gettext_noop("funding rounds"),
    "acquisition": gettext_noop("acquisitions"),
    "joint_venture": gettext_noop("joint ventures"),
    "listed_stake": gettext_noop("stakes in listed companies"),
    "secondary": gettext_noop("purchases of existing shares"),
    "debt": gettext_noop("debt deals"),
    "grant": gettext_noop("grants"),
    "ipo": gettext_noop("initial public offerings"),
    "greenfield": gettext_noop("greenfield investments"),
    "licence": gettext_noop("licences"),
    "partnership": gettext_noop("partnerships"),
    "exit": gettext_noop("exits"),
}
CASE_LIST = gettext_noop(
    "This is a case list: its deals were collected because they cross the border, so a share"
    " computed from it would mean nothing. Choose a population that was declared complete to"
    " get a share."
)
GAP = re.compile(r"%\((\w+)\)s")
YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Tongue:
    """How countries and amounts are written; pages bring those of the reader's language."""

    country: Callable[[str], str]
    number: Callable[[Decimal], str]


# Places that a sentence names with an article.
WITH_ARTICLE = frozenset({"US", "GB", "NL", "AE", "CZ", "PH", "eu", "eu27", "eu28"})


def _english_country(code: str) -> str:
    name = country_name(code)
    return f"the {name}" if code in WITH_ARTICLE else name


ENGLISH = Tongue(_english_country, lambda value: f"{value:,f}")


class Phrase(NamedTuple):
    """A piece of a sentence; `href` is the rule or table that explains it, "" for none."""

    text: str
    href: str = ""


def joined(words: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"; "" for none."""
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}


def either(words: Sequence[str]) -> str:
    """ "A", "A or B", "A, B or C"; "" for none."""
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s or %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}


def place_name(
    codes: tuple[str, ...],
    country: Callable[[str], str] = country_name,
    join: Callable[[Sequence[str]], str] = joined,
) -> str:
    """ "Europe (…) and United States" for region and country codes; "anywhere" for none."""
    names = [_(REGIONS[code].title) if code in REGIONS else country(code) for code in codes]
    return join(names) if names else _("anywhere")


def window_phrase(query: FlowQuery) -> str:
    """ "in 2017–2022", "from 2018-03 to 2019-06", "since 2017", "until 2022", "at any time"."""
    first, last = query.from_, query.to
    if first and last:
        if first == last:
            return _("in %(period)s") % {"period": first}
        if len(first) == len(last) == YEAR_DIGITS:
            return _("in %(period)s") % {"period": f"{first}–{last}"}
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("since %(first)s") % {"first": first}
    return _("until %(last)s") % {"last": last} if last else _("at any time")


def kinds_phrase(query: FlowQuery) -> str:
    """ "funding rounds", "acquisitions and joint ventures", "deals of every kind"."""
    if query.kind == (ALL,):
        return _("deals of every kind")
    return joined([_(PLURALS[kind]) for kind in query.kind])


def _status_phrase(query: FlowQuery) -> str:
    if query.status == (EVER_COMPLETED,):
        return _("completed (also if unwound later)")
    if query.status == (ALL,):
        return _("with any status")
    named = [
        _(STATUSES[word]).lower() if word in STATUSES else _("ever completed")
        for word in query.status
    ]
    return _("with the status %(statuses)s") % {"statuses": either(named)}


def _narrowings(query: FlowQuery, tongue: Tongue) -> list[str]:
    parts = []
    if query.sector:
        names = either([_(SECTORS[code]) for code in query.sector])
        parts.append(_("of the sector %(sectors)s") % {"sectors": names})
    if query.round:
        names = either([_(ROUND_TYPES[code]) for code in query.round])
        parts.append(_("of the round type %(rounds)s") % {"rounds": names})
    money = {"currency": query.currency}
    if query.min_amount is not None:
        amount = tongue.number(query.min_amount)
        parts.append(_("of at least %(amount)s %(currency)s") % (money | {"amount": amount}))
    if query.max_amount is not None:
        amount = tongue.number(query.max_amount)
        parts.append(_("of at most %(amount)s %(currency)s") % (money | {"amount": amount}))
    if query.state_linked:
        parts.append(
            _("with a state-linked investor")
            if query.state_linked == "yes"
            else _("with no state-linked investor")
        )
    if query.organization:
        parts.append(_("with %(organization)s taking part") % {"organization": query.organization})
    if query.known_by:
        parts.append(_("recorded by %(day)s") % {"day": query.known_by})
    return parts


def _companies_phrase(query: FlowQuery) -> str:
    if query.ai == ("yes",):
        return _("artificial-intelligence companies")
    if query.ai == (ALL,):
        return _("companies")
    words = {"yes": _("yes"), "no": _("no"), "unknown": _("unknown")}
    return _("companies (AI: %(answers)s)") % {"answers": either([words[ai] for ai in query.ai])}


def _place_href(codes: tuple[str, ...]) -> str:
    region = len(codes) == 1 and codes[0] in REGIONS
    return f"/methods/#region-{codes[0]}" if region else "/methods/#which-country"


def _phrases(query: FlowQuery, population: str, tongue: Tongue) -> dict[str, Phrase]:
    """What fills the gaps of `_template`, by their names."""
    ultimate = query.attribution == "ultimate"
    narrowed = "".join(f" {part}" for part in [joined(_narrowings(query, tongue))] if part)
    inside = (
        _("the population “%(title)s”") % {"title": population}
        if population
        else _("the register’s case list")
    )
    return {
        "kinds": Phrase(kinds_phrase(query), "/methods/#kind"),
        "status": Phrase(_status_phrase(query), "/methods/#status"),
        "companies": Phrase(_companies_phrase(query), "/methods/#ai"),
        "targets": Phrase(place_name(query.target, tongue.country), _place_href(query.target)),
        "narrowed": Phrase(narrowed),
        "window": Phrase(window_phrase(query), "/methods/#dates"),
        "whose": Phrase(
            _("whose owner at the top is") if ultimate else _("with headquarters"),
            "/methods/#owner" if ultimate else "/methods/#which-country",
        ),
        "investors": Phrase(
            place_name(query.investor, tongue.country, either), _place_href(query.investor)
        ),
        "once": Phrase(_("each deal once"), "/methods/#distinct-deals"),
        "inside": Phrase(inside, "/methods/#share"),
    }


def _template() -> str:
    return _(
        "Deals counted: %(kinds)s, %(status)s, into %(companies)s in %(targets)s%(narrowed)s,"
        " announced %(window)s, that had at least one investor %(whose)s in %(investors)s;"
        " %(once)s, within %(inside)s."
    )


def phrases(query: FlowQuery, population: str, tongue: Tongue = ENGLISH) -> list[Phrase]:
    """The sentence in pieces, in the active language; `population` is its title, "" for none."""
    named = _phrases(query, population, tongue)
    pieces = GAP.split(_template())
    found = [named[text] if at % 2 else Phrase(text) for at, text in enumerate(pieces)]
    return [phrase for phrase in found if phrase.text]


def sentence(query: FlowQuery, scope: Scope, tongue: Tongue = ENGLISH) -> str:
    """One sentence: what is counted, into where, when, from whom, inside which population."""
    title = _(scope.population.title) if scope.population else ""
    return "".join(phrase.text for phrase in phrases(query, title, tongue))


def codes_of(side: Side) -> list[str]:
    """Every country that is in the side on some day, sorted."""
    return sorted(side.always | {member.country for member in side.dated})


def definition(query: FlowQuery, scope: Scope) -> dict[str, Any]:
    """The block `definition` of an answer; always English, since answers are kept for everybody."""
    with override("en"):
        text = sentence(query, scope)
    return {
        "text": text,
        "investor_countries": codes_of(query.investor_side),
        "target_countries": codes_of(query.target_side),
        "methods": "/methods/#share",
    }
