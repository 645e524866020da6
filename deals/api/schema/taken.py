"""Everything that a question means, as one file."""

from django.utils.translation import gettext_noop

from deals.api.schema.operation import Answer, Call, Operation
from deals.api.schema.parameters import ORDERING, PLACE, SEARCH, UPDATED_SINCE, query, question
from deals.api.schema.shapes import Shape, word
from deals.exports.columns import TABLES
from deals.exports.forms import FORMS, GZIP, PACKED, TYPES

TAG = "Files"
WHAT = {"deals": "A row a deal", "participations": "A row an investor of a deal"}
TITLES = {
    "deals": gettext_noop("Deals as a file"),
    "participations": gettext_noop("Investors as a file"),
}
HOW = {
    "csv": "as CSV. The last record says how many there are and their SHA-256; `mark=no` leaves it "
    "out.",
    "jsonl": "as JSON, a line each, and a last line with their number and SHA-256.",
    "parquet": "as Parquet, with types.",
    "xlsx": "as a workbook.",
}
YES_NO = word(["yes", "no"])
COMPONENTS: dict[str, Shape] = {}
ALL = {"kind": "all", "status": "all", "ai": "all"}


def _own(form: str) -> tuple[Shape, ...]:
    found = []
    if form not in PACKED:
        found.append(query("gzip", YES_NO, "Whether it comes packed."))
        found.append(query("mark", YES_NO, "Whether the last line counts and proves the others."))
    if form == "csv":
        found.append(query("spreadsheet", YES_NO, "For spreadsheets: with a byte order mark."))
    return tuple(found)


def _operation(table: str, form: str) -> Operation:
    media = (TYPES[form].partition(";")[0], *(() if form in PACKED else (GZIP,)))
    return Operation(
        id=f"export-{table}-{form}",
        tag=TAG,
        title=TITLES[table],
        about=f"{WHAT[table]}, {HOW[form]} Any question narrows it; without one, the usual one.",
        parameters=(*question(), SEARCH, UPDATED_SINCE, PLACE, ORDERING, *_own(form)),
        answers={
            200: Answer(
                "The file, streamed.",
                media=media,
                headers=("Content-Disposition", "X-InvestTrack-Change-Seq"),
            )
        },
        kept=True,
        call=Call(query={**ALL, "mark": "no"} if form == "csv" else ALL),
    )


OPERATIONS = {
    (f"exports/{table}.{form}", "GET"): _operation(table, form)
    for table in TABLES
    for form in FORMS
}
