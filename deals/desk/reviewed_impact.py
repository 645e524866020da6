"""What a decision would do to the headline shares, in words and as a table (`Review.impact`)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.models import ledger
from deals.templatetags.formats import number

Stored = dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Told:
    """One headline question. `sides` are its counts before and after, or, where it moves only
    with Hong Kong and Macao on China's side (`only_wide`), those."""

    asked: str
    page: str
    sides: tuple[dict[str, Any] | None, dict[str, Any] | None]
    difference: Decimal | None
    only_wide: bool
    changed: bool

    @property
    def deals(self) -> str:
        """How many deals the flow gains or loses, in words, where there is no share to compare."""
        before, after = map(_n, self.sides)
        if before == after:
            return _("in the whole only")
        moved, sign = abs(after - before), "+" if after > before else "−"
        said = ngettext("%(sign)s%(count)s deal", "%(sign)s%(count)s deals", moved)
        return said % {"sign": sign, "count": number(moved)}


@dataclass(frozen=True, slots=True)
class Effect:
    """`seq` is the point of the ledger it was computed at, `later` how far it has gone since.

    `problem` says that it could not be computed.
    """

    questions: list[Told]
    seq: int
    later: int
    problem: str

    @property
    def touched(self) -> list[Told]:
        """Only the questions whose numbers change."""
        return [one for one in self.questions if one.changed]


def effect(stored: Stored) -> Effect | None:
    """As a page shows it; None when it was not computed yet."""
    if not stored or "questions" not in stored:
        return None
    seq, problem = int(stored.get("seq") or 0), str(stored.get("problem") or "")
    return Effect(
        questions=[told(question) for question in stored["questions"]],
        seq=seq,
        later=max(0, ledger.head() - seq),
        problem=_(problem) if problem else "",
    )


def told(question: dict[str, Any]) -> Told:
    """A question of the stored preview."""
    before, after = question.get("before"), question.get("after")
    wide = question.get("with_hk_mo") or {}
    only_wide = before == after and wide.get("before") != wide.get("after")
    if only_wide:
        before, after = wide.get("before"), wide.get("after")
    shares = [side["share"] for side in (before, after) if side and side.get("share")]
    page = str(question.get("page") or "")
    return Told(
        asked=asked(str(question.get("title", ""))),
        # Only an address of this server is followed.
        page=page if page.startswith("/flows/") else "",
        sides=(before, after),
        difference=Decimal(shares[1]) - Decimal(shares[0]) if len(shares) == 2 else None,
        only_wide=only_wide,
        changed=before != after,
    )


def in_words(stored: Stored) -> str:
    """One line for a list: the first question that moves, and how many more do."""
    moved = [one for one in map(told, (stored or {}).get("questions", [])) if one.changed]
    if not moved:
        return ""
    # First what gains or loses deals, of that what is a share, and of that the years of MERICS.
    first = min(
        moved,
        key=lambda one: (
            _n(one.sides[0]) == _n(one.sides[1]),
            not one.difference,
            "from=" not in one.page,
        ),
    )
    before, after = first.sides
    said = (
        _("%(question)s: %(n)s of %(was)s → %(whole)s")
        if _n(before) == _n(after)
        else _("%(question)s: %(before)s → %(n)s of %(whole)s")
    ) % {
        "question": first.asked,
        "before": number(_n(before)),
        "n": number(_n(after)),
        "was": number(before["N"] if before else 0),
        "whole": number(after["N"] if after else 0),
    }
    if len(moved) == 1:
        return said
    return _("%(first)s, and %(more)s more") % {"first": said, "more": number(len(moved) - 1)}


def _n(side: dict[str, Any] | None) -> int:
    return side["n"] if side else 0


def asked(title: str) -> str:
    """A headline question in the reader's language: "Europe → China, 2017–2022"."""
    way, _kinds, window, *_more = [*title.split(", "), "", ""]
    return ", ".join(_(part) for part in (way, window) if part)
