"""`/figures/`: numbers that others published, and what the same questions give here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals.flows.definitions import DEFINITIONS
from deals.flows.figures import Compared, figures
from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import Scope
from deals.localised import month
from deals.models import Population, PublishedFigure
from deals.templatetags.formats import day
from deals.web.difference import OurSide, fraction, our_side, theirs
from deals.web.errors import bad_request
from deals.web.evidence import safe_url
from deals.web.parameters import unknown_parameters

OTHERS = "context"
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ISO_MONTH = re.compile(r"\d{4}-\d{2}")
# The figures of the definitions that have names of their own.
QUOTED = frozenset(code for one in DEFINITIONS.values() for code in one.figures)
# Where the name of a publisher ends and the title of the publication begins.
PUBLISHER = re.compile(r"^(.+?)(?:, | “| \(| 20\d\d)")


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure as the page prints it."""

    figure: PublishedFigure
    theirs: str
    fraction: str
    period: str
    source_url: str
    source_date: str
    ours: OurSide | None

    @property
    def answered(self) -> bool:
        return bool(self.ours and self.ours.answered)


@dataclass(frozen=True, slots=True)
class Publisher:
    """The figures of one institute, in order; `code` is the anchor of its section."""

    name: str
    code: str
    figures: tuple[Shown, ...]

    @property
    def answered(self) -> int:
        """How many have a number of ours beside them."""
        return sum(one.answered for one in self.figures)

    @property
    def open(self) -> list[Shown]:
        """Those, and what everybody quotes, even where our coverage cannot answer it."""
        return [one for one in self.figures if one.answered or one.figure.code in QUOTED]

    @property
    def folded(self) -> list[Shown]:
        """Figures that our coverage cannot answer, or that no question of ours asks."""
        return [one for one in self.figures if not one.answered and one.figure.code not in QUOTED]


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """The page; `population` names a real population in which to ask, else the case list.

    With `release` our numbers are those of a release.
    """
    try:
        asked = _asked(request)
        if request.GET and not asked.to_params():
            return redirect("/figures/")
        compared, scope = figures(asked.population, asked.release)
    except BadParameters as error:
        return bad_request(request, error)
    shown = [_shown(one, scope) for one in compared]
    claims = [one for one in shown if one.figure.shelf != OTHERS]
    context = {
        "section": "figures",
        "publishers": _by_publisher(claims, "by"),
        "shelf": _by_publisher([one for one in shown if one.figure.shelf == OTHERS], "context"),
        "claims": len(claims),
        "answered": sum(one.answered for one in claims),
        "context_figures": len(shown) - len(claims),
        "population": scope.population,
        "populations": Population.objects.filter(generated=False).order_by("title"),
    }
    return render(request, "pages/figures.html", context)


def _asked(request: HttpRequest) -> FlowQuery:
    """The two parameters of this page; raises `BadParameters` for any other."""
    problems = unknown_parameters(request, ("population", "release"))
    if problems:
        raise BadParameters(problems)
    return FlowQuery.from_params(request.GET)


def _shown(compared: Compared, scope: Scope) -> Shown:
    figure = compared.figure
    return Shown(
        figure,
        theirs(figure),
        fraction(figure),
        _period(figure),
        safe_url(figure.source_url),
        _when(figure.source_date),
        our_side(compared, scope),
    )


def _when(text: str) -> str:
    """A day or month of publication as readers write it; anything else as it was recorded."""
    if ISO_DAY.fullmatch(text):
        return day(text)
    if ISO_MONTH.fullmatch(text):
        return month(date.fromisoformat(f"{text}-01"))
    return text


def _period(figure: PublishedFigure) -> str:
    """ "2017–2022", "2019", "to 2023"."""
    ends = [end for end in (figure.period_from, figure.period_to) if end]
    if len(set(ends)) != 1:
        return "–".join(ends)
    return ends[0] if figure.period_from else _("to %(year)s") % {"year": ends[0]}


def publisher(title: str) -> str:
    """Who published, from the title of the publication: "MERICS", "Stanford AI Index"."""
    found = PUBLISHER.match(title)
    return found[1] if found else title


def _by_publisher(shown: Iterable[Shown], prefix: str) -> list[Publisher]:
    """Publishers in the order of their first figure."""
    groups: dict[str, list[Shown]] = {}
    for one in shown:
        groups.setdefault(publisher(one.figure.source_title), []).append(one)
    return [
        Publisher(name, f"{prefix}-{slugify(name)}", tuple(members))
        for name, members in groups.items()
    ]
