"""What a description promises, as plain facts: whoever takes one away breaks somebody's program."""

from collections.abc import Iterator
from typing import Any

Shape = dict[str, Any]
# What is said for readers, and does not bind.
WORDS = ("description", "summary", "example", "title")


def bare(value: Any, inside: str = "") -> Any:
    """The description without its prose; names of fields are no prose."""
    if isinstance(value, list):
        return [bare(one) for one in value]
    if not isinstance(value, dict):
        return value
    names = inside in ("properties", "schemas", "parameters", "headers")
    return {
        name: bare(one, name)
        for name, one in value.items()
        if names or name not in WORDS or (not isinstance(one, str) and name != "example")
    }


def promises(whole: Shape) -> set[str]:
    """Addresses, methods, parameters with their words, statuses, and fields with their types."""
    found = set()
    for path, item in whole["paths"].items():
        for method, operation in item.items():
            here = f"{method.upper()} {path}"
            found.add(here)
            for one in operation.get("parameters", ()):
                one = _part(whole, one)
                found |= {f"{here} ?{one['name']}{fact}" for fact in _facts(whole, one["schema"])}
            for status, answer in operation["responses"].items():
                answer = _part(whole, answer)
                found.add(f"{here} {status}")
                for kind, media in answer.get("content", {}).items():
                    found |= {f"{here} {status} {kind}{f}" for f in _facts(whole, media["schema"])}
    return found


def demands(whole: Shape) -> set[str]:
    """What a request has to have: one more breaks whoever does not send it."""
    found = set()
    for path, item in whole["paths"].items():
        for method, operation in item.items():
            here = f"{method.upper()} {path}"
            if operation.get("requestBody", {}).get("required"):
                found.add(f"{here} body")
            for one in operation.get("parameters", ()):
                one = _part(whole, one)
                if one.get("required"):
                    found.add(f"{here} ?{one['name']}")
    return found


def _part(whole: Shape, shape: Shape) -> Shape:
    """What a reference leads to."""
    if "$ref" not in shape:
        return shape
    found: Any = whole
    for step in shape["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _facts(whole: Shape, shape: Shape) -> Iterator[str]:
    """Types, words and fields, each with its place."""
    shape = _part(whole, shape)
    kinds = shape.get("type", "")
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        yield f" {kind}"
    for word in (*shape.get("enum", ()), *([shape["const"]] if "const" in shape else ())):
        yield f"={word}"
    for other in shape.get("anyOf", ()):
        yield from _facts(whole, other)
    for name, inner in shape.get("properties", {}).items():
        yield from (f".{name}{fact}" for fact in _facts(whole, inner))
    if isinstance(shape.get("additionalProperties"), dict):
        yield from (f".*{fact}" for fact in _facts(whole, shape["additionalProperties"]))
    if "items" in shape:
        yield from (f"[]{fact}" for fact in _facts(whole, shape["items"]))
