"""Whether a deal is in the default totals, and why, rule by rule."""

from dataclasses import dataclass

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
        text = f"It is the umbrella of {parts} deal(s) that are counted in its place."
        reasons.append(Reason(False, text, "duplicates"))
    elif document["part_of"]:
        text = "It is part of a larger deal; the parts are counted, their umbrella is not."
        reasons.append(Reason(True, text, "duplicates"))
    if document["generated"]:
        text = "It was generated for demonstration and is in no number about the world."
        reasons.append(Reason(False, text, "limits"))
    return Verdict(all(reason.ok for reason in reasons), tuple(reasons))


def _kind(document: Document) -> Reason:
    kind = document["kind"]
    title = KINDS[kind]
    if kind == DEFAULT_KIND:
        return Reason(True, "A funding round: the headline counts these.", "kind")
    if kind in VALUE_KINDS:
        return Reason(False, f"{title}: a line of its own, outside the headline.", "kind")
    return Reason(False, f"{title}: recorded and selectable, in no total of values.", "kind")


def _status(document: Document) -> Reason:
    past = {entry["status"] for entry in document["status_history"]} | {document["status"]}
    title = STATUSES[document["status"]]
    if not past & EVER_COMPLETED_STATUSES:
        return Reason(False, f"{title}: it has never been completed.", "status")
    if document["status"] == "completed":
        return Reason(True, "Completed.", "status")
    return Reason(True, f"{title}: it counts, since it was once completed.", "status")


def _ai(document: Document) -> Reason:
    match document["ai"]:
        case "yes":
            return Reason(True, "Judged to be about artificial intelligence.", "ai")
        case "no":
            return Reason(False, "Judged not to be about artificial intelligence.", "ai")
    return Reason(False, "Whether it is about artificial intelligence is not known.", "ai")
