"""Each filter in use as a short label, "target: Germany", in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.flows.query import FlowQuery
from deals.templatetags.formats import words
from deals.web.behind import short

NAMES = {
    "investor": gettext_noop("investor"),
    "target": gettext_noop("target"),
    "from": gettext_noop("from"),
    "to": gettext_noop("to"),
    "ai": gettext_noop("AI"),
    "sector": gettext_noop("sector"),
    "round": gettext_noop("round"),
    "kind": gettext_noop("kind"),
    "status": gettext_noop("status"),
    "attribution": gettext_noop("attribution"),
    "min_amount": gettext_noop("min amount"),
    "max_amount": gettext_noop("max amount"),
    "organization": gettext_noop("organization"),
    "population": gettext_noop("population"),
    "state_linked": gettext_noop("state linked"),
    "known_by": gettext_noop("known by"),
    "release": gettext_noop("release"),
    "as_of": gettext_noop("as of"),
    "place": gettext_noop("these deals"),
    "q": gettext_noop("search"),
}
# Codes of closed lists; any other value is somebody's own word.
CODED = ("sector", "round", "kind", "status")
WORDS = {
    "yes": gettext_noop("yes"),
    "no": gettext_noop("no"),
    "unknown": gettext_noop("unknown"),
    "all": gettext_noop("all"),
    "immediate": gettext_noop("immediate"),
    "ultimate": gettext_noop("ultimate"),
    "ever_completed": gettext_noop("ever completed"),
    "counted": gettext_noop("counted"),
    "target_side_only": gettext_noop("target side only"),
    "other_foreign_only": gettext_noop("other foreign only"),
    "too_coarse": gettext_noop("too coarse"),
    "undated": gettext_noop("undated"),
    "unknown_target": gettext_noop("unknown target"),
    "partial": gettext_noop("partial"),
    "undisclosed": gettext_noop("undisclosed"),
    "range": gettext_noop("range"),
    "not_convertible": gettext_noop("not convertible"),
    "flow": gettext_noop("flow"),
}
WORDED = ("ai", "attribution", "state_linked", "place", "status", "kind")


def label(name: str, value: str, query: FlowQuery) -> str:
    """One parameter of the address in words: `from=2021` is "from: 2021"."""
    title = _(NAMES.get(name, name.replace("_", " ")))
    return _("%(filter)s: %(value)s") % {"filter": title, "value": _said(name, value, query)}


def _said(name: str, value: str, query: FlowQuery) -> str:
    if name in ("investor", "target"):
        return short(getattr(query, name), "")
    if name in CODED or name in WORDED:
        return ", ".join(_word(name, code) for code in value.split(","))
    return value.replace(",", ", ") if name != "q" else value


def _word(name: str, code: str) -> str:
    if name in WORDED and code in WORDS:
        return _(WORDS[code])
    return words(code) if name in CODED else code.replace("_", " ")
