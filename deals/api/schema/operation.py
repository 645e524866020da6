"""One address and method of the API: what it takes, what it answers, and an example call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deals.api.schema import headers, problems, samples
from deals.api.schema.shapes import Shape

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no problem. `shape` is of JSON; `media` are files, by their type."""

    about: str
    shape: Shape | None = None
    media: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    links: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """An example: parameters as texts, where `{deal}` stands for the id of a deal that is there.

    `body` is JSON; `file` is a body that is a file, by the name of the file. `sends` are headers.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    file: str = ""
    sends: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """`power` is the least that a key needs: "" for nobody's key, read for anybody's.

    `kept` answers have an ETag, and are a 304 for who has them already. `problems` are statuses
    beside those that any address can answer with.
    """

    id: str
    tag: str
    title: str
    about: str = ""
    parameters: tuple[Shape, ...] = ()
    body: Shape | None = None
    answers: Mapping[int, Answer] = field(default_factory=dict)
    problems: tuple[int, ...] = ()
    power: str = ""
    kept: bool = False
    call: Call = field(default_factory=Call)

    def as_openapi(self) -> Shape:
        """The operation as an OpenAPI 3.1 Operation Object."""
        shape: Shape = {
            "operationId": self.id,
            "summary": self.title,
            "tags": [self.tag],
            "parameters": list(self.parameters),
            "responses": self._responses(),
            "security": [{"key": []}] if self.power else [{}, {"key": []}],
        }
        if self.about:
            shape["description"] = self.about
        if self.kept:
            shape["parameters"].append({"$ref": "#/components/parameters/If-None-Match"})
        if self.body:
            shape["requestBody"] = self._body(self.body)
        if not shape["parameters"]:
            del shape["parameters"]
        return shape

    def _body(self, body: Shape) -> Shape:
        if self.call.body is None:
            return body
        content = {
            kind: {**media, "example": self.call.body} for kind, media in body["content"].items()
        }
        return {**body, "content": content}

    def _responses(self) -> Shape:
        found = {str(status): self._answer(answer) for status, answer in self.answers.items()}
        if self.kept:
            found["304"] = {
                "description": "You have this answer already: nothing has changed.",
                "headers": headers.of(*headers.LIMITS, "ETag", "Cache-Control"),
            }
        statuses = {*problems.ANYWHERE, *self.problems, *((403,) if self.power else ())}
        for status in sorted(statuses):
            found[str(status)] = problems.response(status)
        return found

    def _answer(self, answer: Answer) -> Shape:
        names = [
            *headers.LIMITS,
            *answer.headers,
            *(("ETag", "Cache-Control") if self.kept else ()),
        ]
        shape: Shape = {"description": answer.about, "headers": headers.of(*names)}
        if answer.shape is not None:
            shape["content"] = {JSON: {"schema": answer.shape}}
            if answer is next(iter(self.answers.values())) and (sample := samples.of(self.id)):
                shape["content"][JSON]["example"] = sample
        if answer.media:
            shape["content"] = {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in answer.media
            }
        if answer.links:
            shape["links"] = dict(answer.links)
        return shape


def link(operation: str, about: str, **parameters: str) -> Shape:
    """An OpenAPI link: `parameters` of the next operation, from this answer."""
    return {"operationId": operation, "description": about, "parameters": parameters}
