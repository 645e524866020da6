"""The whole description, made once in a process: it depends on nothing but the code."""

import hashlib
from functools import cache
from typing import Any

import orjson

from deals.api.schema import headers, history, parameters, problems, table
from deals.api.schema.generator import Generator
from deals.api.schema.shapes import Shape
from deals.api.schema.spelling import ROOT, path_of

ABOUT = (
    "An open register of AI deals between Europe and China. Published data is readable without a "
    "key. Amounts are texts, times are UTC, unknown is null. Errors are problem documents "
    "(RFC 9457). Names of fields are never changed within v1; new ones may be added."
)
KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key of the register, as `Authorization: Bearer itk_…`.",
}


def finish(result: Shape, **_more: Any) -> Shape:
    """What drf-spectacular calls at the end: parts by name, addresses as documents spell them."""
    result["paths"] = {ROOT + path_of(path): item for path, item in result["paths"].items()}
    for one in history.DEPRECATED:
        _mark(result["paths"][ROOT + one.path], one.parameter)
    result["info"]["description"] = ABOUT
    result["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    result["servers"] = [{"url": "/"}]
    result["tags"] = [{"name": tag} for tag in table.TAGS]
    result["components"] = {
        "schemas": table.shapes(),
        "parameters": parameters.SHARED,
        "headers": headers.HEADERS,
        "responses": problems.responses(),
        "securitySchemes": {"key": KEY},
    }
    return result


def _mark(item: Shape, parameter: str) -> None:
    """Mark an address, or a parameter of it, as one that is going to end."""
    for operation in item.values():
        if not parameter:
            operation["deprecated"] = True
        for place, shape in enumerate(operation.get("parameters", ())):
            if "$ref" in shape:
                shape = parameters.SHARED[shape["$ref"].rpartition("/")[2]]
            if parameter and shape["name"] == parameter:
                operation["parameters"][place] = {**shape, "deprecated": True}
        for answer in operation["responses"].values():
            if "headers" in answer:
                answer["headers"] |= headers.of("Deprecation", "Sunset", "Link")


@cache
def document() -> Shape:
    """The description as an object; nobody may change it."""
    found: Shape = Generator().get_schema(request=None, public=True)
    return found


@cache
def as_json() -> tuple[bytes, str]:
    """The description as JSON, and the mark of its version."""
    body = orjson.dumps(document())
    return body, hashlib.sha256(body).hexdigest()[:32]
