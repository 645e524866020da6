"""What a sample says of an import, in one sentence."""

from django.utils.translation import gettext as _

from deals.feeds.sampling import Sample
from deals.templatetags.formats import number, percent


def in_words(found: Sample) -> str:
    """What was found, and what it says of all the deals."""
    said = {"seen": number(found.seen), "size": number(found.size), "wrong": number(found.wrong)}
    looked = _("%(seen)s of %(size)s looked at, %(wrong)s wrong") % said
    if not found.seen:
        return f"{looked}."
    if found.is_all and not found.left:
        return _("%(looked)s; these are all the deals.") % {"looked": looked}
    low, high = found.shares
    return _(
        "%(looked)s: between %(low)s and %(high)s of the %(deals)s deals may be wrong"
        " (95 %%, Clopper–Pearson)."
    ) % {
        "looked": looked,
        "low": percent(low),
        "high": percent(high),
        "deals": number(found.of),
    }
