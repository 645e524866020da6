"""Why two deals may be one, or may not, in words of the reader's language.

A reason is kept as its code and values, so that it is read in the language of whoever looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

Values = dict[str, Any]

SENTENCES = {
    "same_target": gettext_noop("Same target."),
    "like_target": gettext_noop("The targets may be one: “%(one)s” and “%(other)s”."),
    "same_day": gettext_noop("Same day."),
    "dates_overlap": gettext_noop("The dates can be the same, as far as they are known."),
    "no_date": gettext_noop("The date of one is not known."),
    "same_amount": gettext_noop("Same amount."),
    "amounts_overlap": gettext_noop("The amounts can be the same, as far as they are known."),
    "amounts_near": gettext_noop("Amounts within %(percent)s %%."),
    "amounts_near_converted": gettext_noop("Amounts within %(percent)s %%, converted to euros."),
    "amounts_far": gettext_noop("Amounts %(percent)s %% apart."),
    "amounts_far_converted": gettext_noop("Amounts %(percent)s %% apart, converted to euros."),
    "not_comparable": gettext_noop("The amounts are in currencies that cannot be compared."),
    "same_round": gettext_noop("Same round: %(round)s."),
    "different_rounds": gettext_noop("Different rounds: %(one)s and %(other)s."),
    "different_kinds": gettext_noop("Different kinds of deal."),
    "no_common_investor": gettext_noop("No investor in common."),
    "same_feed": gettext_noop("One supplier lists them under different ids."),
}
# Reasons that speak against; so do more days than these between the two.
FAR_DAYS = 31
AGAINST = frozenset(
    {
        "amounts_far", "amounts_far_converted", "different_rounds", "different_kinds",
        "no_common_investor", "same_feed",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code of `SENTENCES`, "days_apart" or "common_investors", with its values."""

    code: str
    values: Values = field(default_factory=dict)

    def stored(self) -> Values:
        """As `DealSuggestion.reasons` keeps it; `text` is the sentence in the present language."""
        return {"code": self.code, "values": self.values, "text": self.text}

    @property
    def text(self) -> str:
        """The sentence in the reader's language."""
        if self.code == "days_apart":
            days = int(self.values["days"])
            return ngettext("%(days)s day apart.", "%(days)s days apart.", days) % self.values
        if self.code == "common_investors":
            count = int(self.values["count"])
            said = ngettext(
                "%(count)s investor in common.", "%(count)s investors in common.", count
            )
            return said % self.values
        return _(SENTENCES[self.code]) % self._translated()

    @property
    def against(self) -> bool:
        """Whether it speaks for two deals."""
        far = self.code == "days_apart" and int(self.values["days"]) > FAR_DAYS
        return far or self.code in AGAINST

    def _translated(self) -> Values:
        rounds = self.code in ("same_round", "different_rounds")
        return {name: _(str(value)) if rounds else value for name, value in self.values.items()}


def reason_of(stored: Mapping[str, Any]) -> Reason:
    """A reason as `DealSuggestion.reasons` keeps it."""
    return Reason(stored["code"], dict(stored.get("values") or {}))
