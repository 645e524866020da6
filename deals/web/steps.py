"""Parts of a question in words, for the steps between two definitions."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals import wording
from deals.flows.definition import either, kinds_phrase, window_phrase
from deals.flows.query import ALL, EVER_COMPLETED, FlowQuery
from deals.flows.scope import Scope
from deals.rules.counting import STATUSES
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.templatetags.formats import day, number

TITLES = {
    "target": gettext_lazy("Where the companies are"),
    "investor": gettext_lazy("Where the investors are from"),
    "years": gettext_lazy("Period"),
    "kind": gettext_lazy("Kind of deal"),
    "status": gettext_lazy("Status"),
    "ai": gettext_lazy("AI or not"),
    "sector": gettext_lazy("Sector"),
    "round": gettext_lazy("Round"),
    "attribution": gettext_lazy("Country of an investor"),
    "amount": gettext_lazy("Size"),
    "organization": gettext_lazy("Organization"),
    "state_linked": gettext_lazy("State-linked investors"),
    "known_by": gettext_lazy("Known by"),
    "population": gettext_lazy("Population"),
    "ledger": gettext_lazy("Point of the ledger"),
}


def said(part: str, query: FlowQuery, scope: Scope) -> str:
    """What a question asks for in one part: "in 2017–2022", "China with Hong Kong and Macao"."""
    return _SAID[part](query, scope)


def change(part: str, before: FlowQuery, after: FlowQuery, scopes: tuple[Scope, Scope]) -> str:
    """ "in 2017–2022 → at any time"."""
    return f"{said(part, before, scopes[0])} → {said(part, after, scopes[1])}"


def _status(query: FlowQuery, scope: Scope) -> str:
    if query.status == (ALL,):
        return _("any status")
    titles = STATUSES | {EVER_COMPLETED: _("ever completed")}
    return either([_(titles[word]).lower() for word in query.status])


def _ai(query: FlowQuery, scope: Scope) -> str:
    if query.ai == (ALL,):
        return _("AI companies and others")
    titles = {"yes": _("AI companies"), "no": _("companies that are not AI"),
              "unknown": _("companies not judged yet")}  # fmt: skip
    return either([titles[word] for word in query.ai])


def _listed(titles: dict[str, str], codes: tuple[str, ...], nothing: str) -> str:
    return either([_(titles[code]) for code in codes]) if codes else nothing


def _amount(query: FlowQuery, scope: Scope) -> str:
    ends = []
    for bound, words in ((query.min_amount, _("at least %(amount)s %(currency)s")),
                         (query.max_amount, _("at most %(amount)s %(currency)s"))):  # fmt: skip
        if bound is not None:
            ends.append(words % {"amount": number(bound), "currency": query.currency})
    return ", ".join(ends) or _("any amount")


def _ledger(query: FlowQuery, scope: Scope) -> str:
    if query.release:
        return _("release %(release)s") % {"release": query.release}
    if query.as_of is None:
        return _("today")
    if isinstance(query.as_of, int):
        return _("no. %(seq)s") % {"seq": number(query.as_of)}
    return day(query.as_of)


def _population(query: FlowQuery, scope: Scope) -> str:
    return _(scope.population.title) if scope.population else _("case list")


def _state(query: FlowQuery, scope: Scope) -> str:
    return {"": _("with or without"), "yes": _("with one"), "no": _("without any")}[
        query.state_linked
    ]


_SAID: dict[str, Callable[[FlowQuery, Scope], str]] = {
    "target": lambda query, _scope: wording.place_in_sentence(query.target, _("any country")),
    "investor": lambda query, _scope: wording.origin(query),
    "years": lambda query, _scope: window_phrase(query),
    "kind": lambda query, _scope: kinds_phrase(query),
    "status": _status,
    "ai": _ai,
    "sector": lambda query, _scope: _listed(SECTORS, query.sector, _("all sectors")),
    "round": lambda query, _scope: _listed(ROUND_TYPES, query.round, _("all rounds")),
    "attribution": lambda query, _scope: (
        _("the owner’s at the top") if query.attribution == "ultimate" else _("the investor’s own")
    ),
    "amount": _amount,
    "organization": lambda query, _scope: query.organization or _("any"),
    "state_linked": _state,
    "known_by": lambda query, _scope: query.known_by or _("today"),
    "population": _population,
    "ledger": _ledger,
}
