"""What a person who types is told where a rule refuses a text: in their language, in one sentence.

A rule's own message speaks to whoever brings a file, of profiles and columns. Here the person can
correct the text at once, so that the sentence says what to write instead.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals import localised
from deals.rules.dates import parse_date
from deals.rules.errors import RuleError, quoted

SENTENCES = {
    # Amounts
    "amount_not_understood": gettext_lazy(
        "%(text)s is not an amount we can read: write it like 12.8m EUR, 30-50 million USD or "
        "1.2亿元, or “undisclosed” if it was not published."
    ),
    "several_numbers": gettext_lazy(
        "%(text)s holds several numbers: keep the amount of this deal only, or write a range such "
        "as 30-50 million USD."
    ),
    "decimal_mark": gettext_lazy(
        "The number in %(text)s can be read in two ways: write 1,234.50 for one thousand two "
        "hundred and thirty-four and a half, or use a scale as in 12.5m."
    ),
    "amount_too_large": gettext_lazy(
        "%(text)s is more than 10^15: check the scale behind the number."
    ),
    "zero_amount": gettext_lazy(
        "%(text)s is zero, which is not an amount: leave it blank if it is not known."
    ),
    "unclear_range": gettext_lazy(
        "The ends of the range %(text)s are unclear: write the lower end first, with its own "
        "scale, such as 900k-1.2m EUR."
    ),
    "negative_amount": gettext_lazy(
        "%(text)s is negative: an amount is above zero, or blank if it is not known."
    ),
    "currency_conflict": gettext_lazy(
        "%(text)s names two currencies: keep the one in which the amount was stated."
    ),
    "ambiguous_currency": gettext_lazy(
        "The currency in %(text)s can be several: write its three-letter code, such as SEK."
    ),
    "unknown_currency": gettext_lazy(
        "%(text)s is not a currency we know: write its three-letter code, such as EUR, USD or CNY."
    ),
    # Dates
    "date_not_understood": gettext_lazy(
        "%(text)s is not a date we can read: write it like 2021-09-09, 9 Sep 2021, Q1 2024 or "
        "2021, or leave it blank if it is not known."
    ),
    "vague_date": gettext_lazy(
        "%(text)s does not say which months or days: write those that are meant, like "
        "2021-03/2021-05, or only the year."
    ),
    "backward_range": gettext_lazy(
        "The range %(text)s ends before it begins: write the earlier date first."
    ),
    "date_out_of_range": gettext_lazy(
        "%(text)s lies outside 1900 to 2100: correct the year, or leave the date blank if it is "
        "not known."
    ),
    "no_such_date": gettext_lazy("%(text)s is not a day of the calendar: correct it."),
    "two_digit_year": gettext_lazy(
        "%(text)s has a year of two digits, which can mean two centuries: write all four."
    ),
    "spreadsheet_date": gettext_lazy(
        "%(text)s is a spreadsheet’s day number: write the date like 2021-09-09."
    ),
    "not_a_day": gettext_lazy(
        "%(text)s is not one day: write it like 2021-09-09, or leave it blank."
    ),
    # Names, countries, shares
    "blank_name": gettext_lazy("The name is blank: write it as the source does."),
    "name_too_long": gettext_lazy(
        "The name %(text)s has more than 300 characters: write the name alone."
    ),
    "unknown_country": gettext_lazy(
        "%(text)s is not a country we know: write its name or its code, such as DE or Germany."
    ),
    "ambiguous_country": gettext_lazy(
        "%(text)s could be more than one country: choose the one that is meant."
    ),
    "stake_not_understood": gettext_lazy(
        "%(text)s is not a percentage above 0 and up to 100: write it like 12.5."
    ),
    "not_yes_or_no": gettext_lazy("%(text)s is neither yes nor no: choose one, or leave it open."),
    "contribution_is_a_range": gettext_lazy(
        "%(text)s is a range, and a contribution is one amount: leave it blank if it is not known."
    ),
    "text_too_long": gettext_lazy(
        "The text beginning %(text)s has %(count)s characters, more than %(limit)s: shorten it."
    ),
    "not_an_address": gettext_lazy(
        "%(text)s is not the address of a web page: it begins with http:// or https:// and has "
        "no spaces and at most 1,000 bytes."
    ),
}
# Words of closed lists, which a form offers as choices.
CHOICES = {
    "unknown_kind": gettext_lazy("%(text)s is not a kind of deal of the register: choose one."),
    "unknown_status": gettext_lazy("%(text)s is not a status of the register: choose one."),
    "unknown_round_type": gettext_lazy("%(text)s is not a round of the register: choose one."),
    "unknown_sector": gettext_lazy("%(text)s is not a sector of the register: choose one."),
    "unknown_word": gettext_lazy("%(text)s is not one of the choices: choose one."),
}
SHOWN = 40


def sentence(error: RuleError, text: str) -> str:
    """The sentence for a text that a rule refused; the rule's own where there is no better one."""
    if error.code == "ambiguous_date":
        return _ambiguous_date(text)
    if error.code == "unknown_country":
        return _unknown_country(error, text)
    found = SENTENCES.get(error.code) or CHOICES.get(error.code)
    return str(found) % {"text": _shown(text)} if found else error.message


def too_long(text: str, limit: int) -> str:
    """The sentence for a text that the register has no room for."""
    counts = {"count": localised.decimal(len(text)), "limit": localised.decimal(limit)}
    return str(SENTENCES["text_too_long"]) % {"text": _shown(text), **counts}


def _shown(text: str) -> str:
    return quoted(text, SHOWN) if text.strip() else _("A blank")


def _ambiguous_date(text: str) -> str:
    """Both days that 03/04/2024 can be, each with the text that means it."""
    day_first, month_first = (parse_date(text, order=order).first for order in ("dmy", "mdy"))
    if day_first is None or month_first is None:
        return str(SENTENCES["date_not_understood"]) % {"text": _shown(text)}
    return _(
        "%(text)s can be %(one)s or %(other)s: write %(one_iso)s or %(other_iso)s."
    ) % {
        "text": _shown(text),
        "one": localised.day(day_first),
        "other": localised.day(month_first),
        "one_iso": day_first.isoformat(),
        "other_iso": month_first.isoformat(),
    }  # fmt: skip


def _unknown_country(error: RuleError, text: str) -> str:
    said = str(SENTENCES["unknown_country"]) % {"text": _shown(text)}
    _before, asks, guess = error.message.partition("; did you mean ")
    return f"{said} " + _("Did you mean %(country)s?") % {"country": guess[:-1]} if asks else said
