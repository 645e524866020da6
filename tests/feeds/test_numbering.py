"""Versions of one deal are numbered one after the other, whoever writes them."""

import threading
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection

from deals.actions.writing import facts_of, write_version
from deals.feeds import versions
from deals.models import DealVersion
from tests.feeds.supplier import published_import
from tests.feeds.test_undo_meanwhile import ACME, SIX, somebody_waits
from tests.processes import PATIENCE


@pytest.mark.django_db(transaction=True)
def test_a_person_and_an_import_that_write_a_version_at_once_take_different_numbers(
    monkeypatch,
) -> None:
    published_import([ACME])
    live, copy_rows = DealVersion.objects.get(), versions.copy_rows
    threads: list[threading.Thread] = []

    def write() -> None:
        try:
            facts = facts_of(live)
            write_version(facts=facts, by=None, reason="", deal=live.deal, based_on=live)
        finally:
            connection.close()

    def interrupted(table: str, columns: Any, rows: Any) -> None:
        if table == "deals_dealversion" and not threads:
            threads.append(threading.Thread(target=write))
            threads[0].start()
            until = monotonic() + PATIENCE
            while threads[0].is_alive() and not somebody_waits() and monotonic() < until:
                sleep(0.02)
        copy_rows(table, columns, rows)

    monkeypatch.setattr(versions, "copy_rows", interrupted)
    published_import([SIX])
    threads[0].join()
    told = DealVersion.objects.order_by("number").values_list("number", "state")
    assert list(told) == [(1, "published"), (2, "published"), (3, "submitted")]
