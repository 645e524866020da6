"""What the pages about the API need."""

import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def ticked(text: str) -> SafeString:
    """`words` between ticks as code; everything is escaped."""
    pieces = re.split(r"`([^`]+)`", text)
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<code>{}</code>", piece) if place % 2 else piece,)
            for place, piece in enumerate(pieces)
        ),
    )


@register.filter
def of(values: Mapping[str, Any], name: str) -> Any:
    """The value under that name; None where there is none."""
    return values.get(name)
