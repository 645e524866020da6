"""`/desk/lookup/deals/`: deals that the one in the form may be, while it is typed."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from deals.desk.access import needs
from deals.desk.fact_lines import lines
from deals.entry.likely import Likely, likely
from deals.entry.likely_score import WORTH_ASKING
from deals.entry.reading import readable
from deals.entry.typed import from_form
from deals.rules.roles import PROPOSE

MOST_INVESTORS = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A likely deal in a few lines; `more` counts the investors that are not named."""

    likely: Likely
    investors: list[str]
    more: int

    @property
    def strong(self) -> bool:
        """Whether it is worth a question, and not only another deal of the same company."""
        return self.likely.score >= WORTH_ASKING


@require_POST
@needs(PROPOSE)
def lookup_deals(request: HttpRequest) -> HttpResponse:
    """A part of the form's page; what cannot be read yet is not looked for."""
    facts = readable(from_form(request.POST))
    asked = bool(facts["target"]["id"] or facts["target"]["name"])
    found = likely(facts, exclude=request.POST.get("exclude", "")) if asked else []
    context = {"found": [_shown(one) for one in found], "asked": asked}
    return render(request, "desk/deal_lookup.html", context)


def _shown(one: Likely) -> Shown:
    named = [line.text for line in lines("investors", one.facts)]
    return Shown(one, named[:MOST_INVESTORS], max(0, len(named) - MOST_INVESTORS))
