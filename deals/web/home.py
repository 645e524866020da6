"""`/`: what others published, what the register documents both ways, and where to begin."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deals import wording
from deals.charts import two_way_chart
from deals.flows import links
from deals.flows.answer import kept, share_answer, snapshot
from deals.flows.listing import Wanted, listing
from deals.flows.query import ALL, FlowQuery
from deals.flows.scope import resolve
from deals.models import Population, PublishedFigure
from deals.web.answers import china, drawings

# MERICS's European share of transactions into Chinese AI companies, in published_figures.csv.
LEADING_FIGURE = "F01"
NEWEST = 6
TO_CHINA = FlowQuery(investor=("europe",), target=("CN",))
TO_EUROPE = FlowQuery(investor=("CN",), target=("europe",))
WHOLE_REGISTER = FlowQuery(kind=(ALL,), status=(ALL,), ai=(ALL,))
FROM_CHINA = FlowQuery(investor=("china-hk-mo",), target=("europe",), ai=(ALL,))
ACQUIRED = FROM_CHINA.but(kind=("acquisition",))
STOPPED = FROM_CHINA.but(kind=(ALL,), status=("blocked", "divestment_ordered", "unwound"))


@dataclass(frozen=True, slots=True)
class Question:
    """A worked question: what it asks, what comes out, and where to look at it."""

    text: str
    result: str
    url: str
    generated: bool = False


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All numbers are computed once for each state of the ledger."""
    scope = resolve(WHOLE_REGISTER)
    content = kept("home", WHOLE_REGISTER, scope, _content)
    ways = content["ways"]
    chart = two_way_chart(
        ("Europe → China", "hue-eu-cn", ways[0]["answer"]),
        ("China → Europe", "hue-cn-eu", ways[1]["answer"]),
    )
    figure = PublishedFigure.objects.filter(code=LEADING_FIGURE).first()
    table = list(zip(chart.years, *(bars.values for bars in chart.bars), strict=True))
    undated = [way["answer"]["by_year_beside"]["undated"]["n"] for way in ways]
    if any(undated):
        table.append(("No date", *undated))
    context = content | drawings(chart, "two-ways") | {"published": figure, "table": table}
    return render(request, "pages/home.html", context)


def _content() -> dict[str, Any]:
    with snapshot():
        page = listing(WHOLE_REGISTER, resolve(WHOLE_REGISTER), Wanted(size=NEWEST), count=False)
        return {
            "ways": [_way(TO_CHINA), _way(TO_EUROPE)],
            "questions": [*_demonstration(), *_documented()],
            "deals": [json.loads(document) for document in page.documents],
        }


def _way(query: FlowQuery) -> dict[str, Any]:
    answer, _ = share_answer(query)
    return {
        "answer": answer,
        "hue": wording.hue(query),
        "china": china(answer),
        "acquisitions": links.page(query.but(kind=("acquisition",))),
    }


def _demonstration() -> list[Question]:
    """The published share, asked of the first population that can answer it."""
    population = Population.objects.order_by("generated", "code").first()
    if population is None:
        return []
    query = TO_CHINA.but(from_="2017", to="2022", population=population.code)
    answer, _ = share_answer(query)
    return [
        Question(
            "What share of funding rounds into Chinese AI companies had a European investor in"
            " 2017–2022?",
            wording.n_of_N(answer),
            links.page(query),
            population.generated,
        )
    ]


def _documented() -> list[Question]:
    asked = {
        "Which European companies did buyers from China, Hong Kong or Macao take over?": ACQUIRED,
        "Which of their deals in Europe did an authority block or undo?": STOPPED,
    }
    found = []
    for text, query in asked.items():
        answer, _ = share_answer(query)
        found.append(Question(text, wording.n_of_N(answer), links.page(query)))
    return found
