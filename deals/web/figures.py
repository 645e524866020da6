"""`/figures/`: numbers that others published, and what the same questions give here."""

import re
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from deals.flows.figures import Compared, figures
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import Scope
from deals.models import Population, PublishedFigure
from deals.templatetags.formats import day
from deals.web.difference import OurSide, fraction, our_side, theirs
from deals.web.errors import bad_request
from deals.web.evidence import safe_url

OTHERS = "context"
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure as the page prints it."""

    figure: PublishedFigure
    theirs: str
    fraction: str
    period: str
    source_url: str
    ours: OurSide | None


@dataclass(frozen=True, slots=True)
class Source:
    """The figures of one publication, in order."""

    title: str
    date: str
    url: str
    figures: tuple[Shown, ...]

    @property
    def answered(self) -> list[Shown]:
        """Figures with a number of ours beside them."""
        return [one for one in self.figures if one.ours and one.ours.answered]

    @property
    def unanswered(self) -> list[Shown]:
        """Figures that our coverage cannot answer, or that no question of ours asks."""
        return [one for one in self.figures if not (one.ours and one.ours.answered)]


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """The page; `population` names a real population in which to ask, else the case list."""
    try:
        asked = _population(request)
        if request.GET and not asked:
            return redirect("/figures/")
        compared, scope = figures(asked)
    except BadParameters as error:
        return bad_request(request, error)
    shown = [_shown(one, scope) for one in compared]
    context = {
        "section": "figures",
        "sources": _by_source([one for one in shown if one.figure.shelf != OTHERS]),
        "shelf": _by_source([one for one in shown if one.figure.shelf == OTHERS]),
        "population": scope.population,
        "populations": Population.objects.filter(generated=False).order_by("title"),
    }
    return render(request, "pages/figures.html", context)


def _population(request: HttpRequest) -> str:
    """The one parameter of this page; raises `BadParameters` for any other."""
    problems = [
        Problem(name, "There is no such parameter. Known is: population.")
        for name in request.GET
        if name != "population"
    ]
    if problems:
        raise BadParameters(problems)
    return FlowQuery.from_params(request.GET).population


def _shown(compared: Compared, scope: Scope) -> Shown:
    figure = compared.figure
    ends = [end for end in (figure.period_from, figure.period_to) if end]
    if len(set(ends)) == 1:
        period = ends[0] if figure.period_from else f"to {ends[0]}"
    else:
        period = "–".join(ends)
    return Shown(
        figure,
        theirs(figure),
        fraction(figure),
        period,
        safe_url(figure.source_url),
        our_side(compared, scope),
    )


def _by_source(shown: list[Shown]) -> list[Source]:
    """Publications in the order of their first figure."""
    order: dict[tuple[str, str], int] = {}
    for one in shown:
        order.setdefault(_publication(one), len(order))
    shown = sorted(shown, key=lambda one: order[_publication(one)])
    return [
        Source(title, day(date) if ISO_DAY.fullmatch(date) else date, group[0].source_url, group)
        for (title, date), members in groupby(shown, key=_publication)
        if (group := tuple(members))
    ]


def _publication(shown: Shown) -> tuple[str, str]:
    return shown.figure.source_title, shown.figure.source_date
