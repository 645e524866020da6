"""Shapes in words: what a reader of the documentation sees of JSON Schema."""

from collections.abc import Iterator
from dataclasses import dataclass

from deals.api.schema.shapes import Shape

# Longer lists of words are shown by their beginning.
MOST_WORDS = 60
FORMATS = {
    "date": "day",
    "date-time": "time",
    "uri-reference": "address",
    "binary": "file",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What kind of value it is, the words that it may be, and the part that it is, by name."""

    kind: str
    choices: tuple[str, ...] = ()
    part: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an answer, with its place in it ("deals.n", "results[].id")."""

    name: str
    words: Words
    about: str
    always: bool


def words(shape: Shape) -> Words:
    """A shape in a few words, such as "list of", "number, 1 to 500", "text or null"."""
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        return Words("", part=name)
    if "anyOf" in shape:
        return _any(shape["anyOf"])
    if "const" in shape:
        return Words("", (str(shape["const"]),))
    kinds = shape.get("type", "anything")
    kind, null = (kinds, False) if isinstance(kinds, str) else (kinds[0], "null" in kinds)
    if kind == "array":
        inner = words(shape["items"])
        return Words(_joined("list of", inner.kind), inner.choices, inner.part, inner.more)
    choices = tuple(str(one) for one in shape.get("enum", ()) if one is not None)
    said = "" if choices else _plain(kind, shape)
    if null:
        said = _joined(said, "or null")
    return Words(said, choices[:MOST_WORDS], more=max(0, len(choices) - MOST_WORDS))


def _any(shapes: list[Shape]) -> Words:
    found = [words(one) for one in shapes if one.get("type") != "null"]
    null = any(one.get("type") == "null" for one in shapes)
    kinds = dict.fromkeys(one.kind for one in found if one.kind)
    said = _joined(" or ".join(kinds), "or null" if null else "")
    choices = tuple(choice for one in found for choice in one.choices)
    part = next((one.part for one in found if one.part), "")
    return Words(said, choices, part, sum(one.more for one in found))


def _plain(kind: str, shape: Shape) -> str:
    if kind == "string":
        said = FORMATS.get(shape.get("format", ""), "text")
        if "maxLength" in shape:
            said += f", at most {shape['maxLength']:,} characters"
        return said
    if kind == "integer":
        low, high = shape.get("minimum"), shape.get("maximum")
        return f"number, {low} to {high:,}" if high and high < 10**9 else "number"
    return {"boolean": "true or false", "number": "fraction"}.get(kind, kind)


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def fields(shape: Shape, prefix: str = "") -> Iterator[Field]:
    """The fields of an object, with those of objects inside it; other parts are named only."""
    inner = _object(shape)
    for name, found in inner.get("properties", {}).items():
        place = f"{prefix}{name}"
        yield Field(
            place, words(found), found.get("description", ""), name in inner.get("required", ())
        )
        if found.get("type") == "array":
            yield from fields(found["items"], f"{place}[].")
        elif "$ref" not in found:
            yield from fields(found, f"{place}.")
    more = inner.get("additionalProperties")
    if isinstance(more, dict):
        yield Field(f"{prefix}…", words(more), "", always=False)


def _object(shape: Shape) -> Shape:
    """The object that a shape is, also where it may be null."""
    if "anyOf" in shape:
        return next((one for one in shape["anyOf"] if "properties" in one), {})
    return shape if "properties" in shape else {}
