"""What an import must survive: stopping at odd moments, second tries, and names made to harm."""

import csv
import threading
from datetime import timedelta
from time import sleep

import pytest
from django.db import connection, connections
from django.utils import timezone

from deals import tasks
from deals.feeds import deliver, preparing, queue, steps
from deals.feeds import run as run_module
from deals.feeds.lease import LostError, claim
from deals.feeds.match import LOCK_KEY as MATCH_LOCK
from deals.feeds.receive import imports_dir
from deals.feeds.refusals import Refused
from deals.feeds.rejected import rejected_rows
from deals.feeds.review import approve as approve_later
from deals.feeds.undo import ask_undo
from deals.models import Change, Deal, DealVersion, ImportRun, Population, StagedDeal
from tests.feeds.supplier import HEADER, PROFILE, csv_of, file, profile, published_import

pytestmark = pytest.mark.django_db
ACME = "Acme,CN,2019-05,5,USD,Fund,DE"
State, Phase = ImportRun.State, ImportRun.Phase


@pytest.fixture(autouse=True)
def no_locks_left(db):
    """A claim that a test leaves open would be one of the next test's worker, too."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def silent(_: int) -> None:
    pass


def queued(rows: list[str], text: str = PROFILE, *, publish: bool = True, more: str = ""):
    return queue.enqueue(
        file(csv_of(rows)), profile(text, more=more), publish=publish, by=None, ring=silent
    )


def fresh(run: ImportRun) -> ImportRun:
    return ImportRun.objects.get(pk=run.pk)


def firms(number: int) -> list[str]:
    return [ACME.replace("Acme", f"Firm{n}") for n in range(number)]


def test_a_refused_import_that_is_tried_again_begins_at_its_first_row(
    monkeypatch, settings
) -> None:
    monkeypatch.setattr(steps, "CHUNK", 2)
    settings.IMPORT_MAX_ROWS = 4
    run = queued(firms(6))
    tasks.run_import(run.pk)
    assert fresh(run).state == State.FAILED
    settings.IMPORT_MAX_ROWS = 10
    queue.retry(run.pk, ring=silent)
    tasks.run_import(run.pk)
    run = fresh(run)
    assert (run.state, run.rows_read, Deal.objects.count()) == (State.PUBLISHED, 6, 6)


POPULATION = '[population]\ncode = "p"\ntitle = "P"\naccessed_on = "2020-01-01"\n'


def test_an_import_refused_while_it_is_prepared_is_tried_again_as_a_whole(monkeypatch) -> None:
    run = queued(firms(3), more=POPULATION)
    ask = steps.open_publication

    def first(*args):
        Population.objects.create(code="p", title="P", generated=True)
        return ask(*args)

    monkeypatch.setattr(steps, "open_publication", first)
    tasks.run_import(run.pk)
    assert fresh(run).state == State.FAILED
    monkeypatch.undo()
    Population.objects.all().delete()
    queue.retry(run.pk, ring=silent)
    tasks.run_import(run.pk)
    assert (fresh(run).deals_created, Deal.objects.count()) == (3, 3)


def test_whoever_was_taken_for_dead_refuses_nothing_any_more() -> None:
    run = queued(firms(3), publish=False)
    late = claim(run.pk)
    assert late is not None
    tasks.run_import(run.pk)
    assert fresh(run).state == State.REVIEW
    with pytest.raises(LostError):
        queue.refuse(late, "It was not read to its end.")
    assert (fresh(run).state, StagedDeal.objects.count()) == (State.REVIEW, 3)


def test_time_in_which_nobody_worked_is_not_held_against_a_second_try(monkeypatch) -> None:
    run = queued(firms(3))

    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(steps, "stage_rows", broken)
    for _ in range(4):
        queue.work(run.pk, ring=silent)
    monkeypatch.undo()
    ImportRun.objects.update(started_at=timezone.now() - timedelta(days=2))
    queue.retry(run.pk, ring=silent)
    tasks.run_import(run.pk)
    assert (fresh(run).state, fresh(run).problem) == (State.PUBLISHED, "")


def test_time_in_which_no_worker_was_there_is_not_held_against_a_file(monkeypatch) -> None:
    monkeypatch.setattr(steps, "CHUNK", 1)
    monkeypatch.setattr(queue, "TURN_SECONDS", 0.0)
    run = queued(firms(3))
    tasks.run_import(run.pk)
    ImportRun.objects.update(started_at=timezone.now() - timedelta(days=2))
    while fresh(run).state == State.RUNNING:
        tasks.run_import(run.pk)
    assert (fresh(run).state, fresh(run).problem) == (State.PUBLISHED, "")


def test_the_time_of_all_workers_together_is_limited(monkeypatch, settings) -> None:
    monkeypatch.setattr(steps, "CHUNK", 1)
    monkeypatch.setattr(queue, "TURN_SECONDS", 0.0)
    run = queued(firms(3))
    tasks.run_import(run.pk)
    run = fresh(run)
    ImportRun.objects.update(checkpoint={**run.checkpoint, "seconds": 100})
    settings.IMPORT_MAX_SECONDS = 90
    tasks.run_import(run.pk)
    assert "within 90 seconds" in fresh(run).problem


def test_the_command_line_waits_for_another_import_of_its_feed(monkeypatch) -> None:
    published_import(firms(1))
    busy = queued(firms(1))
    ImportRun.objects.filter(pk=busy.pk).update(state=State.RUNNING, phase=Phase.PREPARING)
    waits = []

    def wait(_: float) -> None:
        waits.append(1)
        if len(waits) == 40:
            ImportRun.objects.filter(pk=busy.pk).update(state=State.CANCELLED)

    monkeypatch.setattr(run_module, "sleep", wait)
    run = published_import(firms(2))
    assert (run.state, run.deals_created, len(waits)) == (State.PUBLISHED, 1, 40)


def test_the_command_line_does_not_raise_a_cancelled_import_from_the_dead(monkeypatch) -> None:
    published_import(firms(1))
    busy = queued(firms(1))
    ImportRun.objects.filter(pk=busy.pk).update(state=State.RUNNING, phase=Phase.PREPARING)

    def stop(*_):
        queue.cancel(ImportRun.objects.latest("pk").pk)
        raise steps.BusyError

    monkeypatch.setattr(run_module, "drive", stop)
    monkeypatch.setattr(run_module, "sleep", silent)
    monkeypatch.setattr(run_module, "PATIENCE", 1.0)
    with pytest.raises(Refused, match="cancelled"):
        published_import(firms(2))


@pytest.mark.parametrize("publish", [True, False])
def test_the_command_line_reports_what_a_worker_did_that_was_faster(monkeypatch, publish) -> None:
    ask, first = run_module.claim, []

    def faster(run_id: int):
        if not first:
            first.append(run_id)
            tasks.run_import(run_id)
        return ask(run_id)

    monkeypatch.setattr(run_module, "claim", faster)
    monkeypatch.setattr(run_module, "PATIENCE", 1.0)
    run = run_module.import_file(file(csv_of(firms(2))), profile(), publish=publish)
    assert run.state == (State.PUBLISHED if publish else State.REVIEW)
    assert run.deals_created == 2


def test_an_approval_at_the_command_line_reports_what_a_worker_published(monkeypatch) -> None:
    run = run_module.import_file(file(csv_of(firms(2))), profile())
    ask = run_module.claim

    def faster(run_id: int):
        tasks.run_import(run_id)
        return ask(run_id)

    monkeypatch.setattr(run_module, "claim", faster)
    monkeypatch.setattr(run_module, "PATIENCE", 1.0)
    assert run_module.approve(run.pk).state == State.PUBLISHED
    assert (fresh(run).state, DealVersion.objects.live().count()) == (State.PUBLISHED, 2)


def test_a_new_deal_of_an_import_that_waited_is_not_set_back_by_it() -> None:
    older = queued([ACME], publish=False)
    newer = queued([ACME.replace(",5,", ",9,")], publish=False)
    for run in (older, newer):
        tasks.run_import(run.pk)
    for run in (newer, older):
        approve_later(run.pk, ring=silent)
        tasks.run_import(run.pk)
    assert (fresh(older).state, fresh(older).deals_held) == (State.PUBLISHED, 1)
    assert [v.amount_low for v in DealVersion.objects.live()] == [9]


def broken_once(monkeypatch, run: ImportRun) -> None:
    """Let a run fail for good after its first deal was prepared."""

    def broken(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(steps, "publish_prepared", broken)
    for _ in range(4):
        queue.work(run.pk, ring=silent)
    monkeypatch.undo()
    assert (fresh(run).state, fresh(run).phase) == (State.FAILED, Phase.PUBLISHING)


@pytest.mark.parametrize("known", [False, True])
def test_an_import_that_failed_brings_nothing_old_back_when_it_is_tried_again(
    monkeypatch, known
) -> None:
    if known:
        published_import([ACME.replace(",5,", ",3,")])
    older = queued([ACME])
    broken_once(monkeypatch, older)
    published_import([ACME.replace(",5,", ",9,")])
    queue.retry(older.pk, ring=silent)
    for _ in range(4):
        tasks.run_import(older.pk)
    assert [v.amount_low for v in DealVersion.objects.live()] == [9]
    assert (fresh(older).state, fresh(older).deals_held) == (State.PUBLISHED, 1)
    assert not DealVersion.objects.filter(state="submitted").exists()


def rows_of(run: ImportRun) -> list[list[str]]:
    return list(csv.reader(b"".join(rejected_rows(run)).decode().splitlines()))


def test_a_column_with_a_hostile_name_runs_no_formula_in_the_file_of_errors() -> None:
    name = "=HYPERLINK(A1)"
    text = PROFILE.replace('"raised_usd"', f'"{name}"')
    header = f"company,company_country,month,{name},ccy,investor,investor_country"
    data = csv_of(["Acme,CN,2019-05,lots,USD,Fund,DE"], header)
    run = run_module.import_file(file(data), profile(text))
    assert run.rows_rejected == 1
    assert not [cell for row in rows_of(run) for cell in row if cell.startswith("=")]


def test_rows_of_a_file_with_a_column_called_row_can_be_mended() -> None:
    text = PROFILE.replace('"company"\n', '"row"\n').replace('["company"', '["row"')
    header = "row,company_country,month,raised_usd,ccy,investor,investor_country"
    data = csv_of(["Acme,CN,2019-05,lots,USD,Fund,DE"], header)
    run = run_module.import_file(file(data), profile(text))
    again = b"".join(rejected_rows(run)).decode().replace("lots", "7")
    mended = run_module.import_file(file(again), profile(text), publish=True)
    assert (mended.rows_read, mended.deals_created) == (1, 1)


def test_the_rejected_rows_of_an_import_that_waits_are_not_there_yet(client, admin_user) -> None:
    run = queued(firms(1))
    client.force_login(admin_user)
    assert client.get(f"/desk/imports/{run.pk}/rejected.csv").status_code in (302, 404)


def test_an_undo_that_is_refused_leaves_the_import_published_as_it_is() -> None:
    run = published_import(firms(2))
    ask_undo(run.pk, reason="wrong file", ring=silent)
    ImportRun.objects.filter(pk=run.pk).update(profile="name = 1")
    tasks.run_import(run.pk)
    now = fresh(run)
    assert (now.state, now.phase, now.deals_created) == (State.FAILED, Phase.UNDOING, 2)
    assert (StagedDeal.objects.count(), DealVersion.objects.live().count()) == (2, 2)
    ImportRun.objects.filter(pk=run.pk).update(profile=run.profile)
    queue.retry(run.pk, ring=silent)
    tasks.run_import(run.pk)
    assert (fresh(run).state, DealVersion.objects.live().count()) == (State.UNDONE, 0)


def test_no_organization_is_merged_away_while_an_import_is_published(monkeypatch) -> None:
    look, seen = deliver._refuse_merged, []

    def looked(run: ImportRun) -> None:
        look(run)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND (classid::bigint << 32) + objid::bigint = %s AND pid = pg_backend_pid()",
                [MATCH_LOCK],
            )
            seen.append(cursor.fetchone()[0])

    monkeypatch.setattr(deliver, "_refuse_merged", looked)
    published_import(firms(1))
    assert seen == [1]


@pytest.mark.django_db(transaction=True)
def test_cancelling_in_the_middle_of_a_step_never_comes_to_a_deadlock(monkeypatch) -> None:
    run = queued(firms(3))
    note, began = preparing._prepared, threading.Event()

    def slow(*args):
        StagedDeal.objects.filter(import_run=run.pk).update(fields=["x"])
        began.set()
        sleep(0.5)
        return note(*args)

    monkeypatch.setattr(preparing, "_prepared", slow)

    def worker() -> None:
        try:
            tasks.run_import(run.pk)
        finally:
            connections.close_all()

    thread = threading.Thread(target=worker)
    thread.start()
    assert began.wait(20)
    assert queue.cancel(run.pk).state == State.CANCELLED
    thread.join()
    assert fresh(run).state == State.CANCELLED
    assert (StagedDeal.objects.count(), Deal.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_cancelling_while_an_umbrella_is_written_whose_deal_was_reserved(monkeypatch) -> None:
    """Whoever cancels deletes that deal, and the check of the umbrella's keys holds on to it."""
    monkeypatch.setattr(steps, "CHUNK", 1)
    text = PROFILE.replace('currency = "ccy"', 'currency = "ccy"\npart_of = "whole"')
    text = text.replace('key = ["company", "month"]', 'key = ["company"]')
    rows = [f"{ACME},Firm", f"{ACME.replace('Acme', 'Firm')},"]
    delivered = file(csv_of(rows, f"{HEADER},whole"))
    run = queue.enqueue(delivered, profile(text), publish=True, by=None, ring=silent)
    make, began, failed = preparing.make_derived, threading.Event(), list[Exception]()

    def slow(bundles, **how):
        if DealVersion.objects.filter(state="submitted").count() == 2:
            began.set()
            sleep(2)
        return make(bundles, **how)

    monkeypatch.setattr(preparing, "make_derived", slow)

    def worker() -> None:
        try:
            tasks.run_import(run.pk)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=worker)
    thread.start()
    assert began.wait(20)
    assert queue.cancel(run.pk).state == State.CANCELLED
    thread.join()
    assert (fresh(run).state, failed) == (State.CANCELLED, [])
    assert (StagedDeal.objects.count(), Deal.objects.count()) == (0, 0)


def entries() -> list[list[str]]:
    return list(Change.objects.filter(kind="population").values_list("fields", flat=True))


def test_a_population_changes_only_with_its_entry_in_the_ledger(monkeypatch) -> None:
    published_import(firms(1), more=POPULATION)
    renamed = POPULATION.replace('"P"', '"Q"')
    run = queued(firms(2), more=renamed)
    broken_once(monkeypatch, run)
    assert (Population.objects.get().title, len(entries())) == ("P", 1)
    queue.retry(run.pk, ring=silent)
    tasks.run_import(run.pk)
    assert (Population.objects.get().title, entries()[1:]) == ("Q", [["title"]])


def test_a_population_that_was_made_for_a_cancelled_import_is_announced_by_the_next(
    monkeypatch,
) -> None:
    run = queued(firms(1), more=POPULATION)
    broken_once(monkeypatch, run)
    queue.cancel(run.pk)
    assert entries() == []
    published_import(firms(1), more=POPULATION)
    assert len(entries()) == 1


def test_an_undo_that_failed_is_tried_again_though_the_file_was_tidied_away(monkeypatch) -> None:
    run = published_import(firms(1))
    ask_undo(run.pk, reason="wrong file", ring=silent)

    def broken(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(steps, "take_back", broken)
    for _ in range(4):
        queue.work(run.pk, ring=silent)
    monkeypatch.undo()
    (imports_dir() / run.file_sha256).unlink()
    queue.retry(run.pk, ring=silent)
    tasks.run_import(run.pk)
    assert fresh(run).state == State.UNDONE
