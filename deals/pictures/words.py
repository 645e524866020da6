"""Sentences that pictures share: what is measured, for which question, inside which population."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from deals import wording
from deals.flows.definition import either
from deals.flows.query import FlowQuery
from deals.templatetags.formats import number, percent


def subtitle(measure: str, query: FlowQuery, answer: Mapping[str, Any]) -> str:
    """Measure, question (with its period) and population of an answer."""
    return _("%(measure)s. %(question)s. %(population)s.") % {
        "measure": measure,
        "question": wording.question(query),
        "population": population(answer),
    }


def population(answer: Mapping[str, Any]) -> str:
    """The population by its title; data that was invented is said to be."""
    found = answer["population"]
    if not found["code"]:
        return _("Case list: counts of documented deals, no shares")
    words = {"title": _(found["title"])}
    if found["generated"]:
        return _("Population: %(title)s; its deals are invented") % words
    return _("Population: %(title)s") % words


def counted(row: Mapping[str, Any], name: str) -> str:
    """What a mark says: "2019: 12 deals of 340 (3.5 %)", or "2019: 12 deals" without a share."""
    words = {"name": name, "deals": wording.deals_counted(row["n"])}
    if row.get("share") is None:
        return _("%(name)s: %(deals)s") % words
    words |= {"whole": number(row["N"]), "share": percent(row["share"])}
    return _("%(name)s: %(deals)s of %(whole)s (%(share)s)") % words


def direction(query: FlowQuery) -> str:
    """ "Europe → China", "Germany or France → China": one investor of the side is enough."""
    ends = [
        either([wording.short_name(code) for code in side]) or _("anywhere")
        for side in (query.investor, query.target)
    ]
    return " → ".join(ends)


def no_deals(query: FlowQuery) -> str:
    """Why there is nothing to draw, as a sentence."""
    return _("No deal matches the question: %(question)s.") % {"question": wording.question(query)}
