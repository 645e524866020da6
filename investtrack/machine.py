"""Memory and processor of a web server's processes, read where the system tells (Linux)."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from investtrack.metrics_folder import FOLDER


def processes() -> list[int]:
    """This process, or under gunicorn all that answer for the same first process."""
    if not os.environ.get(FOLDER):
        return [os.getpid()]
    parent = os.getppid()
    try:
        told = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    except OSError:
        return [os.getpid()]
    return [int(pid) for pid in told.split()]


def _memory(pid: int) -> int:
    """Bytes without files that are mapped; what it still shares with the process before the fork
    counts, so that all together have it more than once."""
    shared, resident = 0, 0
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmRSS":
            resident = int(value.split()[0])
        elif name in ("RssFile", "RssShmem"):
            shared += int(value.split()[0])
    return (resident - shared) * 1024


def _processor(pid: int) -> float:
    """Seconds of processor time so far, with those of programs beside it that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


class _Machine:
    def collect(self) -> Iterator[Metric]:
        memory, seconds = [], []
        for pid in processes():
            with suppress(OSError, IndexError, ValueError):
                memory.append(_memory(pid))
                seconds.append(_processor(pid))
        yield GaugeMetricFamily(
            "investtrack_web_processes", "Processes that answer here.", value=len(memory)
        )
        sizes = GaugeMetricFamily(
            "investtrack_web_memory_bytes",
            "Memory of these processes without files: the largest of them, and all together.",
            labels=["measure"],
        )
        sizes.add_metric(["largest"], max(memory, default=0))
        sizes.add_metric(["all"], sum(memory))
        yield sizes
        yield CounterMetricFamily(
            "investtrack_web_processor_seconds",
            "Processor time that they have had.",
            value=sum(seconds),
        )


REGISTRY = CollectorRegistry()
REGISTRY.register(_Machine())
