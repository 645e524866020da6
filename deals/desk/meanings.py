"""What the form of a deal is told while it is filled in: what was understood, who is named."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deals.desk.access import needs
from deals.desk.form_options import country_options
from deals.entry.lookup import by_public_id
from deals.entry.meanings import has_meaning, meaning
from deals.entry.parties import LONGEST_LINE, investors_in
from deals.entry.parties_known import recognised
from deals.entry.reading_sentences import too_long
from deals.entry.typed import from_form
from deals.rules.names import normalise
from deals.rules.roles import PROPOSE

MOST_ASKED = 60


@require_POST
@needs(PROPOSE)
def read(request: HttpRequest) -> HttpResponse:
    """What the fields named by `of` mean in the form that is sent: one part of the page each.

    `of` is given once or several times, or with commas between names of fields.
    """
    given = ",".join(request.POST.getlist("of")).split(",")
    asked = list(dict.fromkeys(name.strip() for name in given))
    if not 0 < len(asked) <= MOST_ASKED or not all(map(has_meaning, asked)):
        said = _("of names no field of the form that can be read: write it like of=amount,date.")
        return HttpResponseBadRequest(said, content_type="text/plain; charset=utf-8")
    typed = from_form(request.POST, compact=False)
    found = [(name, meaning(name, typed)) for name in asked]
    context = {"meanings": found, "several": len(found) > 1}
    return render(request, "desk/parts/meanings.html", context)


@require_POST
@needs(PROPOSE)
def read_investors(request: HttpRequest) -> HttpResponse:
    """The investors of the text `line` as rows that follow those of the form."""
    line = request.POST.get("line", "")
    typed = from_form(request.POST, compact=False)["investors"]
    already = {normalise(row["name"]) for row in typed if row["name"].strip()}
    rows, partial = investors_in(line)
    fresh = recognised(row for row in rows if normalise(row["name"]) not in already)
    known = by_public_id(row["id"] for row in fresh)
    context = {
        "rows": list(enumerate(fresh, start=len(typed))),
        "organizations": known,
        "countries": country_options(),
        "read": len(rows),
        "left_out": len(rows) - len(fresh),
        "partial": partial,
        "too_long": too_long(line, LONGEST_LINE) if len(line) > LONGEST_LINE else "",
    }
    return render(request, "desk/parts/investors_read.html", context)
