"""Which name, country and kind the organization that stays shall have, where the two differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deals.feeds.questions import Side
from deals.templatetags.formats import country

TITLES = {
    "name": gettext_noop("Name"),
    "country": gettext_noop("Headquarters"),
    "kind": gettext_noop("Kind"),
}
KINDS = {
    "company": gettext_noop("company"),
    "fund": gettext_noop("fund"),
    "government": gettext_noop("government"),
    "university": gettext_noop("university"),
    "consortium": gettext_noop("consortium"),
}
NOT_KNOWN = (None, "", "unknown")


@dataclass(frozen=True, slots=True)
class Option:
    """`value` is the public id of the organization that says so."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A fact that both know and in which they differ; without a choice that of the one that stays
    stands. What only one of them knows is taken over anyway."""

    fact: str
    title: str
    options: tuple[Option, Option]


def choices(one: Side, other: Side, sent: Mapping[str, str]) -> list[Choice]:
    """What can be chosen between two organizations, and what a form has chosen already."""
    found = []
    for fact in _differing(one, other):
        wanted = sent.get(f"take-{fact}", "")
        options = (
            Option(side.public_id, _text(fact, side), wanted == side.public_id)
            for side in (one, other)
        )
        found.append(Choice(fact, _(TITLES[fact]), (next(options), next(options))))
    return found


def taken(goes: Side, into: Side, sent: Mapping[str, str]) -> list[str]:
    """The facts that the one that stays takes from the other. Raises ValueError for a side that
    is neither of the two."""
    found = []
    for fact in _differing(goes, into):
        wanted = sent.get(f"take-{fact}", "")
        if wanted not in ("", goes.public_id, into.public_id):
            raise ValueError(_("Choose one of the two for: %(fact)s.") % {"fact": _(TITLES[fact])})
        if wanted == goes.public_id:
            found.append(fact)
    return found


def _differing(one: Side, other: Side) -> list[str]:
    pairs = {fact: (getattr(one, fact), getattr(other, fact)) for fact in TITLES}
    return [
        fact
        for fact, (a, b) in pairs.items()
        if a != b and a not in NOT_KNOWN and b not in NOT_KNOWN
    ]


def _text(fact: str, side: Side) -> str:
    if fact == "country":
        return country(side.country)
    return _(KINDS[side.kind]) if fact == "kind" else side.name
