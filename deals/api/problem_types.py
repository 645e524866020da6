"""Kinds of problems: what `type` of a problem document says, and where it is explained."""

from typing import NamedTuple


class Type(NamedTuple):
    """`title` is the same for every problem of the type; `about` says when it is answered."""

    status: int
    title: str
    about: str


TYPES = {
    "bad-parameter": Type(
        400, "Bad parameter", "A parameter or header is unknown or wrong; `errors` names each."
    ),
    "bad-body": Type(
        400, "Bad body", "The body is not JSON, or its fields are wrong; `pointer` leads to each."
    ),
    "bad-request": Type(400, "Bad request", "The request cannot be read."),
    "key": Type(401, "Unauthorized", "No key where one is needed, or a wrong one."),
    "not-allowed": Type(403, "Forbidden", "The key, or the person behind it, may not do this."),
    "not-found": Type(404, "Not found", "There is nothing at this address, or it is not yours."),
    "method": Type(405, "Method Not Allowed", "`Allow` names the methods of this address."),
    "conflict": Type(409, "Conflict", "What it is about is in another state by now."),
    "still-running": Type(
        409, "Still running", "The same `Idempotency-Key` is being worked on; ask again shortly."
    ),
    "merged": Type(409, "Merged", "The deal is another one by now; `Link` leads to it."),
    "gone": Type(410, "Gone", "It was here and is no longer kept."),
    "length-needed": Type(411, "Length Required", "Send the body with a `Content-Length`."),
    "changed-meanwhile": Type(
        412, "Precondition Failed", "The deal has changed since its `ETag` was read."
    ),
    "too-large": Type(413, "Content Too Large", "The body is larger than is taken at once."),
    "too-long": Type(414, "URI Too Long", "The question is longer than is taken at once."),
    "media-type": Type(
        415, "Unsupported Media Type", "The body is of a type that is not taken here."
    ),
    "no-such-part": Type(
        416, "Range Not Satisfiable", "`Range` names no part of the file: see `Content-Range`."
    ),
    "not-usable": Type(422, "Unprocessable Content", "It was understood and is refused."),
    "nothing-new": Type(422, "Nothing new", "The register says all of this already."),
    "key-reused": Type(
        422, "Idempotency-Key reused", "The key was sent before with another request."
    ),
    "if-match-needed": Type(
        428, "Precondition Required", "Say which state of the deal you change, by `If-Match`."
    ),
    "too-many": Type(429, "Too Many Requests", "Wait for as long as `Retry-After` says."),
    "server-error": Type(500, "Server error", "The server made a mistake, which is in its log."),
    "not-available": Type(503, "Service unavailable", "The database does not answer in time."),
}
# Of statuses with several types, the one that says least comes first.
_USUAL = {400: "bad-request", 409: "conflict", 422: "not-usable"} | {
    type.status: name for name, type in TYPES.items() if type.status not in (400, 409, 422)
}


def of_status(status: int) -> str:
    """The usual type of a status; "bad-request" for one that has none."""
    return _USUAL.get(status, "bad-request")
