"""Times, sizes and changes of shares as the desk shows them: 21 Nov 2026, 14:02 UTC · 3.4 MB."""

import unicodedata
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import localised
from deals.templatetags.formats import day, unknown

register = template.Library()

# Between a number and a word, where no line may break.
SPACE = "\u00a0"
# Persian and emoji are written with these.
JOINERS = "\u200c\u200d"
SIZES = ("", "kB", "MB", "GB", "TB")


@register.filter
def moment(value: datetime | None) -> str:
    """A time to the minute, in UTC and saying so."""
    if value is None:
        return unknown()
    found = value.astimezone(UTC)
    return f"{day(found)}, {found:%H:%M} UTC"


@register.filter
def file_size(size: int | None) -> str:
    """Bytes with three leading digits at most, in powers of 1,000: 3400000 → "3.4 MB"."""
    if not size:
        return unknown()
    value, unit = Decimal(size), 0
    while value >= Decimal("999.5") and unit < len(SIZES) - 1:
        value, unit = value / 1000, unit + 1
    places = 1 if unit and value < Decimal("99.95") else 0
    digits = localised.decimal(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN))
    return f"{digits}{SPACE}{SIZES[unit] if unit else _('bytes')}"


@register.filter
def lasting(seconds: float | None) -> str:
    """How long something takes, in words that do not pretend: "about 2 minutes"."""
    if seconds is None:
        return unknown()
    if seconds < 10:
        return _("a few seconds")
    if seconds < 90:
        count = round(seconds / 10) * 10
        said = ngettext("about %(count)s second", "about %(count)s seconds", count)
    elif seconds < 5400:
        count = round(seconds / 60)
        said = ngettext("about %(count)s minute", "about %(count)s minutes", count)
    else:
        count = round(seconds / 3600)
        said = ngettext("about %(count)s hour", "about %(count)s hours", count)
    return said % {"count": localised.decimal(count)}


@register.filter
def points(difference: Decimal | None) -> str:
    """The difference of two shares between 0 and 1: Decimal("0.0012") → "+0.12 points"."""
    if difference is None:
        return "–"
    value = (difference * 100).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    if not difference:
        return _("no change")
    said = _("%(points)s\u00a0points") if value else _("under %(points)s\u00a0points")
    sign = "+" if value > 0 else "−" if value else ""
    digits = localised.decimal(abs(value) or Decimal("0.01"))
    return said % {"points": f"{sign}{digits}"}


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
