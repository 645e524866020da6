"""Documents for the program that makes files, and looks at it from outside."""

from pathlib import Path
from time import sleep

import orjson

from deals.flows.query import ALL, FlowQuery
from tests.exports.plain import document

EVERY = FlowQuery(kind=(ALL,), status=(ALL,), ai=(ALL,))
INVESTOR = {
    "id": None, "name": "Fund", "country": "DE", "country_basis": "stated",
    "ultimate_countries": [], "ultimate_basis": "evidence", "state_linked": False, "lead": None,
    "contribution": None, "stake_percent": None,
}  # fmt: skip


def lines(count):
    some = (document(version=n, notes=f"n {n}" * n, investors=[INVESTOR]) for n in range(1, count))
    return b"".join(orjson.dumps(one) + b"\n" for one in some)


def gone(pid):
    """Whether a process has ended and nobody has to ask about it any more."""
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return True
        sleep(0.05)
    return False
