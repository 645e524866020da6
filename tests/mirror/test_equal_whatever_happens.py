"""A client that follows the register ends with a copy equal to a full export, whatever others do
at the same time; and it is equal at every point where it says so."""

import os
from functools import partial
from pathlib import Path

import orjson
import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from deals.mirror.copies import Copy
from deals.mirror.parquet import ParquetCopy
from deals.mirror.postgres import PostgresCopy
from deals.models import derived, ledger
from deals.rules.digest import digest_of
from tests.mirror.places import SCHEMA, drop_schema, live_documents, mirror_of
from tests.mirror.walk import Rules, Walker, change_the_rules, in_threads
from tests.serving import database_url

# More on request: MIRROR_STEPS=2000 takes an hour.
STEPS = int(os.environ.get("MIRROR_STEPS", "15"))
SEEDS = [int(seed) for seed in os.environ.get("MIRROR_SEEDS", "2").split(",")]
WALKERS = 3


def exported() -> dict[str, int]:
    """The SHA-256 of each document of a full export, by the deal's id."""
    answer = Client().get("/api/v1/exports/deals.jsonl?kind=all&status=all&ai=all")
    *lines, _mark = b"".join(answer).decode().splitlines()
    return {orjson.loads(line)["id"]: digest_of(line) for line in lines}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_copy_that_follows_equals_a_full_export(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_schema()
    rules, person = Rules(), get_user_model().objects.create_user("anna")
    monkeypatch.setattr(derived, "document", rules.document)
    walkers = [Walker(f"{seed}-{number}", person, rules) for number in range(WALKERS)]
    copies: list[Copy] = [PostgresCopy(database_url(), SCHEMA), ParquetCopy(tmp_path)]
    mirrors = [mirror_of(copy)[0] for copy in copies]
    threads = in_threads([partial(walker.walk, STEPS) for walker in walkers])
    proofs = []
    try:
        while any(thread.is_alive() for thread in threads):
            # Each raises where number or digest differ from the server's at the same entry.
            proofs += [mirror.run() for mirror in mirrors]
        # Whatever the walkers came to: at the end every document is written by another rule.
        change_the_rules(walkers[0])
        proofs += [mirror.run() for mirror in mirrors]
        for copy in copies:
            assert copy.digests() == exported()
    finally:
        for thread in threads:
            thread.join()
        for copy in copies:
            copy.close()
        drop_schema()
    assert exported() == {pk: digest_of(text) for pk, text in live_documents().items()}
    assert proofs[-1].seq == ledger.head()
    # It was a walk, and not a row of refusals.
    assert sum(sum(walker.done.values()) for walker in walkers) > STEPS
    assert len(proofs) > 2
