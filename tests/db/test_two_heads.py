"""One cache, two servers at different entries of the ledger: each answer is that of its server."""

from typing import Any

import pytest
from django.db import connections, transaction

from deals.flows import asked, digest
from deals.flows.query import FlowQuery
from deals.models import ledger
from investtrack.db.replica.turns import ALIAS, instead
from tests.factories import make_deal

QUESTION = FlowQuery.from_params({"investor": "europe", "target": "CN"})


def answer() -> tuple[int, int, int]:
    """The ledger's end, the deals of the flow, and the deals of the whole register's digest."""
    share: Any = asked.share_answer(QUESTION)[0]
    return share["as_of"]["change_seq"], share["deals"]["n"], digest.deals_digest(None).deals


@pytest.mark.parametrize("first", ["database", "replica"])
def test_a_kept_answer_is_never_that_of_a_server_at_another_entry(full_replica, first):
    make_deal(investors=[("Fund", "DE")])
    head = ledger.head()
    with transaction.atomic(using=ALIAS):
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with instead():
            assert ledger.head() == head
        # From here on the replica stays where it is.
        make_deal(investors=[("Other Fund", "FR")])
        if first == "database":
            assert answer() == (head + 1, 2, 2)
        for _ in range(2):
            with instead():
                assert answer() == (head, 1, 1)
            assert answer() == (head + 1, 2, 2)


def test_a_replica_that_is_behind_leaves_what_others_have_brought_further(full_replica):
    make_deal()
    with transaction.atomic(using=ALIAS):
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT 1")
        make_deal()
        digest.deals_digest(None)
        with instead():
            digest.deals_digest(None)
        key = f"digest:deals:{digest.CODE_VERSION}:0"
        assert digest.cache.get(key).seq == ledger.head()
