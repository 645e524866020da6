"""Shares, over HTTP."""

import json

from django.http import HttpResponse
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.api.conditional import answer
from deals.flows.answer import identity, kept, snapshot
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.flows.share import REQUIRED, flow_share


@api_view(["GET"])
def share(request: Request) -> HttpResponse:
    """The share of deals into `target` that had an investor from `investor`; see docs/api.md."""
    query = FlowQuery.from_params(request.query_params, required=REQUIRED)
    with snapshot():
        scope = resolve(query)
        return answer(
            request,
            identity("share", query, scope),
            lambda: json.dumps(
                kept("share", query, scope, lambda: flow_share(query, scope)), ensure_ascii=False
            ),
        )
