"""The headline numbers of a release: the stored answers of the questions of the first page."""

from typing import Any

from django.utils import translation

from deals.flows.answer import snapshot
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.flows.share import flow_share
from deals.flows.whatif_questions import questions
from deals.models import Population, Release


def headline(release: Release) -> dict[str, Any]:
    """Every headline question with its whole answer at the point of this release."""
    inside = [None, *Population.objects.order_by("generated", "code")]
    found = []
    with translation.override("en"), snapshot():
        scope = resolve(FlowQuery(release=release.name))
        for question in questions(scope, inside):
            query = question.query.but(release=release.name)
            answer = flow_share(query, resolve(query))
            found.append({"title": question.title, "answer": _lasting(answer)})
    return {"release": release.name, "change_seq": release.seq, "questions": found}


def _lasting(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer without what is about the moment and the place of asking."""
    as_of = {name: value for name, value in answer["as_of"].items() if name != "computed_at"}
    kept = {name: value for name, value in answer.items() if name != "links"}
    return kept | {"as_of": as_of}
