"""The row is the queue: it is claimed once, tried three times, and ends with a sentence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deals import tasks
from deals.feeds import queue
from deals.models import Deal, ImportRun
from tests.feeds.supplier import csv_of, file, profile

pytestmark = pytest.mark.django_db

ACME = "Acme,CN,2019-05,5,USD,Fund,DE"
State = ImportRun.State


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path


def queued(text: str | None = None, *, publish: bool = True) -> ImportRun:
    return queue.queue(
        file(text or csv_of([ACME])), profile(), publish=publish, by=None, ring=lambda _: None
    )


def test_a_worker_does_what_the_command_line_would_do() -> None:
    run = queued()
    tasks.run_import(run.pk)
    run.refresh_from_db()
    assert (run.state, run.deals_created, run.leased_until) == (State.PUBLISHED, 1, None)
    assert Deal.objects.count() == 1


def test_without_publish_a_worker_leaves_it_for_review() -> None:
    run = queued(publish=False)
    tasks.run_import(run.pk)
    run.refresh_from_db()
    assert (run.state, run.leased_until, Deal.objects.count()) == (State.REVIEW, None, 0)


def test_the_bell_rings_only_after_the_row_is_safe(django_capture_on_commit_callbacks) -> None:
    rung: list[int] = []
    with django_capture_on_commit_callbacks(execute=True):
        run = queue.queue(file(csv_of([ACME])), profile(), publish=True, by=None, ring=rung.append)
        assert rung == []
    assert rung == [run.pk]


def test_of_two_workers_one_gets_the_run() -> None:
    run = queued()
    assert queue.claim(run.pk) is not None
    assert queue.claim(run.pk) is None


def test_a_run_whose_worker_died_is_taken_over_when_its_lease_is_out() -> None:
    run = queued()
    queue.claim(run.pk)
    ImportRun.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert queue.sweep([].append) == 1
    tasks.run_import(run.pk)
    run.refresh_from_db()
    assert (run.state, run.claims) == (State.PUBLISHED, 2)


def test_work_that_was_half_done_is_done_again_from_the_start() -> None:
    run = queued(publish=False)
    for _ in range(2):
        ImportRun.objects.update(state=State.QUEUED, leased_until=None)
        tasks.run_import(run.pk)
    run.refresh_from_db()
    assert (run.deals_created, run.staged.count()) == (1, 1)


def test_after_three_attempts_a_run_fails_with_a_sentence() -> None:
    run = queued()
    ImportRun.objects.update(claims=3, leased_until=timezone.now() - timedelta(seconds=1))
    assert queue.sweep([].append) == 0
    run.refresh_from_db()
    assert (run.state, Deal.objects.count()) == (State.FAILED, 0)
    assert "3 times" in run.problem


def test_a_file_that_is_refused_ends_its_run_with_the_sentence() -> None:
    run = queued("no,such,columns\n1,2,3\n")
    tasks.run_import(run.pk)
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "no column “company”" in run.problem


def test_a_file_that_is_gone_ends_its_run(tmp_path) -> None:
    run = queued()
    (tmp_path / "imports" / run.file_sha256).unlink()
    tasks.run_import(run.pk)
    run.refresh_from_db()
    assert (run.state, "no longer there" in run.problem) == (State.FAILED, True)


def test_a_missing_row_and_a_finished_run_are_left_alone() -> None:
    tasks.run_import(999_999)
    run = queued()
    tasks.run_import(run.pk)
    tasks.run_import(run.pk)
    assert Deal.objects.count() == 1
