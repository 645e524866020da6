"""Times, sizes and changes of shares as the desk shows them: 21 Nov 2026, 14:02 UTC · 3.4 MB."""

import unicodedata
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from django import template

from deals.templatetags.formats import UNKNOWN, day

register = template.Library()

# Between a number and a word, where no line may break.
SPACE = "\u00a0"
# Persian and emoji are written with these.
JOINERS = "\u200c\u200d"
SIZES = ("bytes", "kB", "MB", "GB", "TB")


@register.filter
def moment(value: datetime | None) -> str:
    """A time to the minute, in UTC and saying so."""
    if value is None:
        return UNKNOWN
    found = value.astimezone(UTC)
    return f"{day(found)}, {found:%H:%M} UTC"


@register.filter
def file_size(size: int | None) -> str:
    """Bytes with three leading digits at most, in powers of 1,000: 3400000 → "3.4 MB"."""
    if not size:
        return UNKNOWN
    value, unit = Decimal(size), 0
    while value >= Decimal("999.5") and unit < len(SIZES) - 1:
        value, unit = value / 1000, unit + 1
    places = 1 if unit and value < Decimal("99.95") else 0
    return f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)}{SPACE}{SIZES[unit]}"


@register.filter
def lasting(seconds: float | None) -> str:
    """How long something takes, in words that do not pretend: "about 2 minutes"."""
    if seconds is None:
        return UNKNOWN
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10} seconds"
    if seconds < 5400:
        return f"about {round(seconds / 60)} minutes"
    return f"about {round(seconds / 3600)} hours"


@register.filter
def points(difference: Decimal | None) -> str:
    """The difference of two shares between 0 and 1: Decimal("0.0012") → "+0.12 points"."""
    if difference is None:
        return "–"
    value = (difference * 100).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    if not value:
        return "no change" if not difference else f"under 0.01{SPACE}points"
    sign = "+" if value > 0 else "−"
    return f"{sign}{abs(value)}{SPACE}points"


@register.filter
def visible(text: str) -> str:
    """Control characters, and those that turn the text around them, as signs that can be seen."""
    return "".join(_sign(char) for char in str(text))


def _sign(char: str) -> str:
    if ord(char) < 32:
        return chr(0x2400 + ord(char))
    if char not in JOINERS and unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn"):
        return f"⟨U+{ord(char):04X}⟩"
    return char
