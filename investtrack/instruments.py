"""The instruments of a web process. Loaded only where METRICS is on.

Under gunicorn each process keeps its numbers in a file of its own, and whichever is asked adds all
of them up (`investtrack.metrics_folder`).
"""

import os
from collections.abc import Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from investtrack.metrics_folder import FOLDER

# Promises are 10 ms for what is unchanged, 120 ms for a page, 20 s for the longest question.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.12, 0.25, 0.5, 1, 2.5, 5, 20)
# Told by themselves; all others by their first digit.
NAMED_STATUS = {304: "304", 429: "429", 503: "503"}

disable_created_metrics()
REGISTRY = CollectorRegistry()
REQUESTS = Histogram(
    "investtrack_request_seconds",
    "Seconds from a request to the last byte of its answer, by name of the route.",
    ["route", "method", "status"],
    buckets=BUCKETS,
    registry=REGISTRY,
)
_KEPT = Counter(
    "investtrack_kept_answers",
    "Answers looked for among the kept ones, and whether they were there.",
    ["found"],
    registry=REGISTRY,
)
KEPT = {True: _KEPT.labels("yes"), False: _KEPT.labels("no")}
FALLBACKS = Counter(
    "investtrack_replica_fallbacks",
    "Readers' questions that the primary database answered in place of the replica.",
    ["reason"],
    registry=REGISTRY,
)
LAG = Gauge(
    "investtrack_replica_lag_seconds",
    "How far the replica was behind when a process last measured it.",
    multiprocess_mode="livemax",
    registry=REGISTRY,
)
# Looking an instrument up by its labels costs more than using it.
_known: dict[tuple[str, str, int], Histogram] = {}


def observe_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count one request and the seconds that it took."""
    key = (route, method, status)
    instrument = _known.get(key)
    if instrument is None:
        shown = NAMED_STATUS.get(status, f"{status // 100}xx")
        instrument = _known[key] = REQUESTS.labels(route, method, shown)
    instrument.observe(seconds)


def registries() -> Iterable[CollectorRegistry]:
    """What there is to read: all processes of this server added up, or this one alone."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return [REGISTRY]
    together = CollectorRegistry()
    MultiProcessCollector(together, folder)
    return [together]


def described() -> list[Metric]:
    """Every instrument with its name and its sentence, also before anything was counted."""
    return list(REGISTRY.collect())
