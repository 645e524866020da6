"""`/healthz` and `/readyz`: alive is not yet ready, and ready means all three parts."""

import socket
import time
from contextlib import suppress
from threading import Event, Thread

import pytest
from celery import current_app
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from kombu import Connection

from deals.models import Feed, ImportRun
from deals.web import health
from tests.processes import PATIENCE


def test_the_process_is_alive_without_asking_the_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_it_is_ready_when_database_migrations_and_queue_are(client, db):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "checks": {
            "database": {"ok": True},
            "migrations": {"ok": True},
            "queue": {"ok": True, "waiting": 0},
        },
    }


def test_waiting_imports_are_counted(client, db):
    feed = Feed.objects.create(code="f", name="F", profile="")
    for state in ("queued", "queued", "review"):
        ImportRun.objects.create(feed=feed, state=state, file_name="f", created_at=timezone.now())
    assert client.get("/readyz").json()["checks"]["queue"]["waiting"] == 2


def test_without_a_database_it_is_not_ready_and_says_nothing_private(client, db):
    def refuse(*args):
        raise OperationalError("password authentication failed for user secret")

    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "not ready"
    assert response.json()["checks"]["database"] == {
        "ok": False,
        "detail": "The database does not answer.",
    }
    assert "secret" not in response.content.decode()


@pytest.fixture(autouse=True)
def as_a_new_process():
    health._complete.clear()
    health._hanging.clear()


def test_a_missing_migration_is_not_ready(client, db, monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "1 migration(s) are missing" in response.json()["checks"]["migrations"]["detail"]


@pytest.mark.parametrize("error", [ConnectionRefusedError, TimeoutError])
def test_a_broker_that_is_away_is_not_ready(client, db, monkeypatch, error):
    def refuse(*args, **kwargs):
        raise error("amqp://user:secret@host")

    monkeypatch.setattr(current_app, "connection_for_write", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["queue"] == {
        "ok": False,
        "detail": "The message broker does not answer.",
    }


def test_asked_every_second_it_reads_the_migrations_once(client, db, monkeypatch):
    client.get("/readyz")
    monkeypatch.setattr(health, "MigrationExecutor", None)
    assert client.get("/readyz").status_code == 200


def test_what_is_taken_back_later_is_noticed(client, db):
    client.get("/readyz")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'deals' AND name >= '0009'")
    assert client.get("/readyz").status_code == 503


def test_a_database_of_the_next_version_is_ready_for_this_one_and_says_so(client, db):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('deals', '9999_later', now())"
        )
    for _ in range(2):
        response = client.get("/readyz")
        assert response.status_code == 200
        assert response.json()["checks"]["migrations"] == {"ok": True, "ahead": 1}


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_takes_connections_and_says_nothing_holds_nobody_up(
    client, db, monkeypatch, scheme
):
    monkeypatch.setattr(health, "BROKER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        def connect(**options):
            return Connection(f"{scheme}://127.0.0.1:{port}//", **options)

        monkeypatch.setattr(current_app, "connection_for_write", connect)
        began = time.monotonic()
        assert client.get("/readyz").status_code == 503
        assert time.monotonic() - began < PATIENCE
        (asking,) = health._hanging
    # Nor does a thread stay for each question.
    asking.join(PATIENCE)
    assert not asking.is_alive()


def test_a_check_is_not_answered_by_the_question_of_another(db, monkeypatch):
    asked, end = Event(), Event()

    def hang(faults):
        asked.set()
        end.wait(10)
        faults.append(OSError("gone"))

    def other():
        with suppress(health.NotReadyError):
            health._queue()

    another = Thread(target=other)

    def answer(faults):
        monkeypatch.setattr(health, "_ask_broker", hang)
        another.start()
        asked.wait(10)

    monkeypatch.setattr(health, "_ask_broker", answer)
    try:
        assert health._queue() == {"waiting": 0}
    finally:
        end.set()
        another.join()
