"""Pages by the number of their last row: no page is lost or doubled while rows are added."""

from urllib.parse import urlencode

from rest_framework.request import Request

from deals.flows.query import BadParameters, Problem

DEFAULT_PAGE = 100
LARGEST_PAGE = 500


def read(request: Request, *others: str) -> tuple[int | None, int]:
    """`cursor` and `page_size` of a request that may also have the parameters `others`."""
    params = request.query_params
    known = ["cursor", "page_size", *others]
    wrong = [
        Problem(name, f"There is no such parameter. Known are: {', '.join(known)}.")
        for name in params
        if name not in known
    ]
    cursor = _number(params.get("cursor", ""), 1 << 62)
    if params.get("cursor") and cursor is None:
        wrong.append(Problem("cursor", "This must be the cursor of an address in “next”."))
    size = _number(params.get("page_size", ""), LARGEST_PAGE)
    if params.get("page_size") and not size:
        message = f"This must be a whole number from 1 to {LARGEST_PAGE}."
        wrong.append(Problem("page_size", message))
    if wrong:
        raise BadParameters(wrong)
    return cursor, size or DEFAULT_PAGE


def address(request: Request, cursor: int | None) -> str | None:
    """Where the list goes on after the row with that number; None at its end."""
    if cursor is None:
        return None
    params = {**request.query_params.dict(), "cursor": str(cursor)}
    return request.build_absolute_uri(f"{request.path}?{urlencode(params)}")


def _number(text: str, largest: int) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    return int(text) if int(text) <= largest else None
