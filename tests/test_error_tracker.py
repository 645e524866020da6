"""Errors of web and worker reach a Sentry-compatible tracker, without any secret."""

import logging
from collections.abc import Iterator
from secrets import token_hex

import pytest
import sentry_sdk
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from deals import tasks
from deals.feeds import queue
from deals.rules.keys import new_key
from deals.web import deals as deals_page
from investtrack import errors, logs
from tests.processes import PATIENCE
from tests.tracker import Tracker, tracker

KEY = new_key("write")
SESSION = "s3ss10n-of-anna"
# Made here, since lines of code around a fault are told.
PASSWORD = token_hex(8)


@pytest.fixture
def told(settings: LazySettings) -> Iterator[Tracker]:
    """The tracker, and this process telling it, as a web or worker process does."""
    logs.redaction.cache_clear()
    with tracker() as kept:
        settings.SENTRY_DSN = kept.dsn
        assert errors.start("web")
        yield kept
        sentry_sdk.get_client().close(timeout=PATIENCE)
        sentry_sdk.get_global_scope().set_client(None)
    logs.redaction.cache_clear()


def fail(*_: object, **__: object) -> None:
    password = PASSWORD
    raise ValueError(f"no luck at postgres://investtrack:{password}@db/x with {KEY}")


def test_an_error_of_a_page_is_told_with_its_reference(db, told, settings, monkeypatch):
    monkeypatch.setattr(deals_page, "snapshot", fail)
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = SESSION
    response = client.get("/deals/?q=Unicorn", headers={"Authorization": f"Bearer {KEY}"})
    assert response.status_code == 500
    sentry_sdk.flush(PATIENCE)
    (event,) = told.events()
    assert event["tags"]["request_id"] == response["X-Request-ID"]
    assert event["tags"]["process"] == "web"
    assert event["exception"]["values"][-1]["type"] == "ValueError"
    assert response["X-Request-ID"] in response.content.decode()
    said = "".join(told.texts)
    for secret in (KEY, SESSION, PASSWORD, "Unicorn", settings.SECRET_KEY):
        assert secret not in said


def test_an_error_of_a_task_is_told_with_its_import(db, told, monkeypatch):
    monkeypatch.setattr(queue, "claim", fail)
    with pytest.raises(ValueError, match="no luck"):
        queue.work(41, ring=lambda _id: None)
    assert not told.texts
    done = tasks.run_import.apply(args=[41])
    assert done.failed()
    sentry_sdk.flush(PATIENCE)
    (event,) = told.events()
    assert event["tags"]["task"] == "deals.tasks.run_import"
    assert event["tags"]["task_id"] == done.id
    assert KEY not in "".join(told.texts)
    assert PASSWORD not in "".join(told.texts)


def test_what_is_no_error_is_not_told(db, told):
    assert Client().get("/nothing/").status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    logging.getLogger("deals").warning("take care")
    sentry_sdk.flush(PATIENCE)
    assert not told.events()


def test_without_an_address_nobody_is_told(settings):
    settings.SENTRY_DSN = ""
    assert errors.start("web") is False
