"""Releases: named points of the ledger, with files."""

from django.utils.translation import gettext_noop

from deals.api.schema.operation import Answer, Call, Operation, link
from deals.api.schema.parameters import CURSOR, PAGE_SIZE, path, query
from deals.api.schema.shapes import (
    COUNT,
    COUNTRY,
    LINK,
    SHA256,
    TIME,
    Shape,
    listed,
    number,
    obj,
    or_null,
    ref,
    text,
    whole,
    word,
)
from deals.flows.between import WHATS

TAG = "Releases"
FILE = obj(
    {
        "name": text(),
        "media": text("Its type."),
        "bytes": COUNT,
        "sha256": SHA256,
        "rows": or_null(COUNT),
        "url": LINK,
    }
)
RELEASE: dict[str, Shape] = {
    "name": text(),
    "change_seq": number("The point of the ledger."),
    "at": TIME,
    "notes": or_null(text()),
    "doi": or_null(text()),
    "doi_url": or_null(LINK),
    "url": LINK,
    "page": LINK,
    "changes": LINK,
    "problem": or_null(text(), "Why its files could not be made."),
    "files": listed(FILE),
}
POINT = obj({"name": text(), "change_seq": COUNT})
ROW = obj(
    {
        "deal": ref("DealId"),
        "what": word(WHATS),
        "company": text(),
        "country": or_null(COUNTRY),
        "version_before": or_null(number(minimum=1)),
        "version_after": or_null(number(minimum=1)),
        "fields": listed(text(), "Names of the facts that differ."),
        "merged_into": or_null(ref("DealId")),
        "change_seq": COUNT,
        "at": TIME,
        "reason": or_null(text()),
    }
)
MADE_BY = ("code", "tables", "rates")
COMPONENTS: dict[str, Shape] = {
    "Release": obj(RELEASE),
    "ReleaseAlone": obj(
        {
            **RELEASE,
            "previous": or_null(text(), "Name of the release before it."),
            "reference": obj({name: {"description": "What it was made by."} for name in MADE_BY}),
        }
    ),
    "ReleaseChanges": obj(
        {
            "from": POINT,
            "to": POINT,
            "counts": obj({name: COUNT for name in WHATS}, optional=WHATS),
            "next": or_null(LINK),
            "previous": or_null(LINK, "Always null: pages lead forward only."),
            "results": listed(ROW),
        }
    ),
}
MEDIA = (
    "text/csv",
    "application/x-ndjson",
    "application/json",
    "text/markdown",
    "text/plain",
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
NAME = path("name", text(pattern=r"^[\w.-]{1,32}$"), "Name of the release.")
OF_ONE = {
    "release": link("release", "The newest.", name="$response.body#/results/0/name"),
    "changes": link("release-changes", "What is new.", name="$response.body#/results/0/name"),
}
OPERATIONS = {
    ("releases/", "GET"): Operation(
        id="releases",
        tag=TAG,
        title=gettext_noop("Releases"),
        about="Named points of the ledger with their files, newest first.",
        answers={200: Answer("All of them.", whole(ref("Release")), links=OF_ONE)},
        kept=True,
    ),
    ("releases/{name}/", "GET"): Operation(
        id="release",
        tag=TAG,
        title=gettext_noop("One release"),
        about="Its files with checksums, and the rules and tables that made it.",
        parameters=(NAME,),
        answers={200: Answer("The release.", ref("ReleaseAlone"))},
        problems=(404,),
        kept=True,
        call=Call(path={"name": "{release}"}),
    ),
    ("releases/{name}/files/{file}", "GET"): Operation(
        id="release-file",
        tag=TAG,
        title=gettext_noop("A file of a release"),
        about="Whole, or in part by `Range`; its `ETag` is its SHA-256.",
        parameters=(NAME, path("file", text(), "Name of the file.")),
        answers={
            200: Answer("The file.", media=MEDIA, headers=("Content-Disposition",)),
            206: Answer(
                "The part that `Range` names.",
                media=MEDIA,
                headers=("Content-Disposition", "Content-Range"),
            ),
        },
        problems=(404, 416),
        kept=True,
        call=Call(path={"name": "{release}", "file": "{file}"}),
    ),
    ("releases/{name}/changes/", "GET"): Operation(
        id="release-changes",
        tag=TAG,
        title=gettext_noop("What a release changed"),
        about="The deals in which it differs from an earlier point: the release before it, or the "
        "one named by `since`.",
        parameters=(
            NAME,
            query(
                "since",
                text(pattern=r"^[\w.-]{1,32}$"),
                "A release, or a number of the ledger.",
            ),
            PAGE_SIZE,
            CURSOR,
        ),
        answers={
            200: Answer("A page of differences.", ref("ReleaseChanges"), headers=("Link",)),
        },
        problems=(404,),
        kept=True,
        call=Call(path={"name": "{release}"}, query={"since": "{older}"}),
    ),
}
