"""`schema/`: the description, as JSON."""

from django.http import HttpResponse
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.api.conditional import answer
from deals.flows.query import BadParameters, Problem


@api_view(["GET"])
def schema(request: Request) -> HttpResponse:
    """OpenAPI 3.1; the same for everybody until the code changes."""
    if request.query_params:
        message = "This address takes no parameters."
        raise BadParameters([Problem(name, message) for name in request.query_params])
    # What writes it is loaded by who asks for it.
    from deals.api.schema.document import as_json

    body, mark = as_json()
    return answer(request, f"schema-{mark}", lambda: body.decode())
