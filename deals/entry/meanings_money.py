"""A typed amount in words: what is known of it, and its worth in euros on the deal's date."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from deals import localised
from deals.entry.meanings_date import period
from deals.entry.money import digits
from deals.rules.amounts import AmountState
from deals.rules.dates import DealDate, Precision
from deals.rules.fx import Rates, rates_for


def amount_words(amount: Mapping[str, Any], when: DealDate, today: date) -> str:
    """ "CNY 120,000,000, exactly = €15.7 m at the ECB reference rate of 9 Sep 2021".

    `amount` as facts have it; its currency may be "". Where there is no value in euros, why.
    """
    if amount["state"] == AmountState.undisclosed:
        return _("Undisclosed: the deal counts, and is in no total of money.")
    if not amount["currency"]:
        return ""
    stated = _stated(amount)
    if amount["currency"] == "EUR":
        return stated
    rates = rates_for(amount["currency"], when, today=today)
    if rates.eur is None:
        return f"{stated}; {_no_rate(rates, amount['currency'], when)}"
    return f"{stated} = {_worth(amount, rates.eur, rates, when)}"


def _stated(amount: Mapping[str, Any]) -> str:
    code = amount["currency"]
    words = {"low": f"{code} {digits(amount['low'])}", "high": f"{code} {digits(amount['high'])}"}
    match amount["state"]:
        case AmountState.exact:
            return _("%(low)s, exactly") % words
        case AmountState.approximate:
            return _("about %(low)s") % words
    return _("between %(low)s and %(high)s") % words


def _worth(amount: Mapping[str, Any], eur: Decimal, rates: Rates, when: DealDate) -> str:
    """The value in euros with its rate; `eur` is one unit of the currency in euros."""
    ends = (Decimal(amount[end]) * eur for end in ("low", "high"))
    low, high = (localised.money(end, "EUR") for end in ends)
    worth = low if low == high else f"{low} – {high}"
    words = {"worth": worth, "when": period(when)}
    if when.precision is Precision.day:
        words["when"] = localised.day(rates.on) if rates.on else ""
        said = _("%(worth)s at the ECB reference rate of %(when)s")
    else:
        said = _("%(worth)s at the mean of the ECB reference rates of %(when)s")
    found = said % words
    return _("%(worth)s, provisional") % {"worth": found} if rates.provisional else found


def _no_rate(rates: Rates, currency: str, when: DealDate) -> str:
    if rates.status == "undated":
        return _("the value in euros needs the date")
    if rates.status == "pending":
        return _("value in euros pending: there is no ECB rate for %(when)s yet") % {
            "when": period(when)
        }
    return _("not convertible to euros: the ECB has no rate of %(currency)s for %(when)s") % {
        "currency": currency,
        "when": period(when),
    }
