"""The row is the queue: claimed once, given up after three tries, ended with a sentence."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals import tasks
from deals.feeds import preparing, queue, steps
from deals.feeds.abreast import Turn
from deals.feeds.lease import LOCK_CLASS, LostError, advance, claim, worked_on
from deals.feeds.review import NotDecidableError
from deals.models import (
    Deal,
    DealVersion,
    ImportRun,
    PreparedFact,
    RowError,
    StagedDeal,
    StagedRow,
)
from tests.feeds.supplier import PROFILE, csv_of, file, profile

pytestmark = pytest.mark.django_db

ACME = "Acme,CN,2019-05,5,USD,Fund,DE"
State, Phase = ImportRun.State, ImportRun.Phase
MINUTE = timedelta(minutes=1)


def silent(_: int) -> None:
    pass


def queued(text: str | None = None, *, publish: bool = True, **how) -> ImportRun:
    return queue.enqueue(
        file(text or csv_of([ACME])), profile(), publish=publish, by=None, ring=silent, **how
    )


def fresh(run: ImportRun) -> ImportRun:
    return ImportRun.objects.get(pk=run.pk)


@pytest.fixture
def elsewhere(django_db_blocker):
    """A second session, as another worker has."""
    other = connections.create_connection("default")
    yield other
    other.close()


def test_a_worker_does_what_the_command_line_would_do() -> None:
    run = queued()
    tasks.run_import(run.pk)
    run = fresh(run)
    assert (run.state, run.deals_created, run.leased_until) == (State.PUBLISHED, 1, None)
    assert (run.finished_at is not None, Deal.objects.count()) == (True, 1)


def test_without_publish_a_worker_leaves_it_for_review_with_its_impact() -> None:
    run = queued(csv_of([ACME.replace("2019-05", "2018")]), publish=False)
    tasks.run_import(run.pk)
    run = fresh(run)
    assert (run.state, run.leased_until, Deal.objects.count()) == (State.REVIEW, None, 0)
    assert run.impact["deals"] is not None
    assert run.organizations_new == 2


def test_the_bell_rings_only_after_the_row_is_safe(django_capture_on_commit_callbacks) -> None:
    rung: list[int] = []
    with django_capture_on_commit_callbacks(execute=True):
        run = queue.enqueue(
            file(csv_of([ACME])), profile(), publish=True, by=None, ring=rung.append
        )
        assert rung == []
    assert rung == [run.pk]


def test_a_broker_that_is_away_does_not_disturb_whoever_uploads(
    monkeypatch, django_capture_on_commit_callbacks
) -> None:
    def away(*_: object) -> None:
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(tasks.run_import, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        run = queue.enqueue(file(csv_of([ACME])), profile(), publish=True, by=None, ring=tasks.ring)
    rung: list[int] = []
    assert queue.sweep(rung.append) == 1
    assert rung == [run.pk]


def test_of_two_workers_one_gets_the_run(elsewhere) -> None:
    run = queued()
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, run.pk])
        ImportRun.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
        assert worked_on() == {run.pk}
        assert (claim(run.pk), queue.sweep(silent)) == (None, 0)
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, run.pk])
    assert queue.sweep(silent) == 1
    assert claim(run.pk) is not None


def test_a_session_that_hangs_loses_the_run_with_its_lease(elsewhere) -> None:
    run = queued()
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, run.pk])
        ImportRun.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        assert claim(run.pk) is not None
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, run.pk])


def test_a_session_that_hangs_is_swept_once_its_lease_is_out(elsewhere) -> None:
    run = queued()
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, run.pk])
        ImportRun.objects.update(state=State.RUNNING, leased_until=timezone.now() - MINUTE)
        assert run.pk in worked_on()
        assert queue.sweep(silent) == 1
        ImportRun.objects.update(leased_until=timezone.now() + MINUTE)
        assert queue.sweep(silent) == 0
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, run.pk])


def test_the_server_notices_in_the_middle_of_a_statement_that_a_worker_is_gone() -> None:
    assert claim(queued().pk) is not None
    with connection.cursor() as cursor:
        cursor.execute("SHOW client_connection_check_interval")
        assert cursor.fetchone() == ("2s",)


def test_a_message_that_comes_again_asks_for_nothing_a_second_time(monkeypatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.suggest_organizations, "delay", asked.append)
    run = queued()
    for _ in range(3):
        tasks.run_import(run.pk)
    assert asked == [run.pk]


def test_a_worker_that_was_taken_for_dead_commits_nothing_more() -> None:
    queued()
    late = claim(ImportRun.objects.get().pk)
    assert late is not None
    assert claim(late.pk) is not None
    late.rows_read = late.rows_used = 99
    with pytest.raises(LostError):
        advance(late, "rows_read", "rows_used")
    assert fresh(late).rows_read == 0


def test_a_missing_row_and_a_finished_run_are_left_alone() -> None:
    tasks.run_import(0)
    run = queued()
    for _ in range(2):
        tasks.run_import(run.pk)
    assert Deal.objects.count() == 1
    assert fresh(run).fence == 1


def test_a_refused_file_ends_its_run_with_the_sentence_and_leaves_nothing_else() -> None:
    run = queued('company,month\nAcme,2019-05\n"open')
    tasks.run_import(run.pk)
    run = fresh(run)
    assert (run.state, run.rows_read) == (State.FAILED, 0)
    assert "no column “company_country”" in run.problem
    assert (StagedRow.objects.count(), RowError.objects.count()) == (0, 0)


def test_a_file_that_breaks_off_late_takes_its_staged_rows_with_it(monkeypatch) -> None:
    monkeypatch.setattr(steps, "CHUNK", 1)
    run = queued(csv_of([ACME, ACME.replace("Acme", "B"), '"Never closed,CN,2019-05,5,USD,F,DE']))
    tasks.run_import(run.pk)
    run = fresh(run)
    assert (run.state, run.rows_read, run.rows_used) == (State.FAILED, 0, 0)
    assert "is never closed" in run.problem
    assert not StagedRow.objects.exists()


def test_three_tries_of_one_step_are_enough_and_the_cause_is_said(monkeypatch) -> None:
    run, rung = queued(), []

    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(steps, "stage_rows", broken)
    for _ in range(4):
        queue.work(run.pk, ring=rung.append)
    run = fresh(run)
    assert (run.state, len(rung)) == (State.FAILED, 3)
    assert run.problem == "Stopped after row 0 after 3 attempts. There was not enough memory."
    monkeypatch.undo()
    queue.retry(run.pk, ring=silent)
    tasks.run_import(run.pk)
    assert fresh(run).state == State.PUBLISHED


def test_a_worker_that_is_killed_each_time_is_told_from_one_that_met_an_error() -> None:
    run = queued()
    for _ in range(3):
        killed = claim(run.pk)
        assert killed is not None
        steps.begin(killed)
    tasks.run_import(run.pk)
    assert "ended from outside" in fresh(run).problem


def test_a_run_that_never_comes_to_a_step_is_given_up_in_the_end() -> None:
    run = queued()
    for _ in range(steps.MOST_CLAIMS):
        assert claim(run.pk) is not None
    tasks.run_import(run.pk)
    assert fresh(run).state == State.FAILED


def test_each_try_is_of_fewer_rows_so_that_a_bad_row_is_cornered() -> None:
    run = ImportRun(tries=1)
    job = steps.Job(run, profile())
    sizes = []
    for run.tries in (1, 2, 3):
        sizes.append(job.size)
    assert sizes == [2_000, 200, 20]


def test_after_a_death_steps_become_larger_again_by_and_by(monkeypatch) -> None:
    sizes: list[int] = []

    def stop_at_the_end(run: object, profile: object, size: int, turn: Turn) -> bool:
        sizes.append(size)
        turn.next = turn.begin
        if len(sizes) == 6:
            raise MemoryError
        ImportRun.objects.update(tries=1)
        run.tries = 1
        return True

    monkeypatch.setattr(steps, "group_chunk", stop_at_the_end)
    run = queued()
    ImportRun.objects.update(phase=Phase.GROUPING, tries=2)
    queue.work(run.pk, ring=silent)
    assert sizes == [20, 40, 80, 160, 320, 640]


def test_the_planner_knows_how_many_rows_wait_before_they_are_taken_in_order() -> None:
    """It would sort all that is left for each step: the square of the rows of a file."""
    run = queued(csv_of([f"Firm{n}{ACME[4:]}" for n in range(1_100)]))
    with CaptureQueriesContext(connection) as queries:
        tasks.run_import(run.pk)
    sql = [query["sql"] for query in queries]
    for table, taken in (
        ("deals_stagedrow", "FROM deals_stagedrow WHERE run"),
        ("deals_stageddeal", "WHERE import_run_id = "),
    ):
        told = next(i for i, one in enumerate(sql) if one.startswith(f"ANALYZE {table}"))
        first = next(i for i, one in enumerate(sql) if taken in one and "LIMIT" in one)
        assert told < first


def test_whoever_goes_on_with_preparing_looks_up_only_what_he_prepares(monkeypatch) -> None:
    looked_up: list[int] = []

    def name_organizations(*args):
        looked_up.append(1)
        return preparing.name_organizations(*args)

    def organizations(*args, **how):
        raise AssertionError("All of them exist, and whoever makes some keeps others waiting.")

    monkeypatch.setattr(steps, "name_organizations", name_organizations)
    monkeypatch.setattr(steps, "CHUNK", 1)
    monkeypatch.setattr(queue, "TURN_SECONDS", 0.0)
    run = queued(csv_of([ACME, ACME.replace("Acme", "Beta")]))
    while fresh(run).state != State.PUBLISHED:
        queue.work(run.pk, ring=silent)
        if looked_up:
            monkeypatch.setattr(preparing, "organizations", organizations)
    assert (len(looked_up), fresh(run).deals_created) == (1, 2)


def test_a_long_import_makes_room_for_others_and_goes_on(monkeypatch) -> None:
    monkeypatch.setattr(steps, "CHUNK", 1)
    monkeypatch.setattr(queue, "TURN_SECONDS", 0.0)
    run, rung = queued(csv_of([ACME, ACME.replace("Acme", "Beta")])), []
    turns = 0
    while fresh(run).state != State.PUBLISHED:
        queue.work(run.pk, ring=rung.append)
        turns += 1
        assert turns < 30
    assert (turns > 5, len(rung) > 5, fresh(run).deals_created) == (True, True, 2)


def test_cancelling_deletes_what_was_staged_and_says_when_it_is_too_late() -> None:
    run = queued(publish=False)
    tasks.run_import(run.pk)
    assert queue.cancel(run.pk).state == State.CANCELLED
    assert not StagedDeal.objects.exists()
    done = queued()
    tasks.run_import(done.pk)
    with pytest.raises(NotDecidableError, match="published"):
        queue.cancel(done.pk)
    assert fresh(done).state == State.PUBLISHED


def test_an_import_that_is_cancelled_while_it_is_prepared_leaves_no_version(monkeypatch) -> None:
    run = queued()

    def prepare_chunk(*args: object) -> bool:
        more = preparing.prepare_chunk(*args)
        assert DealVersion.objects.filter(state="submitted").count() == 1
        assert PreparedFact.objects.count() == 1
        queue.cancel(run.pk)
        return more

    monkeypatch.setattr(steps, "prepare_chunk", prepare_chunk)
    tasks.run_import(run.pk)
    assert fresh(run).state == State.CANCELLED
    for model in (DealVersion, Deal, PreparedFact):
        assert not model.objects.exists()


def test_two_files_of_one_feed_are_published_one_after_the_other() -> None:
    first, second = queued(), queued()
    busy = claim(first.pk)
    assert busy is not None
    ImportRun.objects.filter(pk=first.pk).update(phase=Phase.PREPARING)
    tasks.run_import(second.pk)
    assert fresh(second).state == State.QUEUED
    ImportRun.objects.filter(pk=first.pk).update(state=State.CANCELLED)
    tasks.run_import(second.pk)
    assert fresh(second).state == State.PUBLISHED


def test_only_a_failed_import_is_retried() -> None:
    with pytest.raises(NotDecidableError, match="only a failed one"):
        queue.retry(queued().pk, ring=silent)


def test_the_profile_used_is_the_one_that_was_queued() -> None:
    other = profile(PROFILE.replace("Small", "Another"))
    run = queue.enqueue(file(csv_of([ACME])), other, publish=True, by=None, ring=silent)
    tasks.run_import(run.pk)
    assert fresh(run).feed.name == "Another supplier"
