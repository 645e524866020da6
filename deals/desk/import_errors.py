"""What is wrong with an import's rows, and the file of the rows that were not used."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from deals.desk.access import needs
from deals.feeds.profile_toml import load_profile
from deals.feeds.refusals import Refused
from deals.feeds.rejected import rejected_rows
from deals.feeds.report import grouped_errors
from deals.models import ImportRun

# Groups beyond these fold away: one broken column often has one cause and one group.
SHOWN = 8


def errors(run: ImportRun) -> dict[str, Any]:
    """Groups of errors: those that rejected rows apart from those the rows were used without."""
    groups = grouped_errors(run)
    fatal = [group for group in groups if group.fatal]
    lighter = [group for group in groups if not group.fatal]
    return {
        "any": bool(groups),
        "fatal": {"groups": fatal[:SHOWN], "more": fatal[SHOWN:]},
        "lighter": {"groups": lighter[:SHOWN], "more": lighter[SHOWN:]},
        "alone": mended_alone(run),
    }


def mended_alone(run: ImportRun) -> bool:
    """Whether the rejected rows, once mended, may come as a file of their own.

    A deal of several rows would lose the investors of the rows left out, and a full delivery
    would miss all other deals.
    """
    try:
        profile = load_profile(run.profile)
    except Refused:
        return False
    return profile.rows == "deal" and profile.delivery != "full" and not profile.fill_down


@require_safe
@needs("deals.bring_import")
def rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Only the rejected rows as CSV, streamed, with row number and reason in front."""
    run = get_object_or_404(ImportRun, pk=pk)
    pieces = rejected_rows(run)
    try:
        first = next(pieces, "")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk-import", pk=pk)
    response = StreamingHttpResponse(_bytes(chain([first], pieces)), content_type="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="import-{pk}-rejected.csv"'
    return response


def _bytes(pieces: Iterator[str]) -> Iterator[bytes]:
    """UTF-8 with a mark, since spreadsheets take anything else for their country's encoding."""
    yield "\ufeff".encode()
    for piece in pieces:
        yield piece.encode(errors="replace")
