"""What a template takes out of a table by a key that is itself a variable."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter(name="of")
def of(table: Mapping[str, Any] | str | None, key: str) -> Any:
    """`organizations|of:value.id`; None where there is no such table, or nothing of that key."""
    return table.get(key) if isinstance(table, Mapping) else None
