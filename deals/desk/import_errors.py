"""What is wrong with an import's rows, and the file of the rows that were not used."""

from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from deals.desk.access import needs
from deals.feeds.profile_toml import load_profile
from deals.feeds.refusals import Refused
from deals.feeds.rejected import rejected_rows, safe_name
from deals.feeds.report import ErrorGroup, grouped_errors
from deals.models import ImportRun
from deals.rules.roles import BRING
from deals.templatetags.imports import visible

# Groups beyond these fold away: one broken column often has one cause and one group.
SHOWN = 8
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """Errors of one kind; `alike` when all examples say the same, so that it is said once."""

    group: ErrorGroup
    alike: bool


def errors(run: ImportRun) -> dict[str, Any]:
    """Groups of errors: those that rejected rows apart from those the rows were used without."""
    kinds = [_kind(group) for group in grouped_errors(run, examples=EXAMPLES)]
    fatal = [kind for kind in kinds if kind.group.fatal]
    lighter = [kind for kind in kinds if not kind.group.fatal]
    return {
        "any": bool(kinds),
        "fatal": {"kinds": fatal[:SHOWN], "more": fatal[SHOWN:]},
        "lighter": {"kinds": lighter[:SHOWN], "more": lighter[SHOWN:]},
        "alone": mended_alone(run),
    }


def _kind(group: ErrorGroup) -> Kind:
    return Kind(group, len({error.message for error in group.first_rows}) == 1)


def mended_alone(run: ImportRun) -> bool:
    """Whether the file of rejected rows, once mended, may be imported by itself: a full delivery
    would miss all other deals."""
    try:
        return load_profile(run.profile).delivery != "full"
    except Refused:
        return False


@require_safe
@needs(BRING)
def rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rejected rows as CSV, streamed, with row number and reason in front."""
    run = get_object_or_404(ImportRun, pk=pk)
    pieces = rejected_rows(run)
    try:
        first = next(pieces, b"")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk-import", pk=pk)
    response = StreamingHttpResponse(chain([first], pieces), content_type="text/csv; charset=utf-8")
    name = visible(safe_name(run.file_name, "rejected"))
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response
