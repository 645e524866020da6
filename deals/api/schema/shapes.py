"""JSON Schema in few words. Every object names all its fields and allows no others."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

Shape = dict[str, Any]


def obj(
    fields: Mapping[str, Shape],
    *,
    optional: Collection[str] = (),
    about: str = "",
    more: Any = False,
) -> Shape:
    """An object with these fields; all are always there but `optional` ones.

    `more` is the shape of values under names that are data, such as codes.
    """
    shape: Shape = {
        "type": "object",
        "properties": dict(fields),
        "required": [name for name in fields if name not in optional],
        "additionalProperties": more,
    }
    if not shape["required"]:
        del shape["required"]
    return said(shape, about)


def listed(items: Shape, about: str = "", **more: Any) -> Shape:
    """A list of equal things."""
    return said({"type": "array", "items": items, **more}, about)


def word(words: Iterable[str], about: str = "") -> Shape:
    """One of a few words."""
    return said({"type": "string", "enum": list(words)}, about)


def text(about: str = "", **more: Any) -> Shape:
    return said({"type": "string", **more}, about)


def number(about: str = "", **more: Any) -> Shape:
    """A whole number, not negative unless said."""
    return said({"type": "integer", "minimum": 0, **more}, about)


def said(shape: Shape, about: str) -> Shape:
    """The same shape with a sentence for readers."""
    return {**shape, "description": about} if about else shape


def ref(name: str) -> Shape:
    """A shape of `COMPONENTS`, by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(shape: Shape, about: str = "") -> Shape:
    """The shape, or null where it is not known."""
    if "$ref" in shape:
        return said({"anyOf": [shape, {"type": "null"}]}, about)
    kind = shape.get("type")
    if isinstance(kind, str):
        nullable = {**shape, "type": [kind, "null"]}
        if "enum" in shape:
            nullable["enum"] = [*shape["enum"], None]
        return said(nullable, about)
    return said({"anyOf": [shape, {"type": "null"}]}, about)


def page_of(items: Shape) -> Shape:
    """A page of a list: its rows, and the addresses of its neighbours."""
    return obj(
        {
            "next": or_null(LINK, "Address of the page after this one; null at the end."),
            "previous": or_null(LINK, "Address of the page before; null at the beginning."),
            "results": listed(items),
        }
    )


def whole(items: Shape) -> Shape:
    """A list that has no pages."""
    return obj({"results": listed(items)})


TRUTH: Shape = {"type": "boolean"}
COUNT = number()
# Decimal numbers are texts, so that no client makes floating-point numbers of them.
MONEY = text("An amount, as text.", pattern=r"^-?[0-9]+(\.[0-9]+)?$")
SHARE = text("A share from 0 to 1, to six places, as text.", pattern=r"^[01]\.[0-9]{6}$")
DAY = text("A day (ISO 8601).", format="date")
TIME = text("A time (RFC 3339, UTC).", format="date-time")
COUNTRY = text("Country (ISO 3166-1 alpha-2).", pattern="^[A-Z]{2}$")
LINK = text("An address.", format="uri-reference")
SHA256 = text("SHA-256, in hexadecimal.", pattern="^[0-9a-f]{64}$")
DEAL_ID = text("Identifier of a deal.", pattern="^D-[0-9A-Z]{8}$")
ORGANIZATION_ID = text("Identifier of an organization.", pattern="^O-[0-9A-Z]{8}$")
ANY_OBJECT: Shape = {"type": "object"}
