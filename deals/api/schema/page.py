"""`docs/`: the description as a page, made on the server, without a script or another server."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deals.api.problem_types import TYPES
from deals.api.schema import calls, known, samples, table
from deals.api.schema.calls import WAYS, Request
from deals.api.schema.operation import Operation
from deals.api.schema.parameters import QUESTION, SHARED
from deals.api.schema.problems import ANYWHERE, WHEN
from deals.api.schema.shapes import Shape
from deals.api.schema.spelling import ROOT
from deals.api.schema.worded import Field, Words, fields, words

PREFIX = "#/components/parameters/question-"


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    where: str
    required: bool
    words: Words
    usual: str
    about: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation as the page shows it; `asks` is whether it takes a whole question."""

    id: str
    method: str
    path: str
    operation: Operation
    parameters: tuple[Parameter, ...]
    asks: bool
    body: tuple[Field, ...]
    takes: tuple[str, ...]
    answers: tuple[tuple[int, str, str], ...]
    fields: tuple[Field, ...]
    part: str
    sample: str

    @property
    def short(self) -> str:
        """The path below the API's root."""
        return self.path.removeprefix(ROOT)


def parameter(shape: Shape) -> Parameter:
    """A parameter in words."""
    if "$ref" in shape:
        shape = SHARED[shape["$ref"].rpartition("/")[2]]
    usual = shape["schema"].get("default", "")
    return Parameter(
        shape["name"],
        shape["in"],
        shape.get("required", False),
        words(shape["schema"]),
        ", ".join(usual) if isinstance(usual, list) else str(usual),
        shape.get("description", ""),
    )


def _own(operation: Operation) -> Iterator[Shape]:
    """Its parameters but those of a question, which stand once on the page."""
    for shape in operation.parameters:
        if not shape.get("$ref", "").startswith(PREFIX):
            yield shape
    if operation.kept:
        yield {"$ref": "#/components/parameters/If-None-Match"}


def _body(operation: Operation) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    content = (operation.body or {}).get("content", {})
    found: list[Field] = []
    for media in content.values():
        shape = media["schema"]
        if "$ref" in shape:
            shape = table.shapes()[shape["$ref"].rpartition("/")[2]]
        found = found or list(fields(shape))
    return tuple(found), tuple(content)


def _answers(operation: Operation) -> Iterator[tuple[int, str, str]]:
    for status, answer in operation.answers.items():
        yield status, HTTPStatus(status).phrase, answer.about
    if operation.kept:
        yield 304, HTTPStatus(304).phrase, "You have this answer already."
    for status in (*operation.problems, *((403,) if operation.power else ())):
        yield status, HTTPStatus(status).phrase, WHEN[status]


def _shown(key: tuple[str, str], operation: Operation) -> Shown:
    path, method = key
    answer = next(iter(operation.answers.values()))
    shape = answer.shape or {}
    body, takes = _body(operation)
    sample = samples.of(operation.id)
    return Shown(
        operation.id,
        method,
        ROOT + path,
        operation,
        tuple(parameter(one) for one in _own(operation)),
        any(one.get("$ref", "").startswith(PREFIX) for one in operation.parameters),
        body,
        takes,
        tuple(sorted(_answers(operation))),
        () if "$ref" in shape else tuple(fields(shape)),
        shape.get("$ref", "").rpartition("/")[2],
        orjson.dumps(sample, option=orjson.OPT_INDENT_2).decode() if sample else "",
    )


@cache
def groups() -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    """Operations by noun."""
    shown = [_shown(key, operation) for key, operation in table.OPERATIONS.items()]
    return tuple(
        (tag, tuple(one for one in shown if one.operation.tag == tag)) for tag in table.TAGS
    )


@cache
def _context() -> Mapping[str, Any]:
    return {
        "groups": groups(),
        "question": [parameter(shape) for shape in QUESTION.values()],
        "parts": [
            (name, words(shape), tuple(fields(shape)), shape.get("description", ""))
            for name, shape in sorted(table.shapes().items())
        ],
        "problems": TYPES.items(),
        "anywhere": ", ".join(str(status) for status in ANYWHERE),
    }


def examples(base: str) -> dict[str, list[tuple[str, str]]]:
    """By operation, its example in every way; `base` is the address of the API."""
    words_known = known.known()
    found: dict[str, list[tuple[str, str]]] = {}
    for key, operation in table.OPERATIONS.items():
        sent: Request = calls.request(operation, key, base, words_known)
        found[operation.id] = [(name, way(sent)) for name, way in WAYS.items()]
    return found


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Takes no parameters; unknown ones are left alone, since links to parts may carry some."""
    shown = examples(request.build_absolute_uri(ROOT))
    context = {
        **_context(),
        "section": "api",
        "examples": shown,
    }
    return render(request, "pages/api_reference.html", context)
