"""Whether a deal is in the default totals, and why, rule by rule."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.localised import decimal
from deals.rules.counting import DEFAULT_KIND, EVER_COMPLETED_STATUSES, KINDS, STATUSES, VALUE_KINDS
from deals.web.shown import Document


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's verdict; `rule` is its place on the page of methods."""

    ok: bool
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`counts` when every rule agrees."""

    counts: bool
    reasons: tuple[Reason, ...]


def verdict(document: Document, parts: int) -> Verdict:
    """`parts` is the number of live deals that are part of this one."""
    reasons = [_kind(document), _status(document), _ai(document)]
    if parts:
        said = ngettext(
            "It is the umbrella of %(parts)s deal that is counted in its place.",
            "It is the umbrella of %(parts)s deals that are counted in its place.",
            parts,
        )
        text = said % {"parts": decimal(parts)}
        reasons.append(Reason(False, text, "duplicates"))
    elif document["part_of"]:
        text = _("It is part of a larger deal; the parts are counted, their umbrella is not.")
        reasons.append(Reason(True, text, "duplicates"))
    if document["generated"]:
        text = _("It was generated for demonstration and is in no number about the world.")
        reasons.append(Reason(False, text, "limits"))
    return Verdict(all(reason.ok for reason in reasons), tuple(reasons))


def _kind(document: Document) -> Reason:
    kind = document["kind"]
    title = {"title": _(KINDS[kind])}
    if kind == DEFAULT_KIND:
        return Reason(True, _("A funding round: the headline counts these."), "kind")
    if kind in VALUE_KINDS:
        text = _("%(title)s: a line of its own, outside the headline.") % title
    else:
        text = _("%(title)s: recorded and selectable, in no total of values.") % title
    return Reason(False, text, "kind")


def _status(document: Document) -> Reason:
    past = {entry["status"] for entry in document["status_history"]} | {document["status"]}
    title = {"title": _(STATUSES[document["status"]])}
    if not past & EVER_COMPLETED_STATUSES:
        return Reason(False, _("%(title)s: it has never been completed.") % title, "status")
    if document["status"] == "completed":
        return Reason(True, _("Completed."), "status")
    text = _("%(title)s: it counts, since it was once completed.") % title
    return Reason(True, text, "status")


def _ai(document: Document) -> Reason:
    match document["ai"]:
        case "yes":
            return Reason(True, _("Judged to be about artificial intelligence."), "ai")
        case "no":
            return Reason(False, _("Judged not to be about artificial intelligence."), "ai")
    text = _("Whether it is about artificial intelligence is not known.")
    return Reason(False, text, "ai")
