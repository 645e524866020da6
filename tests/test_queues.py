"""Every task waits in a queue that somebody hears, the long ones apart from the short ones."""

import pytest
from celery import current_app
from django.conf import settings

from deals import tasks

NAMES = sorted(name for name in current_app.tasks if name.startswith("deals."))
LONG = {"run_import", "suggest_organizations", "suggest_deals", "make_release", "tidy"} | {
    "close_periods"
}


def queue_of(name):
    return current_app.amqp.router.route({}, name)["queue"].name


def test_every_task_has_a_queue_and_every_routed_task_is_there():
    assert tasks.run_import.name in NAMES
    assert set(settings.CELERY_TASK_ROUTES) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_long_work_keeps_short_work_from_nothing(name):
    assert queue_of(name) == ("imports" if name.rpartition(".")[2] in LONG else "quick")


def test_a_worker_that_is_told_nothing_hears_all_queues_and_that_of_earlier_versions():
    assert set(current_app.amqp.queues.consume_from) == {"imports", "quick", "celery"}
    older = current_app.amqp.queues["celery"]
    assert (older.exchange.name, older.routing_key) == ("celery", "celery")


def test_a_task_of_somebody_else_waits_among_the_short_ones():
    assert queue_of("celery.backend_cleanup") == "quick"
