"""What a file says about itself: its name, its question, and the point of the ledger it shows."""

import re
from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from deals.exports.columns import TABLES
from deals.exports.words import WORDS
from deals.flows import links
from deals.flows.definition import sentence
from deals.flows.listing import Wanted
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope

# More codes than these are not spelled out in a name.
MOST_CODES = 3
LONGEST_QUESTION = 100
# What a name says in words of its own, or not at all.
SPELLED = {"investor", "target", "from", "to", "release", "as_of", "currency", "compare"}


def file_name(
    table: str,
    form: str,
    query: FlowQuery,
    scope: Scope,
    wanted: Wanted,
    on: date,
    ending: str = "",
) -> str:
    """investtrack-deals_europe-to-CN_2017-2022_ledger-40213_2026-11-22.csv

    What narrows the question further stands between the window and the ledger.
    """
    point = f"release-{scope.release}" if scope.release else f"ledger-{scope.change_seq}"
    asked = "_".join(_asked(query, wanted))[:LONGEST_QUESTION]
    parts = (f"investtrack-{table}", asked, point, on.isoformat())
    name = re.sub(r"[^\w.+-]+", "-", "_".join(part for part in parts if part))
    return f"{name}.{form}{ending}"


def _asked(query: FlowQuery, wanted: Wanted) -> Iterator[str]:
    if query.investor or query.target:
        sides = _codes(query.investor) or "anyone", _codes(query.target) or "anywhere"
        yield "-to-".join(sides)
    if query.from_ and query.to:
        yield query.from_ if query.from_ == query.to else f"{query.from_}-{query.to}"
    elif query.from_ or query.to:
        yield f"from-{query.from_}" if query.from_ else f"until-{query.to}"
    for name, value in query.to_params().items():
        if name not in SPELLED:
            codes = value.split(",")
            yield f"{name}-{'+'.join(codes) if len(codes) <= MOST_CODES else len(codes)}"
    if wanted.place:
        yield wanted.place
    if wanted.q:
        yield "search"
    if wanted.updated_since:
        yield f"since-{wanted.updated_since:%Y-%m-%d}"


def _codes(codes: tuple[str, ...]) -> str:
    return "+".join(codes) if len(codes) <= MOST_CODES else f"{len(codes)}-places"


def facts(query: FlowQuery, scope: Scope) -> Iterator[tuple[str, str]]:
    """For machines: the question as an address, and the point."""
    yield "question", links.address("/deals/", query)
    yield "change_seq", str(scope.change_seq)
    if scope.release:
        yield "release", scope.release


def lines(query: FlowQuery, scope: Scope, wanted: Wanted) -> list[tuple[str, str]]:
    """For people: labels and texts."""
    population = scope.population
    found = [
        (_("Question"), sentence(query, scope) if query.investor or query.target else _whole()),
        (_("Address"), _site(links.address("/deals/", query, place=wanted.place, q=wanted.q))),
        (_("Population"), population.title if population else _("Case list: no population")),
        (_("Point of the ledger"), _point(scope)),
        (_("How we count"), _site("/methods/")),
        (_("Terms"), _site("/data/")),
    ]
    if population and population.generated:
        said = _("These deals are invented for demonstration and say nothing about the world.")
        found.insert(0, (_("Demonstration"), said))
    return found


def words(table: str) -> dict[str, str]:
    """What a workbook says of itself and its columns, in the reader's language."""
    titles = (column.title for column in TABLES[table])
    return {text: _(text) for text in (*WORDS, *titles)}


def counted() -> str:
    """The label of the number of rows."""
    return _("Rows")


def sheet_title(table: str) -> str:
    """What the sheet with the rows is called."""
    return _("Deals") if table == "deals" else _("Participations")


def _whole() -> str:
    return _("Deals of the register, with the filters of the address")


def _point(scope: Scope) -> str:
    if scope.release:
        words = {"seq": scope.change_seq, "name": scope.release}
        return _("entry %(seq)s, release %(name)s") % words
    return _("entry %(seq)s") % {"seq": scope.change_seq}


def _site(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
