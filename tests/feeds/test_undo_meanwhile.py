"""Files that come while an import of their feed is undone are compared with what is left of it."""

import threading
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection

from deals.feeds import steps
from deals.feeds import undo as undoing
from deals.feeds.queue import retry, work
from deals.feeds.run import undo
from deals.feeds.stage import new_run
from deals.models import DealVersion, ImportRun
from tests.feeds.supplier import csv_of, file, profile, published_import
from tests.processes import PATIENCE

ACME = "Acme,CN,2019-05,5,USD,Fund,DE"
SIX = ACME.replace(",5,", ",6,")
BETA = "Beta,GB,2020-06-01,7,EUR,Tencent,CN"
WAITS = """
SELECT EXISTS (SELECT 1 FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock')
"""


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        # Within a transaction it would be told again what it was told first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITS)
        return bool(cursor.fetchone()[0])


def live() -> dict[str, Any]:
    return dict(DealVersion.objects.live().values_list("target_name", "amount_low"))


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_read_while_the_one_before_is_being_undone_waits_for_it(monkeypatch) -> None:
    first = published_import([ACME, BETA])
    plan_undo, ended = undoing.plan_undo, threading.Event()
    threads: list[threading.Thread] = []

    def bring() -> None:
        try:
            published_import([SIX, BETA])
            ended.set()
        finally:
            connection.close()

    def interrupted(run: ImportRun) -> Any:
        threads.append(threading.Thread(target=bring))
        threads[0].start()
        until = monotonic() + PATIENCE
        while not ended.is_set() and not somebody_waits() and monotonic() < until:
            sleep(0.02)
        assert not ended.is_set()
        return plan_undo(run)

    monkeypatch.setattr(undoing, "plan_undo", interrupted)
    undo(first.pk, reason="wrong")
    threads[0].join()
    # Compared with what was not yet taken back, one deal would have been changed and one left out.
    assert ended.is_set()
    assert live() == {"Acme": 6, "Beta": 7}
    second = ImportRun.objects.latest("pk")
    assert (second.deals_created, second.deals_updated, second.deals_unchanged) == (2, 0, 0)


@pytest.mark.django_db
def test_a_file_that_failed_before_the_undo_begins_at_its_first_row_when_retried(
    monkeypatch,
) -> None:
    first = published_import([ACME, BETA])
    run = new_run(file(csv_of([SIX, BETA])), profile(), by=None, publish=True)

    def broken(job: steps.Job) -> Any:
        raise steps.GivenUpError("Stopped.")

    with monkeypatch.context() as patched:
        patched.setitem(steps.PHASES, ImportRun.Phase.WEIGHING, broken)
        work(run.pk, ring=lambda _: None)
    run.refresh_from_db()
    assert (run.state, run.deals_updated, run.deals_unchanged) == ("failed", 1, 1)
    undo(first.pk, reason="wrong")
    run.refresh_from_db()
    assert (run.state, run.phase, run.problem) == ("failed", "reading", "Stopped.")
    retry(run.pk, ring=lambda _: None)
    work(run.pk, ring=lambda _: None)
    run.refresh_from_db()
    assert (run.state, run.deals_created) == ("published", 2)
    assert live() == {"Acme": 6, "Beta": 7}
