"""The steps between two definitions' numbers, over HTTP."""

import json
from typing import Any

from django.http import HttpResponse
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.api.conditional import answer
from deals.flows import definitions, links
from deals.flows.answer import identity
from deals.flows.bridge import Bridge, Stage, bridge
from deals.flows.frame import as_of, population, share_of
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope

DEALS = "/flows/bridge/deals/"


@api_view(["GET"])
def steps(request: Request) -> HttpResponse:
    """From the number of `a` to that of `b`; each a definition's code or an encoded question."""
    a, b = definitions.pair(request.query_params, {})
    found = bridge(a, b)
    mark = f"bridge {json.dumps(b.to_params())}"
    return answer(
        request,
        identity(mark, a, found.scope),
        lambda: json.dumps(_body(a, b, found), ensure_ascii=False),
    )


def _body(a: FlowQuery, b: FlowQuery, found: Bridge) -> dict[str, Any]:
    return {
        "a": _end(found.start, found.scope),
        "b": _end(found.end, found.end_scope),
        "steps": [_step(a, b, step) for step in found.steps],
        "links": {"page": definitions.bridge(a, b)},
    }


def _end(stage: Stage, scope: Scope) -> dict[str, Any]:
    definition = definitions.same_as(stage.query)
    return {
        "definition": definition.code if definition else None,
        "query": stage.query.to_params(),
        "population": population(scope),
        "n": stage.n,
        "N": stage.N,
        "share": share_of(stage.n, stage.N, scope),
        "deals": links.deals(stage.query),
        "as_of": as_of(scope),
    }


def _step(a: FlowQuery, b: FlowQuery, step: Stage) -> dict[str, Any]:
    return {
        "part": step.part,
        "query": step.query.to_params(),
        "n": step.n,
        "N": step.N,
        **{
            side: {
                "n": getattr(step, side),
                "deals": definitions.bridge(a, b, DEALS, step=step.part, side=side),
            }
            for side in ("added", "removed")
        },
    }
