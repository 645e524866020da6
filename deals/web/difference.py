"""A published figure and ours side by side, and in words why they differ."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import wording
from deals.flows import definitions, links
from deals.flows.conditions import COUNTED
from deals.flows.definition import window_phrase
from deals.flows.definitions import DEFINITIONS
from deals.flows.figures import Compared, Ours
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope
from deals.localised import NARROW
from deals.models import PublishedFigure
from deals.rules.counting import share
from deals.templatetags.formats import money, number, percent
from deals.web.nouns import counted, few_or_more

MONEY_UNITS = {"EUR bn": "EUR", "USD bn": "USD"}
MEASURES = {"companies", "investors"}
BILLION = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class OurSide:
    """What stands on our side: a number or its absence, and sentences that say how it compares.

    `page`, `counted` and `bridge` are addresses, "" for none; `bridge` leads from the published
    definition to our own.
    """

    big: str
    small: str
    sentences: tuple[str, ...]
    answered: bool
    deals: str
    page: str
    counted: str = ""
    bridge: str = ""


def theirs(figure: PublishedFigure) -> str:
    """The value as published, with its unit: "3.7 %", "€11.16 bn", "64 companies"."""
    value = _decimal(figure.value)
    if value is None:
        return f"{figure.value} {figure.unit}".strip()
    shown = number(value)
    if figure.unit == "percent":
        return f"{shown}{NARROW}%"
    if currency := MONEY_UNITS.get(figure.unit):
        sign = "€" if currency == "EUR" else "US$"
        return _("%(sign)s%(value)s\u202fbn") % {"sign": sign, "value": shown}
    if figure.unit == "year":
        return figure.value
    if figure.unit == "rank":
        return _("rank %(value)s") % {"value": shown}
    if figure.unit == "count" or figure.unit == "companies":
        noun = "companies" if figure.unit == "companies" else figure.measure
        return counted(noun, int(value), shown) if value == int(value) else shown
    return f"{shown} {_(figure.unit)}".strip()


def fraction(figure: PublishedFigure) -> str:
    """ "81 of 2,165" where both were published as counts; sums of money have units of their own."""
    parts = (figure.numerator, figure.denominator)
    if not all(text.isdigit() for text in parts):
        return ""
    n, whole = (number(text) for text in parts)
    return _("%(n)s of %(whole)s") % {"n": n, "whole": whole}


def our_side(compared: Compared, scope: Scope) -> OurSide | None:
    """None where no question of ours answers the figure at all."""
    figure, ours = compared.figure, compared.ours
    if ours is None:
        return None
    deals = links.deals(ours.query) if ours.n else ""
    page = links.page(ours.query) if ours.query.investor and ours.query.target else ""
    if scope.population is None and not ours.covered:
        coverage = (_coverage(figure, ours),)
        bridge = _bridge(ours.query)
        return OurSide(_("Not answered here"), "", coverage, False, deals, page, bridge=bridge)
    if scope.population is not None and ours.N == 0:
        none = _("The population “%(title)s” holds no such deals.") % {
            "title": _(scope.population.title)
        }
        return OurSide(_("Not answered here"), "", (none,), False, deals, page)
    reader = {"share": _share, "amount": _amount}.get(figure.measure, _count)
    big, small, sentences = reader(figure, ours, scope)
    whole = links.deals(ours.query, "counted") if ours.N else ""
    return OurSide(big, small, tuple(sentences), True, deals, page, whole, _bridge(ours.query))


def _bridge(query: FlowQuery) -> str:
    """From the definition of the figure to our own in the same direction; "" where none fits."""
    published = definitions.same_as(query)
    if published is None or published.publisher == "InvestTrack":
        return ""
    own = "investtrack-inbound" if query.investor == ("CN",) else "investtrack"
    return definitions.bridge(published.query, DEFINITIONS[own].query, population=query.population)


def _coverage(figure: PublishedFigure, ours: Ours) -> str:
    """Why the case list does not answer, with what it does hold and what the source counts."""
    words = {
        "deals": wording.deals_counted(ours.n),
        "target": wording.place_in_sentence(ours.query.target, _("any country")),
        "investor": wording.origin(ours.query),
        "when": window_phrase(ours.query),
        "theirs": fraction(figure) or theirs(figure),
    }
    if ours.query.investor:
        held = _(
            "The register’s case list holds %(deals)s into %(target)s with an investor from"
            " %(investor)s %(when)s; the source says %(theirs)s."
        )
    else:
        held = _(
            "The register’s case list holds %(deals)s into %(target)s %(when)s; the source says"
            " %(theirs)s."
        )
    why = _(
        "It collects deals between Europe and China, and has these only because they also cross"
        " that border. This is our coverage, not an answer."
    )
    return f"{held % words} {why}"


def _share(figure: PublishedFigure, ours: Ours, scope: Scope) -> tuple[str, str, list[str]]:
    if scope.population is not None:
        found = share(ours.n, ours.N)
        return percent(found), _n_of_N(ours), [*_points(figure, found), *_by_value(ours)]
    said = [_("No share is computed: this is a case list, not a complete population.")]
    if figure.numerator.isdigit():
        said.insert(0, _gap(ours.n, int(figure.numerator), "deals", scope))
    return wording.deals_counted(ours.n), _documented(ours), said


def _points(figure: PublishedFigure, found: str | None) -> list[str]:
    """How far two shares of deals are apart; a share of value is not set against one of deals."""
    published = _decimal(figure.value)
    if published is None or found is None or figure.unit != "percent":
        return []
    if not figure.numerator.isdigit():
        return []
    gap = Decimal(found) * 100 - published
    words = {
        "points": number(abs(gap).quantize(Decimal("0.1"))),
        "theirs": theirs(figure),
    }
    if abs(gap) < Decimal("0.05"):
        return [_("The same share as published, %(theirs)s.") % words]
    if gap > 0:
        return [_("%(points)s percentage points above the %(theirs)s published.") % words]
    return [_("%(points)s percentage points below the %(theirs)s published.") % words]


def _by_value(ours: Ours) -> list[str]:
    """The share of the disclosed value, for figures that are one; amounts of one kind only."""
    high = ours.cells.at("flow").money("high")
    total = ours.cells.at(*COUNTED).money("total")
    if high is None or not total or len(ours.query.kind) != 1:
        return []
    currency = ours.query.currency
    words = {
        "part": percent(share(high, total)),
        "high": money(high, currency),
        "total": money(total, currency),
    }
    return [_("By disclosed value it is %(part)s: %(high)s of %(total)s.") % words]


def _count(figure: PublishedFigure, ours: Ours, scope: Scope) -> tuple[str, str, list[str]]:
    noun = figure.measure if figure.measure in MEASURES else "deals"
    # A count without an investors' side is one of all counted deals.
    value = {"companies": ours.companies, "investors": ours.investors}.get(noun, ours.n)
    said = [_gap(value, int(figure.value), noun, scope)] if figure.value.isdigit() else []
    small = _documented(ours) if scope.population is None else _n_of_N(ours)
    return counted(noun, value, number(value)), small, said


def _n_of_N(ours: Ours) -> str:
    words = {"n": number(ours.n), "whole": wording.deals_counted(ours.N)}
    return _("%(n)s of %(whole)s") % words


def _documented(ours: Ours) -> str:
    """n and N of a case list, where their ratio means nothing."""
    words = {"n": number(ours.n), "whole": wording.deals_counted(ours.N)}
    return _("%(n)s of %(whole)s documented") % words


def _amount(figure: PublishedFigure, ours: Ours, scope: Scope) -> tuple[str, str, list[str]]:
    flow = ours.cells.at("flow")
    currency = ours.query.currency
    low, high = flow.money("low"), flow.money("high")
    disclosed, ranges = flow.count("disclosed"), flow.count("ranges")
    small = _documented(ours) if scope.population is None else _n_of_N(ours)
    words = {"disclosed": number(disclosed), "deals": wording.deals_counted(ours.n)}
    if low is None or high is None:
        none = _("None of %(deals)s has an amount.") % words
        return _("Not disclosed"), small, [none]
    ends = {"low": money(low, currency), "high": money(high, currency)}
    if not ours.query.investor:
        big = ends["high"]
    else:
        big = (_("%(low)s to %(high)s") if low else _("up to %(high)s")) % ends
    said = [_("Disclosed for %(disclosed)s of %(deals)s.") % words]
    if ours.query.investor:
        said.append(_("The upper end is the full value of these deals."))
    if ranges:
        more = ngettext(
            "%(n)s more with a range in place of an amount is left out here.",
            "%(n)s more with a range in place of an amount are left out here.",
            ranges,
        )
        said.append(more % {"n": number(ranges)})
    published = _decimal(figure.value)
    if published and currency == MONEY_UNITS.get(figure.unit):
        part = percent(high / (published * BILLION))
        said.append(_("Our upper end is %(part)s of the published value.") % {"part": part})
    return big, small, said


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _gap(ours: int, published: int, noun: str, scope: Scope) -> str:
    """The difference of two counts in words."""
    gap = ours - published
    if not gap:
        return _("As many as the %(published)s published.") % {"published": number(published)}
    said = few_or_more(noun, gap, number(abs(gap)), number(published))
    if gap > 0 or scope.population is not None:
        return said
    return f"{said} {_('Only deals with a public source are in the register.')}"
