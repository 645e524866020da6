"""A typed date in words: the days that it covers, and how precise it is."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals import localised
from deals.rules.dates import DealDate, Precision

PRECISIONS = {
    Precision.month: gettext_lazy("month"),
    Precision.quarter: gettext_lazy("quarter"),
    Precision.year: gettext_lazy("year"),
    Precision.range: gettext_lazy("range"),
}


def date_words(when: DealDate) -> str:
    """ "9 Sep 2021", "1 Jan 2024 to 31 Mar 2024 (quarter)", and what no date means."""
    if when.first is None or when.last is None:
        return _("No date: the deal counts only where no years are asked for.")
    if when.precision is Precision.day:
        return localised.day(when.first)
    return _("%(first)s to %(last)s (%(precision)s)") % {
        "first": localised.day(when.first),
        "last": localised.day(when.last),
        "precision": PRECISIONS[when.precision],
    }


def period(when: DealDate) -> str:
    """A date as it stands inside a sentence: "9 Sep 2021", "Sep 2021", "Q1 2024", "2021"."""
    if when.first is None or when.last is None:
        return ""
    match when.precision:
        case Precision.day:
            return localised.day(when.first)
        case Precision.month:
            return localised.month(when.first)
        case Precision.quarter:
            return localised.quarter(when.first)
        case Precision.year:
            return str(when.first.year)
    return f"{localised.day(when.first)} – {localised.day(when.last)}"
