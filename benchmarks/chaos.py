"""`make bench-chaos`: kill, cut off or fill up whatever can be, and check the ledger after each.

Real PostgreSQL, Redis or RabbitMQ, Celery workers, schedulers and a web server on loopback, thrown
away at the end, however that comes. BROKERS="redis rabbitmq" are gone through one after the other,
the second only with what a broker can break, and at last the tests that docs/reliability.md names.
QUICK=1 is the short run of `make test-services`; SEED, TRIALS and the names of FULL change it.

Each trial is kept in the report as soon as it has ended, in place of the one before: what is left
of a run that was interrupted can be done with TRIALS. Only trials of full size are kept beside the
code; CHAOS_RESULTS names another folder. Exits with 1 when anything was lost, doubled, late or not
done to its end, and with 2 when there are no servers.
"""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from benchmarks import chaos_docs, chaos_tests
from benchmarks.chaos_brokers import rabbitmq_is_here
from benchmarks.chaos_broom import swept
from benchmarks.chaos_report import write
from benchmarks.chaos_rig import ROOT
from benchmarks.chaos_run import BROKER, DONE, FOLDER, NO_SERVERS
from benchmarks.chaos_sizes import OF_A_BROKER, RESULTS, TESTS, TRIALS, quick, results

Done = list[tuple[str, bool]]


class NoServersError(Exception):
    """PostgreSQL, the broker or the workers did not start; why was said."""


def main() -> int:
    signal.signal(signal.SIGTERM, end)
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    print(f"Chaos, seed {seed}: SEED={seed} make bench-chaos repeats it.", flush=True)
    with swept() as folder:
        try:
            done = [one for broker, codes in asked() for one in run(folder, broker, codes, seed)]
        except NoServersError:
            return NO_SERVERS
    if TESTS in wanted() or not (wanted() or quick()):
        done += chaos_tests.run(seed)
    path = write(results())
    if results() == RESULTS:
        chaos_docs.main()
    wrong = [code for code, is_wrong in done if is_wrong]
    print(f"Went wrong: {', '.join(wrong)}." if wrong else "0 lost, 0 doubled.")
    print(f"Report: {path}", flush=True)
    return 1 if wrong else 0


def end(number: int, _: FrameType | None) -> None:
    """Go the way of an exception, so that nothing is left behind."""
    sys.exit(128 + number)


def wanted() -> list[str]:
    return os.environ.get("TRIALS", "").split()


def asked() -> list[tuple[str, list[str]]]:
    """Brokers, and what is tried with each."""
    default = "redis rabbitmq" if rabbitmq_is_here() else "redis"
    found = []
    for place, broker in enumerate((os.environ.get("BROKERS") or default).split()):
        of_it = OF_A_BROKER if place else TRIALS
        codes = [code for code in wanted() if code != TESTS] if wanted() else list(of_it)
        if place and not os.environ.get("BROKERS"):
            codes = [code for code in codes if code in of_it]
        if codes:
            found.append((broker, codes))
    return found


def run(folder: Path, broker: str, codes: list[str], seed: int) -> Done:
    """Trials with one broker, with new servers after each that did not come to its end.

    Raises NoServersError.
    """
    done: Done = []
    while left := codes[len(done) :]:
        home = folder / f"{broker.partition(':')[0]}-{len(done)}"
        home.mkdir()
        environment = {BROKER: broker, FOLDER: str(home), "SEED": str(seed)}
        ended = subprocess.run(
            [sys.executable, "-m", "benchmarks.chaos_run"],
            cwd=ROOT,
            env={**os.environ, **environment, "TRIALS": " ".join(left)},
        )
        told = home / DONE
        new = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
        if ended.returncode == NO_SERVERS or not new:
            raise NoServersError
        done += [(code, wrong) for code, wrong in new]
    return done


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
