"""Values of CSS as literals: variables, the light one of two themes, and mixed colours.

A drawing that leaves the page takes no style sheet along, and what draws it as PNG knows none of
these functions.
"""

import re
from collections.abc import Callable, Mapping

FUNCTION = re.compile(r"(var|light-dark|color-mix)\(")
HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
PART = re.compile(r"(?P<colour>.+?)(?:\s+(?P<share>[0-9.]+)%)?")
REM = re.compile(r"([0-9.]+)rem\b")
NAMED = {"white": "#ffffff", "black": "#000000"}
ROOT_PIXELS = 16


class NoLiteral(ValueError):
    """A value that cannot be written without a style sheet."""


def literal(value: str, variables: Mapping[str, str]) -> str:
    """The value without functions and relative sizes; raises `NoLiteral` for an unknown variable
    and for colours that cannot be mixed."""
    found = FUNCTION.search(value)
    while found:
        end = _closing(value, found.end())
        arguments = _arguments(value[found.end() : end])
        value = value[: found.start()] + _CALLS[found[1]](arguments, variables) + value[end + 1 :]
        found = FUNCTION.search(value)
    return REM.sub(lambda size: f"{float(size[1]) * ROOT_PIXELS:g}px", value).strip()


def _closing(text: str, start: int) -> int:
    depth = 1
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if not depth:
            return at
    raise NoLiteral(f"A bracket is not closed: {text}")


def _arguments(text: str) -> list[str]:
    """The parts between commas that stand in no inner bracket."""
    found, depth = [""], 0
    for sign in text:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [part.strip() for part in found]


def _variable(arguments: list[str], variables: Mapping[str, str]) -> str:
    name, *fallback = arguments
    if name in variables:
        return literal(variables[name], variables)
    if fallback:
        return literal(", ".join(fallback), variables)
    raise NoLiteral(f"{name} has no value here")


def _light(arguments: list[str], variables: Mapping[str, str]) -> str:
    return literal(arguments[0], variables)


def _mixed(arguments: list[str], variables: Mapping[str, str]) -> str:
    space, *parts = arguments
    if space != "in srgb" or len(parts) != 2:
        raise NoLiteral(f"Only two colours in srgb are mixed, not {', '.join(arguments)}")
    (one, one_share), (other, other_share) = (_part(part, variables) for part in parts)
    if one_share is None:
        one_share = 0.5 if other_share is None else 1 - other_share
    mixed = (round(a * one_share + b * (1 - one_share)) for a, b in zip(one, other, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _part(text: str, variables: Mapping[str, str]) -> tuple[tuple[int, int, int], float | None]:
    found = PART.fullmatch(literal(text, variables))
    if found is None:
        raise NoLiteral(f"This is no colour: {text}")
    share = float(found["share"]) / 100 if found["share"] else None
    return channels(found["colour"]), share


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue from 0 to 255 of a colour such as "#1d5a9e"."""
    digits = HEX.fullmatch(NAMED.get(colour, colour))
    if digits is None:
        raise NoLiteral(f"This is no colour: {colour}")
    text = digits[1] if len(digits[1]) == 6 else "".join(2 * digit for digit in digits[1])
    red, green, blue = (int(text[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue


_CALLS: dict[str, Callable[[list[str], Mapping[str, str]], str]] = {
    "var": _variable,
    "light-dark": _light,
    "color-mix": _mixed,
}
