"""Problem documents (RFC 9457): one shape, and when each status is answered."""

from deals.api.problem_types import TYPES
from deals.api.schema import headers
from deals.api.schema.shapes import Shape, listed, number, obj, or_null, text, word

CONTENT_TYPE = "application/problem+json"
# As `deals.api.problems` writes them, which DRF must not need to be imported here.
DOCS = "/api/v1/docs/#problem-"
PROBLEM = obj(
    {
        "type": word(
            [DOCS + name for name in TYPES],
            "What kind of problem it is, and where that is explained.",
        ),
        "title": text("The kind in words."),
        "status": number("The HTTP status.", minimum=400, maximum=599),
        "detail": text("What is wrong, in a sentence."),
        "errors": listed(
            obj(
                {
                    "parameter": or_null(text(), "Name of the parameter or header that is wrong."),
                    "pointer": or_null(text(), "Or the place in the body (RFC 6901)."),
                    "detail": text("What is wrong with it."),
                    "value": or_null(text(), "What was given, shortened."),
                    "allowed": or_null(listed(text()), "The words that are allowed."),
                }
            ),
            "One for each thing that is wrong; empty where no parameter is.",
        ),
    },
    about="A problem document (RFC 9457).",
)
WHEN = {
    status: " ".join(one.about for one in TYPES.values() if one.status == status)
    for status in dict.fromkeys(one.status for one in TYPES.values())
}
# What any address can answer with.
ANYWHERE = (400, 401, 414, 429, 503)


def response(status: int) -> Shape:
    return {"$ref": f"#/components/responses/Problem{status}"}


# Of methods that are not described, and of our own mistakes.
NOT_DESCRIBED = (405, 500)


def responses() -> dict[str, Shape]:
    """All of them, as components."""
    more = {401: ("WWW-Authenticate",), 416: ("Content-Range",), 429: ("Retry-After",)}
    return {
        f"Problem{status}": {
            "description": about,
            "headers": headers.of(*headers.LIMITS, *more.get(status, ())),
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, about in WHEN.items()
        if status not in NOT_DESCRIBED
    }
