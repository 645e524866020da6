"""What the lists of the form of a deal offer, in the reader's language."""

from collections.abc import Mapping
from functools import cache

from django.utils.translation import gettext as _

from deals import localised
from deals.rules.counting import KINDS, STATUSES
from deals.rules.countries import COUNTRIES
from deals.rules.vocab import ROUND_TYPES, SECTORS

Options = list[tuple[str, str]]
# Offered while typing; any other that the European Central Bank quotes can be typed as well.
CURRENCIES = (
    "EUR", "USD", "CNY", "GBP", "CHF", "HKD", "JPY", "SEK", "NOK", "DKK", "KRW", "SGD", "TWD",
    "INR", "CAD", "AUD", "ILS", "PLN",
)  # fmt: skip


def options() -> dict[str, Options]:
    """Codes with their titles, by the name under which the page knows them."""
    return {
        "kinds": _titled(KINDS),
        "statuses": _titled(STATUSES),
        "round_types": _titled(ROUND_TYPES),
        "sectors": _titled(SECTORS),
        "date_bases": [
            ("announced", _("the announcement")),
            ("completed", _("the completion")),
        ],
        "investor_lists": [
            ("", _("not said: counted as some of them")),
            ("complete", _("yes, the source names all")),
            ("partial", _("no, only some of them")),
            ("none", _("nobody is named")),
        ],
        "ai_answers": [("yes", _("yes")), ("no", _("no")), ("unknown", _("not known"))],
    }


def country_options() -> Options:
    """All countries by name, for a list in which typing finds them."""
    return _countries(localised.language())


@cache
def _countries(language: str) -> Options:
    named = ((code, localised.country_name(code)) for code in COUNTRIES)
    return sorted(named, key=lambda each: each[1])


def _titled(titles: Mapping[str, str]) -> Options:
    return [(code, _(title)) for code, title in titles.items()]
