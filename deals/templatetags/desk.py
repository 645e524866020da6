"""What every page of the desk shows besides its own content."""

from typing import Any

from django import template

from deals.templatetags.imports import visible

register = template.Library()
# Beyond this the head says "99+", and nothing more is counted.
MOST = 100


@register.filter
def unread(user: Any) -> int:
    """How many notifications a person has not read, 100 at most; one query by index."""
    count: int = user.notifications.filter(read_at=None).order_by()[:MOST].count()
    return count


@register.filter
def visible_lines(text: str) -> str:
    """A long text with its line ends, and signs for all else that cannot be seen."""
    return "\n".join(visible(line) for line in str(text).split("\n"))
