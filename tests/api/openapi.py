"""What an OpenAPI 3.1 document is made of, as JSON Schema: the parts that ours uses, strictly."""

from typing import Any

Shape = dict[str, Any]
TEXT: Shape = {"type": "string"}
MAP: Shape = {"type": "object"}
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


def _of(fields: Shape, *required: str, more: Any = False) -> Shape:
    return {
        "type": "object",
        "properties": fields,
        "required": list(required),
        "additionalProperties": more,
    }


def _or_ref(shape: Shape) -> Shape:
    return {"if": {"required": ["$ref"]}, "then": _of({"$ref": TEXT}, "$ref"), "else": shape}


def _each(shape: Shape) -> Shape:
    return {"type": "object", "additionalProperties": shape}


# Each part is checked on its own (`test_every_shape_is_json_schema`).
SCHEMA: Shape = {"type": ["object", "boolean"]}
MEDIA = _of({"schema": SCHEMA, "example": {}})
HEADER = _or_ref(_of({"description": TEXT, "required": {"type": "boolean"}, "schema": SCHEMA}))
PARAMETER = _or_ref(
    _of(
        {
            "name": TEXT,
            "in": {"enum": ["query", "header", "path", "cookie"]},
            "description": TEXT,
            "required": {"type": "boolean"},
            "deprecated": {"type": "boolean"},
            "schema": SCHEMA,
            "style": {"enum": ["form", "simple"]},
            "explode": {"type": "boolean"},
            "example": {},
        },
        "name",
        "in",
        "schema",
    )
    | {
        "if": {"properties": {"in": {"const": "path"}}, "required": ["in"]},
        "then": {"properties": {"required": {"const": True}}, "required": ["required"]},
    }
)
LINK = _of({"operationId": TEXT, "description": TEXT, "parameters": MAP}, "operationId")
RESPONSE = _or_ref(
    _of(
        {
            "description": TEXT,
            "headers": _each(HEADER),
            "content": _each(MEDIA),
            "links": _each(LINK),
        },
        "description",
    )
)
OPERATION = _of(
    {
        "operationId": TEXT,
        "summary": TEXT,
        "description": TEXT,
        "tags": {"type": "array", "items": TEXT},
        "parameters": {"type": "array", "items": PARAMETER},
        "requestBody": _of(
            {"description": TEXT, "required": {"type": "boolean"}, "content": _each(MEDIA)},
            "content",
        ),
        "responses": {
            "type": "object",
            "patternProperties": {"^[1-5][0-9][0-9]$": RESPONSE},
            "additionalProperties": False,
            "minProperties": 1,
        },
        "security": {"type": "array", "items": MAP},
        "deprecated": {"type": "boolean"},
    },
    "operationId",
    "summary",
    "tags",
    "responses",
)
OPENAPI = _of(
    {
        "openapi": {"const": "3.1.0"},
        "info": _of(
            {
                "title": TEXT,
                "version": TEXT,
                "description": TEXT,
                "license": _of({"name": TEXT, "identifier": TEXT}, "name"),
            },
            "title",
            "version",
        ),
        "servers": {"type": "array", "items": _of({"url": TEXT}, "url")},
        "tags": {"type": "array", "items": _of({"name": TEXT, "description": TEXT}, "name")},
        "paths": {
            "type": "object",
            "patternProperties": {"^/": _of({method: OPERATION for method in METHODS})},
            "additionalProperties": False,
        },
        "components": _of(
            {
                "schemas": _each(SCHEMA),
                "parameters": _each(PARAMETER),
                "headers": _each(HEADER),
                "responses": _each(RESPONSE),
                "securitySchemes": _each(MAP),
            }
        ),
    },
    "openapi",
    "info",
    "paths",
)
