"""Definitions of other institutes as saved questions: what they counted, in the terms of ours.

The table is deals/data/definitions.csv. `differs` says what of the original no question of this
register can express, so that nobody takes the same definition for the same data.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.rules.tables import read_table, several

BRIDGE = "/flows/bridge/"
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Definition:
    """A question with who asked it first; `figures` are codes of what they published with it.

    `year` is empty for the register's own definitions, whose `source_url` is a page of ours.
    """

    code: str
    title: str
    publisher: str
    year: str
    source_title: str
    source_url: str
    query: FlowQuery
    differs: str
    figures: tuple[str, ...] = ()


def question(text: str) -> FlowQuery:
    """The question of parameters as an address has them ("investor=europe&target=CN").

    Raises `BadParameters` naming the parameter inside the text, or `ValueError` where the text is
    no list of parameters.
    """
    if not parse_qsl(text, strict_parsing=True, keep_blank_values=True):
        raise ValueError("There is no parameter.")
    # Blanks are dropped there; a name that is given twice is refused here.
    return FlowQuery.from_params(QueryDict(text))


def _definitions() -> Mapping[str, Definition]:
    found = {}
    for row in read_table("definitions"):
        texts = {name: row[name] for name in row if name not in ("query", "figures")}
        found[row["code"]] = Definition(
            **texts, query=question(row["query"]), figures=tuple(several(row["figures"]))
        )
    return found


DEFINITIONS: Mapping[str, Definition] = _definitions()


def read(parameter: str, text: str) -> FlowQuery:
    """The question that `text` names: a definition's code, or parameters as in an address.

    Raises `BadParameters` that name `parameter`, whatever is wrong inside the text.
    """
    text = text.strip().removeprefix("/flows/").removeprefix("?")
    if text in DEFINITIONS:
        return DEFINITIONS[text].query
    if len(text) > LONGEST:
        message = _("This has at most %(most)s characters.") % {"most": LONGEST}
        raise BadParameters([Problem(parameter, message)])
    try:
        return question(text)
    except BadParameters as error:
        inner = (f"{one.parameter}: {one.message}" for one in error.problems)
        raise BadParameters([Problem(parameter, sentence) for sentence in inner]) from None
    except ValueError:
        message = _(
            "This must be the code of a definition or a question as in an address,"
            " e.g. investor=DE&target=CN. Definitions are: %(codes)s."
        ) % {"codes": ", ".join(DEFINITIONS)}
        raise BadParameters([Problem(parameter, message)]) from None


def pair(
    params: Mapping[str, Any], defaults: Mapping[str, str], extra: Collection[str] = ()
) -> tuple[FlowQuery, FlowQuery]:
    """The questions `a` and `b` of a request, both inside its `population` where it names one.

    `extra` names parameters that the caller reads itself. Raises `BadParameters`.
    """
    known = ["a", "b", "population", *extra]
    problems = []
    for name in params:
        getlist = getattr(params, "getlist", None)
        if name not in known:
            message = _("There is no such parameter. Known are: %(names)s.")
            problems.append(Problem(name, message % {"names": ", ".join(known)}))
        elif getlist and len(getlist(name)) > 1:
            problems.append(Problem(name, _("Give this once.")))
    found = []
    for name in ("a", "b"):
        try:
            found.append(read(name, params.get(name) or defaults.get(name, "")))
        except BadParameters as error:
            problems.extend(error.problems)
    if problems:
        raise BadParameters(problems)
    if inside := params.get("population"):
        population = FlowQuery.from_params({"population": inside}).population
        found = [query.but(population=population) for query in found]
    return found[0], found[1]


def written(query: FlowQuery) -> str:
    """The shortest text that `read` takes back to the same question."""
    for definition in DEFINITIONS.values():
        if definition.query == query:
            return definition.code
    # The question that leaves everything open has no parameter, and no text would name nothing.
    return urlencode(query.to_params(), safe=",:") or "investor="


def same_as(query: FlowQuery) -> Definition | None:
    """The definition that asks just this, in whatever population and at whatever point."""
    plain = FlowQuery()
    bare = query.but(
        population="", as_of=None, release="", compare=plain.compare, currency=plain.currency
    )
    return next((one for one in DEFINITIONS.values() if one.query == bare), None)


def bridge(a: FlowQuery, b: FlowQuery, path: str = BRIDGE, **more: str) -> str:
    """The address of the bridge from one question's number to another's.

    A population that both ask inside is written once, so that definitions keep their names.
    """
    if a.population == b.population and "population" not in more:
        more["population"] = a.population
        a, b = a.but(population=""), b.but(population="")
    given = {"a": written(a), "b": written(b)} | {name: text for name, text in more.items() if text}
    return f"{path}?{urlencode(given, safe=',:')}"
