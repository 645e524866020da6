"""Whole tables of what a question means, as files that stream out of the database."""

import logging
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from tempfile import TemporaryFile

from django.conf import settings
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.api.conditional import etag_of, unchanged
from deals.api.deals import gathered, read_wanted
from deals.api.parameters import one_of
from deals.api.problems import Refusal
from deals.exports import files, slots, source
from deals.exports.about import file_name
from deals.exports.beside import Maker, MakerEnded
from deals.exports.forms import GZIP, PACKED, TYPES, Shape
from deals.exports.wire import PIECE
from deals.flows.answer import identity
from deals.flows.listing import Wanted
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import Scope, resolve

log = logging.getLogger(__name__)
OWN = ("q", "place", "updated_since", "ordering", "gzip", "spreadsheet", "mark")
SEQ_HEADER = "X-InvestTrack-Change-Seq"
YES_NO = ("yes", "no")
NOT_NOW = "This file could not be made at the moment"


@api_view(["GET"])
def export(request: Request, table: str, form: str) -> HttpResponseBase:
    """All deals that the question means, or all investors of them, in one file."""
    query, wanted, shape = gathered(
        lambda: FlowQuery.from_params(request.query_params, extra=OWN),
        lambda: read_wanted(request),
        lambda: _shape(request, table, form),
    )
    source.check(query, wanted)
    scope = resolve(query)
    # The point and the question decide the bytes; the day is in the name only.
    mark = identity(f"export {form} {shape} {wanted}", query, scope)
    if same := unchanged(request, mark):
        return same
    name = file_name(
        table, form, query, scope, wanted, datetime.now(UTC).date(), ".gz" if shape.gzip else ""
    )
    # Last of all that can fail: what has a place and is not sent would keep it for ever.
    response: HttpResponseBase
    if request.method == "HEAD":
        response = StreamingHttpResponse()
    else:
        response = _file(form, query, scope, wanted, shape)
    response["ETag"] = etag_of(mark)
    response["Cache-Control"] = "no-cache"
    response["Content-Type"] = GZIP if shape.gzip else TYPES[form]
    response[SEQ_HEADER] = str(scope.change_seq)
    response["Content-Disposition"] = str(content_disposition_header(True, name))
    return response


def _shape(request: Request, table: str, form: str) -> Shape:
    given = {
        name: one_of(name, text, YES_NO) == "yes"
        for name in ("gzip", "spreadsheet", "mark")
        if (text := request.query_params.get(name, "").strip().lower())
    }
    problems = []
    if form in PACKED and given.get("gzip"):
        problems.append(Problem("gzip", f"A file of the form {form} is compressed already."))
    if form in PACKED and "mark" in given:
        problems.append(
            Problem("mark", f"A file of the form {form} cannot be read without its end.")
        )
    if form != "csv" and given.get("spreadsheet"):
        problems.append(Problem("spreadsheet", "This is for CSV; take XLSX instead."))
    if problems:
        raise BadParameters(problems)
    return Shape(
        table,
        mark=given.get("mark", True),
        spreadsheet=given.get("spreadsheet", False),
        gzip=given.get("gzip", False),
    )


def _file(
    form: str, query: FlowQuery, scope: Scope, wanted: Wanted, shape: Shape
) -> StreamingHttpResponse:
    try:
        place = slots.Kept()
    except slots.Busy:
        raise _later("As many files as may be made at once are on their way") from None
    try:
        maker = files.started(form, shape)
    except OSError as error:
        place.close()
        log.warning("The program that makes files could not be started: %s", error)
        raise _later(NOT_NOW) from None
    ends = () if maker is None else (maker.close,)
    if form != "xlsx":
        pieces = files.stream(form, query, scope, wanted, shape, maker)
        return StreamingHttpResponse(place.holding(pieces, pieces.close, *ends))
    return _spooled(place.holding(iter(()), *ends), maker, query, scope, wanted, shape)


def _later(why: str) -> Refusal:
    return Refusal(
        503,
        f"{why}; please try again in a moment.",
        headers={"Retry-After": str(slots.RETRY_SECONDS)},
    )


def _spooled(
    place: slots.Kept,
    maker: Maker | None,
    query: FlowQuery,
    scope: Scope,
    wanted: Wanted,
    shape: Shape,
) -> StreamingHttpResponse:
    """A workbook is whole before its first byte can leave, so its length can be said."""
    with ExitStack() as undo:
        # A full disk must not cost a place for ever.
        undo.callback(place.close)
        file = undo.enter_context(TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR))
        try:
            size = files.write("xlsx", file, query, scope, wanted, shape, maker).bytes
        except MakerEnded as error:
            log.exception("%s", error)
            raise _later(NOT_NOW) from None
        file.seek(0)
        undo.pop_all()
    pieces = iter(partial(file.read, PIECE), b"")
    response = StreamingHttpResponse(place.holding(pieces, file.close))
    response["Content-Length"] = str(size)
    return response
