"""Headers of answers."""

from deals.api.schema.shapes import Shape, text

# On every answer, problems included.
LIMITS = ("RateLimit-Policy", "RateLimit")
HEADERS: dict[str, Shape] = {
    "RateLimit-Policy": {
        "description": 'How many requests an hour has: `"hour";q=20000;w=3600`. Absent where the '
        "installation sets no limit.",
        "schema": text(),
    },
    "RateLimit": {
        "description": "How many are left (r), and the seconds until the hour ends (t): "
        '`"hour";r=19999;t=1234`.',
        "schema": text(),
    },
    "Retry-After": {
        "description": "Seconds after which to ask again.",
        "schema": text(pattern="^[0-9]+$"),
    },
    "ETag": {
        "description": "Mark of this answer: send it back as If-None-Match.",
        "schema": text(),
    },
    "Cache-Control": {
        "description": "`no-cache`: keep the answer, and ask with its ETag before using it again.",
        "schema": text(),
    },
    "Link": {
        "description": 'Pages after and before this one (RFC 8288): `<…>; rel="next"`.',
        "schema": text(),
    },
    "Location": {"description": "Where it is.", "schema": text(format="uri-reference")},
    "Idempotent-Replayed": {
        "description": "`true`: this was sent before, and was not done twice.",
        "schema": text(enum=["true"]),
    },
    "WWW-Authenticate": {"description": "How to send a key.", "schema": text()},
    "Content-Disposition": {"description": "Name of the file.", "schema": text()},
    "Content-Range": {
        "description": "Which part of the file this is: `bytes 0-499/1234`; in a 416 only how "
        "large the file is: `bytes */1234`.",
        "schema": text(),
    },
    "X-InvestTrack-Change-Seq": {
        "description": "The point of the ledger that the file shows.",
        "schema": text(pattern="^[0-9]+$"),
    },
    "Deprecation": {
        "description": "Since when this is deprecated (RFC 9745): `@1767225600`.",
        "schema": text(),
    },
    "Sunset": {"description": "When it ends (RFC 8594), as an HTTP date.", "schema": text()},
}


def of(*names: str) -> Shape:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
