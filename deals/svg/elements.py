"""Elements of inline SVG, with everything that is written into them escaped."""

import re
from collections.abc import Iterable
from functools import cache

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

# What no XML may hold, however it is written; a drawing with one of them could not be read.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tag(name: str, *children: str | int, **attrs: object) -> SafeString:
    """One element; texts and attribute values are escaped. `class_` is `class`, `_` is `-`."""
    written = "".join(
        [
            f' {_attribute(key)}="{_escaped(value)}"'
            for key, value in attrs.items()
            if value is not None
        ]
    )
    body = "".join([_escaped(child) for child in children])
    return SafeString(f"<{name}{written}>{body}</{name}>" if body else f"<{name}{written}/>")


@cache
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _escaped(value: object) -> str:
    """Escaped, unless it is an element already; a page of charts has thousands of these.

    Coordinates with one decimal at most: a tenth of a pixel is finer than any screen.
    """
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    if isinstance(value, int):
        return str(value)
    text = str(conditional_escape(value if isinstance(value, SafeString) else str(value)))
    return text if text.isprintable() else NOT_XML.sub("\ufffd", text)


def linked(address: str, said: str, *children: str, look: str | None = None) -> SafeString:
    """Marks that lead to their deals; `said` names them for those who point at or hear them."""
    hint = tag("title", said)
    if not address:
        return tag("g", hint, *children, class_=look)
    return tag("a", hint, *children, href=address, aria_label=said, class_=look)


def drawing(
    prefix: str,
    size: str,
    title: str,
    description: str,
    extent: tuple[float, float],
    parts: Iterable[SafeString],
) -> SafeString:
    """A whole chart of `extent` (width, height): named, described, for one of the two sizes.

    It is a group, not an image: what is inside an image is hidden from assistive technology, and
    the marks are links.
    """
    width, height = extent
    return _group(
        prefix, title, description, parts,
        viewBox=f"0 0 {width:.0f} {height:.0f}", class_=f"chart chart-{size}",
    )  # fmt: skip


def fluid(
    prefix: str,
    title: str,
    description: str,
    extent: tuple[float, float, float],
    parts: Iterable[SafeString],
) -> SafeString:
    """A whole chart whose places across are shares of its width, for every width.

    `extent` is the margin that its labels need at the left, and width and height without it. On a
    page charts.css gives it the width there is; a file that holds it takes these.
    """
    left, width, height = extent
    return _group(
        prefix, title, description, parts,
        x=left, width=width, height=height, class_="chart chart-fluid",
    )  # fmt: skip


def _group(
    prefix: str, title: str, description: str, parts: Iterable[SafeString], **attrs: object
) -> SafeString:
    return tag(
        "svg",
        tag("title", title, id=f"{prefix}-title"),
        tag("desc", description, id=f"{prefix}-desc"),
        *parts,
        **attrs,
        role="group",
        aria_labelledby=f"{prefix}-title",
        aria_describedby=f"{prefix}-desc",
    )


def hatching(name: str) -> SafeString:
    """A pattern of slanted lines in the colours of the class around it; `name` is its id."""
    line = tag("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5", class_="hatch-line")
    ground = tag("rect", width=6, height=6, class_="hatch-ground")
    return tag("pattern", ground, line, id=name, width=6, height=6, patternUnits="userSpaceOnUse")
