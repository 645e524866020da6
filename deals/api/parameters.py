"""What every request must be before a view looks at it, and parameters beside the question's."""

import re
from collections.abc import Collection
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from deals.api.problems import Refusal
from deals.flows.query import BadParameters, Problem

# A list of every country and a long search are less.
LONGEST_QUERY = 8_000
_NOT_HEX = re.compile("%(?![0-9A-Fa-f]{2})")
NO_UNICODE = "This is not UTF-8 in percent-encoding."


class OneForm(DefaultContentNegotiation):
    """Each address has one form and says which, whatever `Accept` asks for; and a question that
    cannot be read is refused here, before any view."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        check_address(request.META.get("QUERY_STRING", ""))
        return renderers[0], renderers[0].media_type


def check_address(query: str) -> None:
    """Raise 414 for a query string that is too long, `BadParameters` for one that is not text."""
    if len(query) > LONGEST_QUERY:
        raise Refusal(
            414,
            f"The question has {len(query):,} characters, and {LONGEST_QUERY:,} are taken at once: "
            "ask for regions instead of lists, or in several parts.",
        )
    if "%" not in query and query.isascii():
        return
    wrong = [pair for pair in query.split("&") if not _is_text(pair)]
    if wrong:
        names = (pair.partition("=")[0] for pair in wrong)
        raise BadParameters([Problem(name, NO_UNICODE) for name in dict.fromkeys(names)])


def _is_text(pair: str) -> bool:
    if _NOT_HEX.search(pair):
        return False
    try:
        # As WSGI has it, each character of an address is a byte.
        raw = pair.encode("latin-1")
        re.sub(rb"%(..)", lambda found: bytes.fromhex(found[1].decode()), raw).decode()
    except UnicodeError:
        return False
    return True


def read_known(request: Request, known: Collection[str]) -> dict[str, str]:
    """The parameters of a request that takes only these, each once; blank ones are left out.

    Raises `BadParameters` that names all that are unknown, repeated, or hold a NUL.
    """
    given: dict[str, str] = {}
    wrong: list[Problem] = []
    for name, texts in request.query_params.lists():
        if name not in known:
            wrong.append(unknown(name, known))
        elif len(texts) > 1:
            wrong.append(Problem(name, f"This is given {len(texts)} times; give it once."))
        elif "\x00" in texts[0]:
            wrong.append(Problem(name, "The value contains a NUL character."))
        elif texts[0].strip():
            given[name] = texts[0].strip()
    if wrong:
        raise BadParameters(wrong)
    return given


def refuse_any(request: Request) -> None:
    """Raise `BadParameters` where an address that takes none is given some."""
    read_known(request, ())


def unknown(name: str, known: Collection[str]) -> Problem:
    """What is said of a parameter that an address does not know."""
    if not known:
        return Problem(name, "This address takes no parameters.")
    said = f"There is no such parameter. Known are: {', '.join(known)}."
    return Problem(name, said, tuple(known))


def one_of(name: str, text: str, allowed: Collection[str]) -> str:
    """The text, if it is one of the words. Raises `BadParameters` that names them."""
    if text not in allowed:
        said = f"“{text[:40]}” is not known. Allowed are: {', '.join(allowed)}."
        raise BadParameters([Problem(name, said, tuple(allowed))])
    return text


def whole_number(name: str, text: str, least: int, most: int) -> int:
    """A number in ASCII digits. Raises `BadParameters` that says the range."""
    # int() would also take 1_0, signs, and digits of other scripts.
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else least - 1
    if not least <= number <= most:
        raise BadParameters([Problem(name, f"This must be a whole number from {least} to {most}.")])
    return number
