"""What a copy of the register is compared with."""

from typing import Any

from django.http import HttpResponse
from rest_framework.decorators import api_view
from rest_framework.request import Request

from deals.api.conditional import answer, digest_of
from deals.api.parameters import read_known, whole_number
from deals.flows.answer import snapshot
from deals.flows.digest import deals_digest, organizations_digest
from deals.flows.organization_documents import mark
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.models import ledger
from deals.models.documents import dumps
from deals.rules.digest import FORMAT, as_hex

KNOWN = ("population", "as_of")
LARGEST_SEQ = 10**18 - 1


@api_view(["GET"])
def digest(request: Request) -> HttpResponse:
    """Number and digest of all live deals and of all organizations (`deals.rules.digest`)."""
    given = read_known(request, KNOWN)
    as_of = whole_number("as_of", given["as_of"], 0, LARGEST_SEQ) if "as_of" in given else None
    code = given.get("population", "")
    with snapshot():
        population = resolve(FlowQuery(population=code)).population
        head, at = ledger.newest()
        stamp = at.timestamp() if at else 0
        identity = digest_of(f"digest {FORMAT} {code} {as_of} {head} {stamp} {mark()}".encode())

        def body() -> str:
            found = deals_digest(population, as_of)
            generated = bool(population and population.generated)
            # Only deals have a history; organizations are given as they are.
            known = _organizations(generated) if found.seq == head else None
            return dumps(
                {
                    "format": FORMAT,
                    "change_seq": found.seq,
                    "population": code or None,
                    "deals": found.deals,
                    "digest": as_hex(found.digest),
                    "organizations": known,
                }
            )

        return answer(request, identity, body)


def _organizations(generated: bool) -> dict[str, Any]:
    count, value = organizations_digest(generated=generated)
    return {"count": count, "digest": value}
