"""Every operation of the API by its path below /api/v1/ and its method."""

from collections.abc import Mapping

from deals.api.schema import (
    asking,
    bodies,
    described,
    documents,
    feed,
    flows,
    incoming,
    proposing,
    published,
    reference,
    taken,
)
from deals.api.schema.operation import Operation
from deals.api.schema.parameters import SIDE
from deals.api.schema.problems import PROBLEM
from deals.api.schema.shapes import Shape

# In the order in which the documentation shows them.
NOUNS = (
    flows, documents, taken, bodies, feed, published, reference, proposing, incoming, asking,
    described,
)  # fmt: skip
OPERATIONS: Mapping[tuple[str, str], Operation] = {
    key: operation for noun in NOUNS for key, operation in noun.OPERATIONS.items()
}
TAGS = tuple(dict.fromkeys(operation.tag for operation in OPERATIONS.values()))


def shapes() -> dict[str, Shape]:
    """What operations refer to by name."""
    found: dict[str, Shape] = {"Problem": PROBLEM, "Side": SIDE}
    for noun in NOUNS:
        found |= getattr(noun, "COMPONENTS", {})
    return found
