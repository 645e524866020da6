"""`/`: what others published, a question of one's own, what the register documents both ways."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from deals import wording
from deals.flows import links
from deals.flows.answer import kept, snapshot
from deals.flows.asked import ask, share_answer
from deals.flows.corrections import corrections
from deals.flows.listing import Wanted, listing
from deals.flows.query import ALL, FlowQuery
from deals.flows.scope import Scope, resolve
from deals.models import Population, PublishedFigure
from deals.pictures.registry import BACK, TABS
from deals.templatetags.formats import country
from deals.web.answers import china

# MERICS's European share of transactions into Chinese AI companies, in published_figures.csv.
LEADING_FIGURE = "F01"
NEWEST = 6
TO_CHINA = FlowQuery(investor=("europe",), target=("CN",))
TO_EUROPE = FlowQuery(investor=("CN",), target=("europe",))
WHOLE_REGISTER = FlowQuery(kind=(ALL,), status=(ALL,), ai=(ALL,))
FROM_CHINA = FlowQuery(investor=("china-hk-mo",), target=("europe",), ai=(ALL,))
ACQUIRED = FROM_CHINA.but(kind=("acquisition",))
STOPPED = FROM_CHINA.but(kind=(ALL,), status=("blocked", "divestment_ordered", "unwound"))
SHARED = TO_CHINA.but(from_="2017", to="2022")
# Choices of the short form; the explorer has every region and country.
INVESTORS = ("europe", "eu", "DE,FR", "DE", "FR", "GB", "china", "china-hk-mo", "US")
TARGETS = ("china", "china-hk-mo", "europe", "eu", "DE", "FR", "GB", "US")
ASKED = {
    "shared": gettext_lazy(
        "What share of funding rounds into Chinese AI companies had a European investor in"
        " 2017–2022?"
    ),
    "acquired": gettext_lazy(
        "Which European companies did buyers from China, Hong Kong or Macao take over?"
    ),
    "stopped": gettext_lazy("Which of their deals in Europe did an authority block or undo?"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A worked question: what it asks, what comes out, and where to look at it."""

    text: str
    result: str
    url: str
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of the short form."""

    value: str
    label: str
    selected: bool


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All numbers are computed once for each state of the ledger; words are the reader's."""
    with snapshot():
        scope = resolve(WHOLE_REGISTER)
        content = kept("front page", WHOLE_REGISTER, scope, lambda: _content(scope))
        changed = corrections(scope)
    answers = content["answers"]
    context = {
        "section": "home",
        "published": PublishedFigure.objects.filter(code=LEADING_FIGURE).first(),
        "form": _form(content["populations"]),
        "ways": [
            _way(query, answers[name])
            for name, query in (("to_china", TO_CHINA), ("to_europe", TO_EUROPE))
        ],
        "picture": TABS["time"].draw(TO_CHINA, content["series"]),
        "questions": _questions(content),
        "deals": content["deals"],
        "corrections": changed,
    }
    return render(request, "pages/home.html", context)


def _content(scope: Scope) -> dict[str, Any]:
    """Numbers and documents only: what is kept here is shown in every language."""
    populations = Population.objects.order_by("generated", "code")
    listed = [(one.code, one.title, one.generated) for one in populations]
    asked = {"to_china": TO_CHINA, "to_europe": TO_EUROPE, "acquired": ACQUIRED, "stopped": STOPPED}
    if listed:
        # The published share, asked of the first population that can answer it.
        asked["shared"] = SHARED.but(population=listed[0][0])
    page = listing(WHOLE_REGISTER, scope, Wanted(size=NEWEST), count=False)
    return {
        "asked": asked,
        "answers": {name: share_answer(query)[0] for name, query in asked.items()},
        "series": {"series": ask("series", TO_CHINA)[0], BACK: ask("series", TO_EUROPE)[0]},
        "populations": listed,
        "deals": [json.loads(document) for document in page.documents],
    }


def _way(query: FlowQuery, answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "answer": answer,
        "hue": wording.hue(query),
        "china": china(answer),
        "acquisitions": links.page(query.but(kind=("acquisition",))),
    }


def _questions(content: dict[str, Any]) -> list[Question]:
    """Those that were asked, in the order of `ASKED`."""
    found = []
    for name, text in ASKED.items():
        if name not in content["asked"]:
            continue
        query, answer = content["asked"][name], content["answers"][name]
        generated = answer["population"]["generated"]
        url = links.page(query)
        found.append(Question(str(text), wording.n_of_N(answer), url, generated))
    return found


def _form(populations: list[tuple[str, str, bool]]) -> dict[str, list[Choice]]:
    """Whose money, whose companies, counted in what; the first of each is chosen."""
    real = [one for one in populations if not one[2]]
    inside = [("", _("documented deals")), *((code, _(title)) for code, title, _real in real)]
    inside += [(code, _(title)) for code, title, generated in populations if generated]
    return {
        "investor": [Choice(one, _places(one), one == "europe") for one in INVESTORS],
        "target": [Choice(one, _places(one), one == "china") for one in TARGETS],
        "population": [Choice(code, label, not code) for code, label in inside],
    }


def _places(codes: str) -> str:
    """ "Europe", "Germany or France", "China with Hong Kong and Macao"."""
    names = [
        country(code) if code.isupper() else wording.short_name(code) for code in codes.split(",")
    ]
    return _(" or ").join(names)
