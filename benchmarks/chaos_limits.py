"""Trials in which nothing is killed: memory or room runs out, answers are lost, clocks are two."""

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.utils import timezone

from benchmarks.chaos_cutter import Cutter
from benchmarks.chaos_file import Made, make_file, profile_text
from benchmarks.chaos_pages import Pages
from benchmarks.chaos_partner import Partner
from benchmarks.chaos_rig import Process, RigError, children, wait_until
from benchmarks.chaos_trial import AFTER_BROKER, Chaos, Trial
from benchmarks.chaos_worker import HUNGRY
from deals import tasks
from deals.feeds import queue
from deals.feeds.profile_toml import load_profile
from deals.models import DealVersion, Feed, FeedSchedule, FeedSlot, ImportRun

MB = 1024 * 1024
# Tables that an import makes larger, once there is no free place in them.
GROWING = ("deals_dealversion", "deals_dealdocument", "deals_participation", "deals_citation")
LARGEST = """
SELECT max(pg_relation_size(t::regclass)) FROM unnest(%s::text[]) AS t
"""
OFTEN = 0.3


def memory(chaos: Chaos, rows: int) -> Trial:
    """A file for which there is not enough memory, and one beside it."""
    trial = Trial("memory runs out")
    bad, _ = chaos.bring(HUNGRY, "Chaos hungry", rows, tasks.ring)
    good = chaos.bring("M0", "Chaos memory", rows, tasks.ring)
    trial.limit("seconds to the end", chaos.watch.until_done(300), AFTER_BROKER)
    run = ImportRun.objects.get(pk=bad)
    trial.facts["it says"] = run.problem
    wanted = "Stopped after row 0 after 3 attempts. There was not enough memory."
    if (run.state, run.problem) != ("failed", wanted):
        trial.faults.append(f"The hungry import is {run.state}: {run.problem or 'no word'}")
    return chaos.check(trial, [good], derived=False)


def answers_lost(chaos: Chaos, rows: int, proposals: int) -> Trial:
    """Workers and web ask the database through a proxy that swallows answers to COMMIT.

    An import has to go on behind what was committed, and a partner who sends everything again
    under the same key has to have had one effect.
    """
    trial = Trial("answers to COMMIT lost")
    chaos.sweep_every(1)
    with Cutter(chaos.rig.ports["postgres"], chaos.chance, OFTEN) as cutter:
        with _asking(chaos, cutter.port, chaos.rig.workers):
            brought = [chaos.bring("A0", "Chaos answers", rows, tasks.ring)]
            begun = time.monotonic()
            trial.facts["times it was tried again by a person"] = _insist(chaos, brought[0][0])
            trial.limit("seconds to the end", time.monotonic() - begun, 600)
            trial.facts["answers that an import lost"] = cutter.cuts
        cutter.cuts = 0
        with _asking(chaos, cutter.port, [chaos.rig.web]), Partner(chaos.rig) as partner:
            before = DealVersion.objects.filter(import_run__isnull=True).count()
            statuses = Counter[int]()
            for number in range(proposals):
                _propose(partner, number, statuses)
        trial.facts["answers that proposals lost"] = cutter.cuts
    trial.facts["what the partner was told"] = dict(statuses)
    made = DealVersion.objects.filter(import_run__isnull=True).count() - before
    trial.facts["proposals"] = made
    if made != proposals:
        trial.faults.append(f"{proposals} deals were proposed, and {made} are there.")
    if odd := set(statuses) - {0, 202, 409, 503}:
        trial.faults.append(f"A proposal was answered with {sorted(odd)}.")
    if not trial.facts["answers that an import lost"] or not cutter.cuts:
        trial.faults.append("No answer was lost, so nothing was shown.")
    chaos.sweep_every(10)
    return chaos.check(trial, brought)


def _insist(chaos: Chaos, run: int) -> int:
    """Wait for an import, and press *Retry* when it was given up: an answer may be lost three times
    at one step that changes nothing. How often that was."""
    times = 0
    chaos.watch.until_done(600)
    while chaos.watch.look(run).state == "failed" and times < 10:
        times += 1
        queue.retry(run, ring=tasks.ring)
        chaos.watch.until_done(600)
    return times


def _propose(partner: Partner, number: int, statuses: Counter[int]) -> None:
    for _ in range(60):
        status = partner.propose(number)
        statuses[status] += 1
        if status == 202:
            return
        time.sleep(0.05)
    raise RigError(f"Proposal {number} was never taken: {dict(statuses)}")


@contextmanager
def _asking(chaos: Chaos, port: int, processes: list[Process]) -> Iterator[None]:
    """These processes reach the database by another port until the end of the block."""
    own = f":{chaos.rig.ports['postgres']}/"
    ran = [process.alive() for process in processes]

    def move(old: str, new: str) -> None:
        for process in processes:
            process.kill()
            url = process.environment["DATABASE_URL"].replace(old, new)
            process.environment["DATABASE_URL"] = url
        if all(ran):
            chaos.rig.revive()

    move(own, f":{port}/")
    try:
        yield
    finally:
        move(f":{port}/", own)


def disk_full(chaos: Chaos, rows: int) -> Trial:
    """No room for an upload, and then none for the tables, while pages are read; then room again.

    The limit is that of the size of a file, which the system tells of as it does of a full disk.
    """
    trial = Trial("disk full")
    made = make_file("F0", rows, chaos.chance)
    with Pages(chaos.rig) as pages, Partner(chaos.rig, started=True) as partner:
        with _no_room(chaos.rig.web, len(made.data) // 2):
            refused = partner.send(made, "Chaos full")
        trial.facts["an upload without room"] = f"{refused.status}: {_sentence(refused.said)}"
        if refused.status in (202, 500) or "cannot be kept" not in refused.said:
            trial.faults.append(f"The upload was answered {refused.status}: {refused.said[:200]}")
        for worker in chaos.rig.workers:
            worker.kill()
        run = partner.send(made, "Chaos full").run
        largest = _without_gaps(chaos)
        with _no_room(chaos.rig.postgres, max(largest + 16 * 1024, MB)):
            chaos.rig.revive()
            wait_until(lambda: _failed(chaos, run), 300, "the import that finds no room fails")
            trial.facts["it says"] = ImportRun.objects.get(pk=run).problem
        queue.retry(run, ring=tasks.ring)
        trial.limit("seconds from room to the end", chaos.watch.until_done(300), AFTER_BROKER)
    if set(pages.statuses) != {200}:
        trial.faults.append(f"Pages were answered {dict(pages.statuses)} meanwhile.")
    trial.faults += pages.faults
    trial.facts["pages read meanwhile"] = pages.statuses.total()
    return chaos.check(trial, [(run, made)], derived=False)


def _without_gaps(chaos: Chaos) -> int:
    """Leave no place in the tables that what was taken back before has freed; the largest size."""
    with chaos.rig.connect() as connection:
        for table in GROWING:
            connection.execute(f"VACUUM (FULL) {table}")
        return int(connection.execute(LARGEST, [list(GROWING)]).fetchone()[0])


def _failed(chaos: Chaos, run: int) -> bool:
    chaos.rig.revive()
    return chaos.watch.look(run).state == "failed"


def _sentence(said: str) -> str:
    at = said.find("cannot be kept")
    return said[max(at - 20, 0) : at + 60] if at >= 0 else said[:80]


@contextmanager
def _no_room(process: Process, size: int) -> Iterator[None]:
    """Neither the process nor its children may make a file larger than so many bytes."""

    def limit(most: str) -> None:
        # By the one whose process it is: not even root may everywhere.
        for pid in (process.pid, *children(process.pid)):
            command = ["prlimit", f"--pid={pid}", f"--fsize={most}:"]
            subprocess.run(command, capture_output=True, **process.popen)

    limit(str(size))
    try:
        yield
    finally:
        limit("unlimited")


def schedulers(chaos: Chaos, feeds: int, rows: int) -> Trial:
    """Two schedulers at once, of which one after the other is killed: one turn a slot."""
    trial = Trial("two schedulers, and killed ones")
    both = (chaos.rig.scheduler, chaos.rig.another_scheduler("scheduler2"))
    chaos.every(1, tasks.check_feeds.name)
    made = [make_file(f"S{number}", rows, chaos.chance) for number in range(feeds)]
    for one in both:
        _anew(one)
    wait_until(lambda: all(map(_ready, both)), 120, "two schedulers are ready")
    kills, begun = 0, time.monotonic()
    with _files(chaos.rig.ports["files"], made) as asked:
        due = timezone.now() + timedelta(seconds=2)
        ids = [_scheduled(chaos, one, number, due) for number, one in enumerate(made)]
        while FeedSlot.objects.exclude(state__in=("due", "running")).count() < feeds or not kills:
            chaos.pause()
            chaos.rig.revive()
            if all(map(_ready, both)):
                _anew(chaos.chance.choice(both))
                kills += 1
            if time.monotonic() - begun > 300:
                trial.faults.append("After 300 s not every slot had its turn.")
                break
        chaos.watch.until_done(300)
    both[1].kill()
    FeedSchedule.objects.update(active=False)
    chaos.every(60, tasks.check_feeds.name)
    trial.facts |= {"feeds": feeds, "schedulers killed": kills, "requests": asked.total()}
    slots = FeedSlot.objects.filter(schedule__in=ids).count()
    if slots != feeds or set(asked.values()) != {1}:
        trial.faults.append(f"{feeds} slots were due; {slots} are there, asked for {dict(asked)}.")
    return chaos.check(trial, list(_of_slots(trial, made)), derived=False)


def _ready(scheduler: Process) -> bool:
    return scheduler.alive() and Path(scheduler.environment["READY_FILE"]).exists()


def _anew(scheduler: Process) -> None:
    """Kill it if it runs, and start it."""
    scheduler.kill()
    Path(scheduler.environment["READY_FILE"]).unlink(missing_ok=True)
    scheduler.start()


def _scheduled(chaos: Chaos, made: Made, number: int, due: datetime) -> int:
    profile = load_profile(profile_text(f"Chaos S {number}"))
    feed = Feed.objects.create(code=profile.code, name=profile.name, profile=profile.text)
    address = f"http://127.0.0.1:{chaos.rig.ports['files']}/{made.name}.csv"
    schedule = FeedSchedule.objects.create(
        feed=feed, url=address, minutes=24 * 60, first_at=due, publish=True
    )
    return schedule.pk


def _of_slots(trial: Trial, made: list[Made]) -> Iterator[tuple[int, Made]]:
    for number, one in enumerate(made):
        runs = ImportRun.objects.filter(feed__name=f"Chaos S {number}")
        if len(runs) == 1:
            yield runs[0].pk, one
        else:
            trial.faults.append(f"The file {one.name} was imported {len(runs)} times.")


@contextmanager
def _files(port: int, made: list[Made]) -> Iterator[Counter[str]]:
    """Serves the files, and counts how often each was asked for."""
    found, asked = {f"/{one.name}.csv": one.data for one in made}, Counter[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked[self.path] += 1
            self.send_response(200)
            self.send_header("Content-Type", "text/csv")
            self.send_header("Content-Length", str(len(found[self.path])))
            self.end_headers()
            self.wfile.write(found[self.path])

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
