"""Answers that never change: a question at a point of the ledger, stored with what it said.

Asking again "as of" that point would give the same while the rules of counting, the tables of
regions and the facts of erased deals stay. What somebody quoted must not depend on that.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.crypto import get_random_string

from deals.flows.answer import CODE_VERSION
from deals.flows.query import FlowQuery
from deals.models import FrozenView, Release
from deals.rules.rates import LAST_RATE_DAY
from deals.rules.tables import DATA

# Without letters that are taken for others when an address is read out or typed from paper.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
TOKEN_LENGTH = 12
# The tables that decide which deals are meant.
TABLES = ("regions", "region_members", "countries", "sectors", "round_types")


def held(query: FlowQuery, seq: int) -> FlowQuery:
    """The question at a number of the ledger, however it named its point before."""
    return query.but(as_of=seq, release="")


def stored(token: str) -> FrozenView | None:
    """The view of an address; None where there is none."""
    return FrozenView.objects.filter(token=token).first()


def same(query: FlowQuery, seq: int) -> FrozenView | None:
    """The view that was stored for this question at this point; None if nobody did."""
    return FrozenView.objects.filter(query=_plain(query), seq=seq).first()


def keep(query: FlowQuery, seq: int, answers: Mapping[str, Any]) -> FrozenView:
    """Store the answers, once: whoever asks again at the same point gets the first one's view."""
    view, _made = FrozenView.objects.get_or_create(
        query=_plain(query),
        seq=seq,
        defaults={
            "token": get_random_string(TOKEN_LENGTH, SIGNS),
            "reference": reference(),
            "answers": dict(answers),
            "at": timezone.now(),
        },
    )
    return view


def question(view: FrozenView) -> FlowQuery:
    """The question of a view, at its point of the ledger.

    Raises `BadParameters` where a code that it names is not known any more.
    """
    return held(FlowQuery.from_params(view.query), view.seq)


def reference() -> dict[str, Any]:
    """Which rules and reference data compute an answer now, to be compared years later."""
    return {
        "code": CODE_VERSION,
        "tables": {name: _digest(DATA / f"{name}.csv") for name in TABLES},
        "rates": _last_rate(),
    }


def changed_reference(view: FrozenView | Release) -> list[str]:
    """Names of what is different today: "code", tables by name, "rates"."""
    now = reference()
    before = view.reference
    tables = before.get("tables", {})
    found = ["code"] if before.get("code") != now["code"] else []
    found += [name for name in TABLES if tables.get(name) != now["tables"][name]]
    return found + (["rates"] if before.get("rates") != now["rates"] else [])


def _plain(query: FlowQuery) -> dict[str, str]:
    """The parameters without the point of the ledger, which a view has in a column of its own."""
    return query.but(as_of=None, release="").to_params()


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@cache
def _last_rate() -> str:
    """The last day with a rate, which every conversion of today could use."""
    return LAST_RATE_DAY().isoformat()
