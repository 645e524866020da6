"""`/countries/<code>/`: what went into a country, what came from it, with whom, in what sectors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals import wording
from deals.flows import links
from deals.flows.answer import snapshot
from deals.flows.asked import answered
from deals.flows.by_country import Counted, into_countries, whole
from deals.flows.frame import share_of
from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import Scope, resolve
from deals.pictures.picture import Picture
from deals.pictures.registry import picture
from deals.pictures.table import Column, Table
from deals.rules.counting import share
from deals.rules.countries import COUNTRIES
from deals.rules.regions import REGIONS, Member
from deals.templatetags.formats import country as name_of
from deals.web.answers import china, first_deals
from deals.web.countries import FROM, INTO, Counting, kinds, populations, read
from deals.web.errors import bad_request
from deals.web.spelled import short

# Lists of partners are cut here; the explorer has them all.
MOST_PARTNERS = 15
EUROPE, CHINA = "europe", "CN"


@dataclass(frozen=True, slots=True)
class Way:
    """One direction between the country and a counterpart."""

    title: str
    finding: str
    query: FlowQuery
    answer: Mapping[str, Any]
    hue: str
    china: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with the question that it answers, as `parts/picture.html` wants them."""

    picture: Picture
    query: FlowQuery
    base: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """For how many of the deals into the country the amount is known, and over all countries."""

    n: int
    of: int
    share: str | None
    share_everywhere: str | None


@require_safe
def country(request: HttpRequest, code: str) -> HttpResponse:
    """The page of one country; any ISO 3166-1 code has one, also without deals."""
    if code.upper() not in COUNTRIES:
        raise Http404(_("There is no country “%(code)s”: write an ISO 3166-1 code such as DE.")
                      % {"code": short(code)})  # fmt: skip
    if code != code.upper():
        more = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"/countries/{code.upper()}/{more}", permanent=True)
    try:
        query, _own = read(request)
        with snapshot():
            context = _context(code, query, resolve(query))
    except BadParameters as error:
        return bad_request(request, error)
    return render(request, "pages/country.html", context)


def counterparts(code: str) -> tuple[str, ...]:
    """Whose flows are looked at first: China for Europe, Europe for China, else both."""
    if code in wording.EUROPE:
        return (CHINA,)
    return (EUROPE,) if code in wording.CHINA else (EUROPE, CHINA)


def _context(code: str, query: FlowQuery, scope: Scope) -> dict[str, Any]:
    into, out = query.but(target=(code,)), query.but(investor=(code,))
    path = f"/countries/{code}/"
    facing = counterparts(code)
    return {
        "section": "countries",
        "code": code,
        "name": name_of(code),
        "place": wording.place_in_sentence((code,), ""),
        "regions": _regions(code),
        "ways": [_ways(code, other, query, scope) for other in facing],
        "pictures": _pictures(code, facing, query, scope),
        "investors": _partners(
            _("Where the investors in %(country)s are from"), code, FROM, into, scope
        ),
        "targets": _partners(_("Where investors from %(country)s went"), code, INTO, out, scope),
        "disclosure": _disclosure(code, query, scope),
        "received": first_deals(into, scope),
        "made": first_deals(out, scope),
        "links": {
            "into": links.deals(into),
            "out": links.deals(out),
            "into_page": links.page(into),
            "out_page": links.page(out),
            "api": links.address("/api/v1/deals/", into, place="flow"),
        },
        "population": scope.population,
        "populations": populations(query, path),
        "kinds": kinds(query, path),
        "all_countries": links.address("/countries/", query),
    }


def _regions(code: str) -> list[tuple[str, str, list[Member]]]:
    """The regions that the country is or was a member of, with its stays."""
    return [
        (region.code, region.title, stays)
        for region in REGIONS.values()
        if (stays := [member for member in region.members if member.country == code])
    ]


def _ways(code: str, other: str, query: FlowQuery, scope: Scope) -> list[Way]:
    """From the counterpart into the country, and back."""
    return [
        _way(query.but(investor=(other,), target=(code,)), scope),
        _way(query.but(investor=(code,), target=(other,)), scope),
    ]


def _way(query: FlowQuery, scope: Scope) -> Way:
    answer = answered("share", query, scope)
    sides = (query.investor[0], query.target[0])
    title = " → ".join(wording.short_name(side) for side in sides)
    finding = wording.finding(query, answer)
    return Way(title, finding, query, answer, wording.hue(query), china(answer))


def _pictures(code: str, facing: tuple[str, ...], query: FlowQuery, scope: Scope) -> list[Drawn]:
    """Over time with the counterparts (both directions are in one picture), then the sectors.

    Where nothing went into the country, what came from it is drawn first.
    """
    both = [query.but(investor=facing, target=(code,)), query.but(investor=(code,), target=facing)]
    any_into = answered("series", both[0], scope)["total"]["n"]
    received = whole(query.but(target=(code,)), scope).n
    sectors = query.but(target=(code,)) if received else query.but(investor=(code,))
    return [
        Drawn(drawn, one, links.address("", one).removeprefix("?"))
        for title, one in (("time", both[0] if any_into else both[1]), ("sectors", sectors))
        if not (drawn := picture(title, one, scope)[0]).is_empty
    ]


def _partners(title: str, code: str, counting: Counting, query: FlowQuery, scope: Scope) -> Table:
    """The countries with most deals; investors' ones are held against all deals into it."""
    all_of_it = whole(query, scope)
    against = all_of_it.n if counting is FROM else 0
    rows = [
        _partner(name_of(partner), counted, against, counting.narrowed(query, partner), scope)
        for partner, counted in counting.counted(query, scope).items()
    ]
    rows.sort(key=lambda row: (-row["n"], row["name"]))
    foot = _partner(_("Each deal once"), all_of_it, against, query, scope)
    columns = [
        Column("name", _("Country"), "name"),
        Column("n", _("Deals"), "number"),
        Column("disclosed_n", _("Amount disclosed"), "number"),
    ]
    if foot["share"] is not None:
        columns.insert(2, Column("share", _("Share of all deals into it"), "percent"))
    caption = title % {"country": wording.place_in_sentence((code,), "")}
    return Table(caption, tuple(columns), tuple(rows[:MOST_PARTNERS]), foot)


def _partner(name: str, one: Counted, of: int, query: FlowQuery, scope: Scope) -> dict[str, Any]:
    return {
        "name": name,
        "n": one.n,
        "disclosed_n": one.disclosed,
        "share": share_of(one.n, of, scope) if of else None,
        "deals": links.deals(query),
    }


def _disclosure(code: str, query: FlowQuery, scope: Scope) -> Disclosure | None:
    """None where no deal went into the country."""
    mine = into_countries(query, scope).get(code)
    if mine is None:
        return None
    total = whole(query, scope)
    return Disclosure(
        mine.disclosed, mine.n, share(mine.disclosed, mine.n), share(total.disclosed, total.n)
    )
