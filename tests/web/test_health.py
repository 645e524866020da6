"""`/healthz` and `/readyz`: alive is not yet ready, and ready means all three parts."""

import pytest
from celery import current_app
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from deals.models import Feed, ImportRun


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
