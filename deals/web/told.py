"""A change of one deal in the words of a feed: a title, and lines about the deal and the change."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.flows.touched import Touch
from deals.templatetags.formats import deal_date, number, what, words
from deals.web.shown import Document, amount, marks, named

TITLES = {
    "created": gettext_noop("New: %(deal)s"),
    "updated": gettext_noop("Changed: %(deal)s"),
    "retracted": gettext_noop("Retracted: %(deal)s"),
    "merged": gettext_noop("Merged: %(deal)s"),
    "restored": gettext_noop("Restored: %(deal)s"),
}
LEFT = gettext_noop("No longer in this view: %(deal)s")
# A feed reader shows a few lines; the deal's page has all investors.
MOST_INVESTORS = 8
# Names of a document's facts, as far as they say more to a reader than the field itself.
FACTS = {
    "ai": gettext_noop("AI"),
    "ai_basis": gettext_noop("basis of the AI judgement"),
    "amount": gettext_noop("amount"),
    "date": gettext_noop("date"),
    "external_id": gettext_noop("supplier’s id"),
    "investor_list": gettext_noop("completeness of the investors"),
    "investors": gettext_noop("investors"),
    "kind": gettext_noop("kind"),
    "notes": gettext_noop("notes"),
    "part_of": gettext_noop("part of a larger deal"),
    "population": gettext_noop("population"),
    "recorded_on": gettext_noop("day of recording"),
    "round_type": gettext_noop("round"),
    "sectors": gettext_noop("sectors"),
    "sources": gettext_noop("sources"),
    "status": gettext_noop("status"),
    "status_history": gettext_noop("status history"),
    "target": gettext_noop("target"),
}


def title(document: Document, touch: Touch) -> str:
    """ "Changed: Horizon (China), Series C, US$30 m"; not escaped."""
    target = named(document["target"])
    parts = [f"{target.name} ({target.country})", what(document), amount(document)]
    text = LEFT if _has_left(touch) else TITLES[touch.entry.kind]
    return _(text) % {"deal": ", ".join(parts)}


def lines(document: Document, touch: Touch) -> list[str]:
    """Investors, date and status of the deal, and what the entry says; texts, not escaped."""
    entry = touch.entry
    found = [
        _("Investors: %(names)s") % {"names": _investors(document)},
        _("Date: %(date)s; status: %(status)s")
        % {"date": deal_date(document["date"]), "status": words(document["status"])},
        *(mark.text for mark in marks(document)),
    ]
    if entry.kind == "updated" and entry.fields:
        named_facts = ", ".join(_(FACTS[name]) if name in FACTS else name for name in entry.fields)
        found.append(_("Changed: %(facts)s") % {"facts": named_facts})
    if entry.merged_into:
        found.append(_("It is the same deal as %(deal)s.") % {"deal": entry.merged_into})
    if entry.reason:
        found.append(_("Reason: %(reason)s") % {"reason": entry.reason})
    found.append(_("Ledger no. %(seq)s") % {"seq": number(entry.seq)})
    return found


def category(touch: Touch) -> str:
    """A word for programs: the kind of the entry as the API says it, or "left"."""
    return "left" if _has_left(touch) else touch.entry.kind


def _has_left(touch: Touch) -> bool:
    """A version came that this view does not mean; one that was retracted says so itself."""
    return touch.left and touch.entry.kind in ("created", "updated", "restored")


def _investors(document: Document) -> str:
    investors = [named(one) for one in document["investors"]]
    shown = [f"{one.name} ({one.country})" for one in investors[:MOST_INVESTORS]]
    if more := len(investors) - len(shown):
        shown.append(_("and %(more)s more") % {"more": number(more)})
    return ", ".join(shown) or _("not known")
