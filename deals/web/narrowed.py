"""The filters of a question as a reader sees them: what each leaves out, and how to drop it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from deals.flows import links
from deals.flows.definition import PLURALS, either, window_phrase
from deals.flows.query import EVER_COMPLETED, FlowQuery
from deals.flows.removed import OFF, is_on, without
from deals.rules.counting import STATUSES
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.templatetags.formats import number

DEFAULT = FlowQuery()
# What part of the deals left out is meant, beside its number.
PARTS = {
    "before": gettext_noop("before"),
    "after": gettext_noop("after"),
    "undated": gettext_noop("without a date"),
    "undisclosed": gettext_noop("without amount"),
    "not_stated": gettext_noop("without a round type"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the deals that a filter leaves out; `deals` is "" where no list shows just them."""

    text: str
    deals: str


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One filter: what it says, how many deals it alone leaves out, the page without it.

    `default` marks a filter that every question has unless it says otherwise.
    """

    name: str
    label: str
    n: int
    left_out: Part
    parts: tuple[Part, ...]
    without: str
    default: bool

    @property
    def would_be(self) -> str:
        """For a question whose answer is empty: what dropping this filter would give."""
        return ngettext(
            "Without it, %(n)s deal would match", "Without it, %(n)s deals would match", self.n
        ) % {"n": number(self.n)}


def narrowings(query: FlowQuery, removed: list[dict[str, Any]]) -> list[Narrowing]:
    """Every filter that is on, and the point of the ledger, in the order of `OFF`.

    `removed` are the rows of `deals.flows.removed`.
    """
    found = [_narrowing(query, row) for row in removed]
    # Filters that were asked for come first; those of every question follow.
    return sorted(found, key=lambda one: one.default)


def _narrowing(query: FlowQuery, row: Mapping[str, Any]) -> Narrowing:
    name, n = row["filter"], row["n"]
    text = (
        ngettext("leaves out %(n)s deal", "leaves out %(n)s deals", n) % {"n": number(n)}
        if n
        else _("leaves out none")
    )
    parts = [
        Part(f"{number(part['n'])} {_(PARTS[part['part']])}", part["deals"] or "")
        for part in row["parts"]
    ]
    return Narrowing(
        name,
        label(query, name),
        n,
        Part(text, row["deals"] or ""),
        tuple(parts),
        row["page"],
        all(getattr(query, part) == getattr(DEFAULT, part) for part in OFF[name]),
    )


def label(query: FlowQuery, name: str) -> str:
    """What a filter says, in a few words: "Only funding rounds", "In 2017–2022"."""
    said = _LABELS[name](query)
    return said[:1].upper() + said[1:]


def _size(query: FlowQuery) -> str:
    words = {"currency": query.currency}
    parts = []
    if query.min_amount is not None:
        amount = words | {"amount": number(query.min_amount)}
        parts.append(_("at least %(amount)s %(currency)s") % amount)
    if query.max_amount is not None:
        amount = words | {"amount": number(query.max_amount)}
        parts.append(_("at most %(amount)s %(currency)s") % amount)
    return ", ".join(parts)


def _kinds(query: FlowQuery) -> str:
    return _("only %(kinds)s") % {"kinds": either([_(PLURALS[kind]) for kind in query.kind])}


def _status(query: FlowQuery) -> str:
    titles = {EVER_COMPLETED: _("completed")} | STATUSES
    named = either([_(titles[word]).lower() for word in query.status])
    return _("only %(statuses)s") % {"statuses": named}


def _ai(query: FlowQuery) -> str:
    words = {"yes": _("AI"), "no": _("not AI"), "unknown": _("not judged yet")}
    return _("only %(companies)s") % {"companies": either([words[word] for word in query.ai])}


def _sectors(query: FlowQuery) -> str:
    return _("sector: %(sectors)s") % {"sectors": either([_(SECTORS[c]) for c in query.sector])}


def _rounds(query: FlowQuery) -> str:
    return _("round: %(rounds)s") % {"rounds": either([_(ROUND_TYPES[c]) for c in query.round])}


def _state_linked(query: FlowQuery) -> str:
    if query.state_linked == "yes":
        return _("with a state-linked investor")
    return _("without a state-linked investor")


_LABELS = {
    "window": window_phrase,
    "kind": _kinds,
    "status": _status,
    "ai": _ai,
    "sector": _sectors,
    "round": _rounds,
    "size": _size,
    "organization": lambda query: _("organization: %(id)s") % {"id": query.organization},
    "state_linked": _state_linked,
    "known_by": lambda query: _("known by %(day)s") % {"day": query.known_by},
}


def has_own_filters(query: FlowQuery) -> bool:
    """Whether a filter under "More filters" differs from its default, so that they stand open."""
    hidden = set(OFF) - {"window", "kind", "ai", "organization"}
    asked = any(
        is_on(query, name)
        and any(getattr(query, part) != getattr(DEFAULT, part) for part in OFF[name])
        for name in hidden
    )
    rest = ("attribution", "currency", "compare", "as_of")
    return asked or any(getattr(query, name) != getattr(DEFAULT, name) for name in rest)


def widest(query: FlowQuery) -> str:
    """The page of the same two sides with every filter dropped."""
    for name in OFF:
        query = without(query, name)
    return links.page(query.but(organization="", as_of=None, release=""))
