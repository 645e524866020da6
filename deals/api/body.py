"""JSON bodies, read strictly: what two programs could understand differently is refused."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import UnreadablePostError
from rest_framework.request import Request

from deals.api.problems import Refusal, Wrong

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
LARGEST = 1 << 20
UTF8 = ("utf-8", "utf8")
DEEPEST = 20
# More digits than any number of a deal has; Python's own limit would be an error of another kind.
LONGEST_NUMBER = 40

Object = dict[str, Any]


class BadBody(Refusal):
    """400 with everything that is wrong with a body."""

    def __init__(self, errors: Iterable[Wrong]) -> None:
        found = tuple(errors)
        where = ", ".join(dict.fromkeys(one.pointer or "the body" for one in found[:10]))
        super().__init__(400, f"Nothing was written: see {where}.", kind="bad-body", errors=found)


def take(request: Request, kinds: Sequence[str]) -> bytes:
    """The body as it came, of one of these media types and at most `LARGEST` bytes.

    Raises 411, 413 and 415 before anything is read, and 400 for one that broke off.
    """
    _check_type(request, kinds)
    size = _size(request)
    try:
        data: bytes = request.stream.read(size) if request.stream is not None else b""
    except UnreadablePostError:
        data = b""
    if len(data) < size:
        raise Refusal(400, "The body broke off before its end; nothing was written. Send it again.")
    return data


def parse(data: bytes) -> Object:
    """The object of a body: UTF-8, no name twice, no NaN, no NUL. Raises `BadBody`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(f"It is not UTF-8: byte {error.start:,} is none.") from None
    if not text.strip(" \t\r\n"):
        raise _refused("It is empty: send one JSON object.")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_Number,
            parse_float=_Number,
        )
    except json.JSONDecodeError as error:
        raise _refused(
            f"It is no JSON: {error.msg}, in line {error.lineno:,}, column {error.colno:,}."
        ) from None
    except RecursionError:
        raise _refused(f"It is nested more than {DEEPEST} deep.") from None
    if not isinstance(value, dict):
        raise _refused("It must be one JSON object, as in {“target”: …}.")
    if wrong := list(_unstorable(value, "", 1)):
        raise BadBody(wrong)
    return value


def step(pointer: str, name: str | int) -> str:
    """A pointer one step further (RFC 6901)."""
    return f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"


class _Number(str):
    """A number as it was written. All numbers of a deal are texts, so that no digit is lost."""

    def __new__(cls, text: str) -> "_Number":
        if len(text) > LONGEST_NUMBER:
            raise _refused(f"A number has more than {LONGEST_NUMBER} digits.")
        return super().__new__(cls, text)


def is_number(value: object) -> bool:
    return isinstance(value, _Number)


def _object(pairs: list[tuple[str, Any]]) -> Object:
    found: Object = {}
    for name, value in pairs:
        if name in found:
            raise _refused(f"“{name[:60]}” is there twice in one object: keep one of them.")
        found[name] = value
    return found


def _constant(text: str) -> Any:
    raise _refused(f"{text} is no number of JSON: an unknown value is null.")


def _refused(why: str) -> BadBody:
    return BadBody([Wrong("", why)])


def _unstorable(value: Any, pointer: str, depth: int) -> Iterable[Wrong]:
    """What no text of the register can hold, wherever in the body it is."""
    if depth > DEEPEST:
        raise _refused(f"It is nested more than {DEEPEST} deep.")
    if isinstance(value, str):
        if why := _why_unstorable(value):
            yield Wrong(pointer, why)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from _unstorable(one, step(pointer, at), depth + 1)
    elif isinstance(value, dict):
        for name, one in value.items():
            if why := _why_unstorable(name):
                yield Wrong(pointer, f"A name in it: {why}")
            else:
                yield from _unstorable(one, step(pointer, name), depth + 1)


def _why_unstorable(text: str) -> str:
    if "\0" in text:
        return "This holds a NUL character."
    if any("\ud800" <= char <= "\udfff" for char in text):
        return "This holds half a character (a lone surrogate)."
    return ""


def _check_type(request: Request, kinds: Sequence[str]) -> None:
    kind, *parameters = (part.strip() for part in (request.content_type or "").split(";"))
    allowed = " or ".join(kinds)
    name = "Accept-Patch" if request.method == "PATCH" else "Accept-Post"
    headers = {name: ", ".join(kinds)}
    if kind.casefold() not in kinds:
        said = f"“{kind[:60]}” is not taken here" if kind else "The body names no media type"
        raise Refusal(415, f"{said}: send it as {allowed}.", headers=headers)
    named = [part.casefold().partition("=") for part in parameters]
    if any(name == "charset" and text.strip(' "') not in UTF8 for name, _, text in named):
        raise Refusal(415, "JSON is in UTF-8: leave the charset out.", headers=headers)
    coding = request.headers.get("Content-Encoding", "identity").strip().casefold()
    if coding not in ("", "identity"):
        raise Refusal(415, "A packed body is not taken here: send it as it is.", headers=headers)


def _size(request: Request) -> int:
    if request.headers.get("Transfer-Encoding", ""):
        raise Refusal(411, "Say how large the body is: send it with a Content-Length.")
    announced = request.META.get("CONTENT_LENGTH") or "0"
    size = int(announced) if announced.isascii() and announced.isdigit() else -1
    if size < 0:
        raise Refusal(400, "Content-Length must be a whole number.")
    if size > LARGEST:
        raise Refusal(
            413, f"The body has {size:,} bytes, and {LARGEST:,} are taken at once: a deal has less."
        )
    return size
