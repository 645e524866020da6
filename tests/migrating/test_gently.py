"""`manage.py migrate` beside a long transaction: nobody queues behind it, and it gets through."""

import threading
import time
from contextlib import closing
from io import StringIO

import psycopg
import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate
from django.db import OperationalError, connection, migrations, models

from investtrack.migrating import gently
from tests.processes import PATIENCE, wait_until
from tests.serving import database_url

TABLE = "deals_policyevent"
ALTER = f"ALTER TABLE {TABLE} ADD COLUMN tried integer"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other():
    """Somebody else's connection, which has read the table and not ended its transaction."""
    with closing(psycopg.connect(database_url(), application_name="a long report")) as held:
        held.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        held.execute(f"SELECT count(*) FROM {TABLE}")
        yield held


@pytest.fixture
def alters(monkeypatch):
    """`migrate` does this one thing instead of what Django's would; undone at the end."""
    tries = []

    def handle(self, *args, **options):
        tries.append(time.monotonic())
        with connection.cursor() as cursor:
            cursor.execute(ALTER)

    monkeypatch.setattr(migrate.Command, "handle", handle)
    monkeypatch.setattr(gently, "FIRST_PAUSE", 0.4)
    yield tries
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN IF EXISTS tried")
        cursor.execute("RESET lock_timeout")


def test_readers_are_held_up_for_less_than_a_second_while_it_waits_for_its_turn(alters, other):
    waited = []

    address = database_url()

    def read():
        with closing(psycopg.connect(address, autocommit=True)) as reader:
            while not ended.is_set():
                begun = time.monotonic()
                reader.execute(f"SELECT count(*) FROM {TABLE}")
                waited.append(time.monotonic() - begun)
                time.sleep(0.005)

    def let_go():
        """The report ends when it has been in the way, or when nobody would notice any more."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and (len(alters) < 2 or max(waited) < 0.1):
            time.sleep(0.05)
        other.rollback()

    ended = threading.Event()
    readers, report = threading.Thread(target=read), threading.Thread(target=let_go)
    readers.start()
    wait_until(lambda: waited)
    report.start()
    said = StringIO()
    try:
        call_command("migrate", lock_timeout=200, stderr=said)
    finally:
        ended.set()
        readers.join()
        report.join()
    assert len(alters) >= 2
    # Without the short waits, all would wait for the report.
    assert 0.1 < max(waited) < PATIENCE / 3
    assert "A table is in use" in said.getvalue()
    assert "(a long report, idle in transaction)" in said.getvalue()


def test_a_transaction_that_never_ends_is_named_and_nothing_is_changed(alters, other):
    with pytest.raises(CommandError, match=rf"process {other.info.backend_pid} \(a long report"):
        call_command("migrate", lock_timeout=50, patience=0.3, stderr=StringIO())
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, TABLE)
    assert "tried" not in [column.name for column in columns]


def test_another_fault_is_not_tried_again(alters, monkeypatch):
    monkeypatch.setattr("tests.migrating.test_gently.ALTER", "SELECT 1/0")
    with pytest.raises(Exception, match="division by zero"):
        call_command("migrate")
    assert len(alters) == 1


def test_two_processes_do_not_migrate_at_the_same_time(alters):
    with closing(psycopg.connect(database_url(), autocommit=True)) as first:
        first.execute("SELECT pg_advisory_lock(%s)", [gently.ONE_AT_A_TIME])
        with pytest.raises(CommandError, match=r"Another .* works on this database"):
            call_command("migrate", patience=0.1)
    assert not alters


def test_afterwards_the_connection_waits_as_before(alters):
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '7s'")
        call_command("migrate")
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("7s",)
        cursor.execute("RESET lock_timeout")


def test_an_index_made_concurrently_waits_and_replaces_one_that_was_broken_off(other):
    index = models.Index(fields=["title"], name="event_by_title")
    made = type(
        "Migration",
        (migrations.Migration,),
        {"operations": [AddIndexConcurrently("policyevent", index)], "atomic": False},
    )("9999_try", "deals")
    try:
        with closing(psycopg.connect(database_url(), autocommit=True)) as broken:
            broken.execute("SET lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                broken.execute(f"CREATE INDEX CONCURRENTLY event_by_title ON {TABLE} (title)")
        threading.Timer(0.6, other.rollback).start()
        with gently.short_waits(connection, 50), connection.schema_editor(atomic=False) as editor:
            made.apply(_state(), editor)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indisvalid FROM pg_index WHERE indexrelid = 'event_by_title'::regclass"
            )
            assert cursor.fetchone() == (True,)
        # The server had finished it for an asker that was lost before it could write that down.
        with gently.short_waits(connection, 50), connection.schema_editor(atomic=False) as editor:
            made.apply(_state(), editor)
    finally:
        other.rollback()
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX IF EXISTS event_by_title")


def test_only_what_is_about_locks_is_tried_again():
    assert not gently.may_try_again(OperationalError("the connection was lost"))


def test_tries_go_on_until_patience_ends_and_there_is_one_at_least():
    assert list(gently.pauses(0)) == [0.0]


def _state():
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    return loader.project_state(loader.graph.leaf_nodes("deals"))
