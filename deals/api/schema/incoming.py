"""Imports: files that partners send, and what became of them."""

from django.utils.translation import gettext_noop

from deals.api.schema.operation import Answer, Call, Operation, link
from deals.api.schema.parameters import CURSOR, ID, NO_NUL, PAGE_SIZE, query, shared
from deals.api.schema.shapes import (
    ANY_OBJECT,
    COUNT,
    LINK,
    SHA256,
    TIME,
    TRUTH,
    Shape,
    listed,
    number,
    obj,
    or_null,
    page_of,
    ref,
    text,
    word,
)
from deals.models import ImportRun

TAG = "Imports"
COUNTS = (
    "rows_read", "rows_used", "rows_skipped", "rows_duplicate", "rows_rejected", "deals_in_file",
    "deals_created", "deals_updated", "deals_unchanged", "deals_conflict", "deals_held",
    "deals_absent", "participations", "organizations_new",
)  # fmt: skip
TIMES = ("created_at", "started_at", "decided_at", "finished_at", "undone_at")
BRIEF: dict[str, Shape] = {
    "id": number(minimum=1),
    "state": word(ImportRun.State.values),
    "phase": text(),
    "feed": text("Code of the feed."),
    "file_name": text(),
    "file_sha256": SHA256,
    "channel": word(ImportRun.Channel.values),
    "publish": {**TRUTH, "description": "Published without review."},
    **{name: COUNT for name in COUNTS},
    "problem": or_null(text(), "Why it failed."),
    "reason": or_null(text(), "Why it was rejected or undone."),
    **{name: or_null(TIME) for name in TIMES},
    "links": obj(
        {
            **{name: LINK for name in ("self", "errors", "errors_csv", "cancel")},
            "page": or_null(LINK, "At the desk."),
        }
    ),
}
PROGRESS = obj(
    {
        "phase": text(),
        "words": text(),
        "rows": COUNT,
        "rows_total": or_null(number()),
        "bytes": COUNT,
        "bytes_total": or_null(number()),
        "share": or_null({"type": "number", "minimum": 0, "maximum": 1}),
        "rows_per_second": or_null(number()),
        "seconds_left": or_null(number()),
        "finished": TRUTH,
    }
)
ERROR = {
    "row": or_null(number()),
    "column": text(),
    "value": text(),
    "code": text(),
    "message": text(),
}
WHOLE: dict[str, Shape] = {
    **BRIEF,
    "import_id": number(minimum=1),
    "errors": listed(obj(ERROR), "The first fifty."),
    "errors_file": or_null(LINK, "Address of the rejected rows."),
    "progress": PROGRESS,
    "impact": or_null(ANY_OBJECT, "What publication would do to the headline shares."),
    "undo_report": or_null(ANY_OBJECT),
}
COMPONENTS: dict[str, Shape] = {
    "ImportBrief": obj(BRIEF),
    "Import": obj(WHOLE),
    "ImportSent": obj({**WHOLE, "replayed": TRUTH, "note": text()}, optional=("note",)),
    "ImportError": obj({**ERROR, "fatal": {**TRUTH, "description": "It rejected its row."}}),
    "ImportPage": page_of(ref("ImportBrief")),
    "ImportErrorPage": page_of(ref("ImportError")),
}
FILES = (
    "text/csv",
    "text/tab-separated-values",
    "application/gzip",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)
BINARY: Shape = {"type": "string", "format": "binary"}
FLAG = {"type": "string", "enum": ["true", "false"]}
FORM: Shape = {
    "type": "object",
    "properties": {
        "file": {**BINARY, "description": "The file."},
        "profile": text("What its columns are (TOML); a text or a file."),
        "feed": text("Or the code of a known feed."),
        "name": text("Name of the file."),
        "publish": FLAG,
    },
    "required": ["file"],
    "additionalProperties": False,
}
NO_STORE = ("Cache-Control",)
LINKS = {
    "import": link("import", "Its state.", id="$response.body#/id"),
    "errors": link("import-errors", "What was wrong.", id="$response.body#/id"),
    "cancel": link("import-cancel", "Stop it.", id="$response.body#/id"),
}


def _sent(about: str, *more: str) -> Answer:
    return Answer(about, ref("ImportSent"), headers=("Location", *more, *NO_STORE), links=LINKS)


def _of_one(
    id: str, title: str, about: str, answer: Answer, *problems: int, **more: object
) -> Operation:
    return Operation(
        id=id,
        tag=TAG,
        title=title,
        about=about,
        parameters=(ID, *more.pop("parameters", ())),  # type: ignore[misc]
        answers={200: answer},
        problems=(404, *problems),
        power=str(more.get("power", "read")),
        call=Call(path={"id": "{import}"}),
    )


OPERATIONS = {
    ("imports/", "GET"): Operation(
        id="imports",
        tag=TAG,
        title=gettext_noop("Your imports"),
        about="Newest first; who decides on imports sees all.",
        parameters=(
            query("state", word(ImportRun.State.values), "Only those in this state."),
            query("feed", text(pattern=NO_NUL), "Only those of this feed."),
            PAGE_SIZE,
            CURSOR,
        ),
        answers={200: Answer("A page of imports.", ref("ImportPage"), headers=("Link", *NO_STORE))},
        power="read",
    ),
    ("imports/", "POST"): Operation(
        id="imports-send",
        tag=TAG,
        title=gettext_noop("Send a file"),
        about="As a form with its profile, or as the body with the code of its feed. The answer "
        "comes before anything is imported. Sending the same file again does nothing twice.",
        parameters=(
            query(
                "feed", text(pattern=NO_NUL), "Code of a known feed, for a file that is the body."
            ),
            query("name", text(pattern=NO_NUL), "Name of the file."),
            query("publish", FLAG, "Publish without review, where the key’s user may."),
            shared("Idempotency-Key"),
        ),
        body={
            "required": True,
            "content": {
                "multipart/form-data": {"schema": FORM},
                **{kind: {"schema": BINARY} for kind in FILES},
            },
        },
        answers={
            202: _sent("It is queued."),
            200: _sent("It was sent before.", "Idempotent-Replayed"),
        },
        problems=(411, 413, 415, 422),
        power="import",
        call=Call(query={"feed": "supplier", "name": "rounds.csv"}, file="rounds.csv"),
    ),
    ("imports/{id}/", "GET"): _of_one(
        "import",
        gettext_noop("One import"),
        "State, progress, balance and first errors.",
        Answer("The import.", ref("Import"), headers=NO_STORE, links=LINKS),
    ),
    ("imports/{id}/errors/", "GET"): _of_one(
        "import-errors",
        gettext_noop("Everything that was wrong"),
        "Cell by cell, in the order in which it was found.",
        Answer("A page of errors.", ref("ImportErrorPage"), headers=("Link", *NO_STORE)),
        parameters=(PAGE_SIZE, CURSOR),
    ),
    ("imports/{id}/errors.csv", "GET"): _of_one(
        "import-errors-csv",
        gettext_noop("Rejected rows as a file"),
        "With number and reason in front, to be mended and sent again.",
        Answer("The rows.", media=("text/csv",), headers=("Content-Disposition", *NO_STORE)),
        409,
        410,
    ),
    ("imports/{id}/cancel/", "POST"): _of_one(
        "import-cancel",
        gettext_noop("Stop an import"),
        "Before its publication.",
        Answer("The import, cancelled.", ref("Import"), headers=NO_STORE),
        409,
        power="import",
    ),
}
