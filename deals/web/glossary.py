"""`/glossary/`: every word of the pages, files and the API, with what falls under it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from deals.web.parameters import without_parameters
from deals.web.term import Term
from deals.web.terms_counting import COUNTING, PLACES
from deals.web.terms_evidence import DATES, EVIDENCE, LISTS, MONEY
from deals.web.terms_lists import AI_TERMS, KIND_TERMS, ROUND_TERMS, SECTOR_TERMS, STATUS_TERMS

# The anchor of each group on the page, its heading, and its terms by their anchors.
GROUPS: tuple[tuple[str, Promise, dict[str, Term]], ...] = (
    ("counting", _("What is counted"), COUNTING),
    ("places", _("Places and owners"), PLACES),
    ("money", _("Money"), MONEY),
    ("dates", _("Dates"), DATES),
    ("lists", _("Lists of investors"), LISTS),
    ("kinds", _("Kinds of deals"), KIND_TERMS),
    ("statuses", _("Statuses"), STATUS_TERMS),
    ("ai", _("Artificial intelligence"), AI_TERMS),
    ("rounds", _("Types of round"), ROUND_TERMS),
    ("sectors", _("Sectors"), SECTOR_TERMS),
    ("evidence", _("Evidence and the ledger"), EVIDENCE),
)
# Every term by its anchor: `/glossary/#population`.
TERMS: dict[str, Term] = {
    anchor: term for _anchor, _title, terms in GROUPS for anchor, term in terms.items()
}


@require_safe
@without_parameters
def glossary(request: HttpRequest) -> HttpResponse:
    """The page; it takes no parameters and asks the database nothing."""
    return render(request, "pages/glossary.html", {"section": "glossary", "groups": GROUPS})
