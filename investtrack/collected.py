"""What is read from the database at each look at /metrics, for all machines together.

Imports, mails and webhooks wait in the database, which is the queue of record; so their numbers are
right however many workers there are, wherever they run, and also when none is alive to be asked.
"""

import logging
import time
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any

from django.db import Error, connection, transaction
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

log = logging.getLogger(__name__)
# A question to a database in trouble must not make the trouble worse, and what several ask for at
# the same time is asked once.
LONGEST_MS, KEPT_SECONDS = 3000, 5.0


def _age(oldest: str) -> str:
    """SQL: seconds since the time that this aggregate finds; 0 where there is none."""
    return f"coalesce(extract(epoch FROM now() - {oldest}), 0)"


IMPORTS = f"""
SELECT state, count(*), sum(rows_used), sum(rows_skipped), sum(rows_duplicate), sum(rows_rejected),
       {_age("min(created_at)")},
       coalesce(extract(epoch FROM max(now() - leased_until)) + %(lease)s, 0)
FROM deals_importrun GROUP BY state
"""
LEDGER = "SELECT seq, extract(epoch FROM at) FROM deals_change ORDER BY seq DESC LIMIT 1"
DELIVERIES = f"""
SELECT count(*) FILTER (WHERE due), {_age("min(next_at) FILTER (WHERE due)")},
       count(*) FILTER (WHERE d.state = 'failed'),
       (SELECT count(*) FROM deals_webhook WHERE active AND failing_since IS NOT NULL)
FROM (
    SELECT state, next_at, state = 'waiting' AND next_at <= now()
           AND (claimed_until IS NULL OR claimed_until <= now()) AS due
    FROM deals_delivery WHERE state IN ('waiting', 'failed')
) AS d
"""
MAILS = f"SELECT count(*), {_age('min(at)')} FROM deals_notification WHERE mailed_at IS NULL"
FEEDS = f"""
SELECT count(*),
       {_age("min(due_at)")},
       (SELECT count(*) FROM deals_feedschedule WHERE active AND held <> '')
FROM deals_feedslot WHERE state IN ('due', 'running')
"""
SERVER = """
SELECT count(*), coalesce(max(extract(epoch FROM now() - xact_start)), 0),
       current_setting('max_connections')::int, pg_database_size(current_database())
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
OUTCOMES = ("used", "skipped", "duplicate", "rejected")


def gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(f"investtrack_{name}", said, value=float(value))


def _imports(ask: Callable[..., list[Any]]) -> Iterator[Metric]:
    from deals.feeds.lease import LEASE
    from deals.models import ImportRun

    found = {row[0]: row[1:] for row in ask(IMPORTS, {"lease": LEASE.total_seconds()})}
    nothing = (0,) * 7
    states = GaugeMetricFamily("investtrack_imports", "Imports by state.", labels=["state"])
    for state in ImportRun.State.values:
        states.add_metric([state], found.get(state, nothing)[0])
    rows = CounterMetricFamily(
        "investtrack_import_rows", "Rows of files that were read.", labels=["outcome"]
    )
    for place, outcome in enumerate(OUTCOMES, start=1):
        rows.add_metric([outcome], float(sum(row[place] for row in found.values())))
    yield from (states, rows)
    yield gauge(
        "import_waiting_seconds",
        "How long the oldest import that nobody has begun has waited.",
        found.get("queued", nothing)[5],
    )
    yield gauge(
        "import_checkpoint_age_seconds",
        "How long ago that import had its last checkpoint which has waited longest for one.",
        max(found.get("running", nothing)[6], 0),
    )


def _ledger(ask: Callable[..., list[Any]]) -> Iterator[Metric]:
    seq, at = next(iter(ask(LEDGER)), (0, 0))
    yield gauge("ledger_head", "Number of the last entry of the ledger.", seq)
    yield gauge("ledger_last_entry_timestamp_seconds", "When it was made.", at)


def _telling(ask: Callable[..., list[Any]]) -> Iterator[Metric]:
    due, oldest, failed, failing = ask(DELIVERIES)[0]
    yield gauge("webhook_deliveries_due", "Messages to webhooks that could be sent now.", due)
    yield gauge("webhook_oldest_due_seconds", "Since when the oldest of them is due.", oldest)
    yield gauge("webhook_deliveries_failed", "Messages given up in the last 30 days.", failed)
    yield gauge("webhooks_failing", "Webhooks whose last attempt failed.", failing)
    mails, waited = ask(MAILS)[0]
    yield gauge("notices_to_mail", "Notices of which no mail was sent yet.", mails)
    yield gauge("notice_oldest_seconds", "Age of the oldest; daily mails wait a day.", waited)


def _feeds(ask: Callable[..., list[Any]]) -> Iterator[Metric]:
    due, oldest, held = ask(FEEDS)[0]
    yield gauge("feed_turns_due", "Turns of scheduled feeds that are due or under way.", due)
    yield gauge("feed_oldest_due_seconds", "Since when the oldest of them is due.", oldest)
    yield gauge("feeds_held", "Feeds that take nothing until a person has decided.", held)


def _server(ask: Callable[..., list[Any]]) -> Iterator[Metric]:
    connections, longest, most, size = ask(SERVER)[0]
    yield gauge("database_connections", "Connections to the database.", connections)
    yield gauge("database_connections_allowed", "As many the server allows for all.", most)
    yield gauge("database_longest_transaction_seconds", "The oldest open transaction.", longest)
    yield gauge("database_bytes", "Size of the database on disk.", size)


def _copies(ask: Callable[..., list[Any]]) -> Iterator[Metric]:
    """From two small files, since a backup is no row of what it copies."""
    from investtrack.backup.told import BACKUP, DRILL, age

    said = "Seconds since the last good one; infinite where none is known here."
    yield gauge("backup_age_seconds", said, age(BACKUP))
    yield gauge("restore_drill_age_seconds", said, age(DRILL))


PARTS = (_imports, _ledger, _telling, _feeds, _server, _copies)


class Collected:
    """A collector for Prometheus; without an answer it says just that the database is away."""

    def __init__(self) -> None:
        self._lock, self._kept, self._until = Lock(), list[Metric](), 0.0

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            if time.monotonic() > self._until:
                self._kept = _read()
                self._until = time.monotonic() + KEPT_SECONDS
            yield from self._kept


def _read() -> list[Metric]:
    up = "Whether the database answers."
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(LONGEST_MS)])

            def ask(text: str, params: dict[str, Any] | None = None) -> list[Any]:
                cursor.execute(text, params)
                return cursor.fetchall()

            return [
                gauge("database_up", up, 1),
                *(metric for part in PARTS for metric in part(ask)),
            ]
    except Error:
        log.warning("Metrics could not ask the database.", exc_info=True)
        return [gauge("database_up", up, 0)]


COLLECTED = CollectorRegistry()
COLLECTED.register(Collected())
