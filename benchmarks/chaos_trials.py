"""The trials of the chaos run: what is killed, when, and what is measured."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import connection

from benchmarks.chaos_file import Made, make_file
from benchmarks.chaos_partner import Partner
from benchmarks.chaos_rig import RigError, children, kill
from benchmarks.chaos_trial import AFTER_BROKER, AFTER_KILLS, PATIENCE, Brought, Chaos, Trial
from benchmarks.chaos_watch import Seen
from benchmarks.chaos_worker import POISON
from deals import tasks
from deals.models import ImportRun

# Seconds after which nobody waits any more; that something was not done is then a fault.
STUCK = 300.0


def workers(chaos: Chaos, rows: int, kills: int) -> Trial:
    """Kill the pool process, the worker, both or all workers, until an import ends all the same.

    With too few kills in one import there is another one.
    """
    trial, brought, size = Trial("workers killed"), [], rows
    # So that hundreds of kills do not take hours.
    chaos.sweep_every(1)
    done, phases = Counter[str](), Counter[str]()
    last = time.monotonic()
    while done.total() < kills:
        before = done.total()
        brought.append(chaos.bring(f"W{len(brought)}", "Chaos workers", size, tasks.ring))
        for seen in moments(chaos, brought[-1][0]):
            done[kill_a_worker(chaos, seen)] += 1
            phases[seen.phase] += 1
            say(done.total(), kills, seen)
            last = time.monotonic()
        chaos.watch.until_done(STUCK)
        size = enough(size, took=done.total() - before, left=kills - done.total(), most=rows)
    chaos.sweep_every(10)
    trial.limit("seconds from the last kill to the end", time.monotonic() - last, AFTER_KILLS)
    trial.facts |= {"kills": done.total(), "of": dict(done), "in": dict(phases)}
    trial.facts |= {"imports": len(brought), "rows": sum(made.rows for _, made in brought)}
    return chaos.check(trial, brought)


def enough(size: int, *, took: int, left: int, most: int) -> int:
    """Rows of the next file, where one of `size` took so many kills: no hundreds more than wanted,
    since each costs the start of a worker."""
    return max(min(2 * size * left // max(took, 1), most), most // 100)


def moments(chaos: Chaos, run_id: int) -> Iterator[Seen]:
    """Random moments at which a worker works on the import, until it ends."""
    begun = time.monotonic()
    while True:
        chaos.rig.revive()
        try:
            if chaos.watch.at_work(run_id):
                chaos.pause()
                if seen := chaos.watch.at_work(run_id):
                    yield seen
            elif chaos.watch.look(run_id).state not in ("queued", "running"):
                return
        except psycopg.OperationalError:
            pass
        if time.monotonic() - begun > PATIENCE:
            raise RigError(f"Import {run_id} did not end: {chaos.watch.look(run_id)}")
        # Looking costs a processor, too.
        time.sleep(0.1)


def say(done: int, kills: int, seen: Seen) -> None:
    if done % 25 == 0:
        print(f"  {done} of {kills} kills, {seen.phase}", flush=True)


def kill_a_worker(chaos: Chaos, seen: Seen) -> str:
    """SIGKILL; which kind of process it hit."""
    assert seen.worker is not None
    what = chaos.chance.choice(("pool process", "worker", "both", "all workers"))
    busy = next(w for w in chaos.rig.workers if w.alive() and seen.worker in children(w.pid))
    if what == "pool process":
        kill(seen.worker)
    elif what == "all workers":
        for worker in chaos.rig.workers:
            worker.kill()
    else:
        busy.kill(whole=what == "both")
    chaos.rig.revive()
    return what


def plain(chaos: Chaos, files: int, rows: int) -> Trial:
    """Nothing is killed."""
    trial = Trial("nothing killed")
    brought = _several(chaos, "N", files, rows, tasks.ring)
    trial.limit("seconds to the end", chaos.watch.until_done(STUCK), AFTER_KILLS)
    return chaos.check(trial, brought)


def broker_lost(chaos: Chaos, files: int, rows: int) -> Trial:
    """Kill the broker with all messages in it, before anybody has heard them."""
    trial = Trial("broker killed with its queue")
    for worker in chaos.rig.workers:
        worker.kill()
    brought = _several(chaos, "L", files, rows, tasks.ring)
    chaos.rig.broker.kill()
    chaos.rig.broker.start()
    trial.facts |= {"imports that wait": chaos.watch.waiting()}
    _take_up(chaos, trial)
    return chaos.check(trial, brought, derived=False)


def broker_down(chaos: Chaos, files: int, rows: int) -> Trial:
    """A partner sends files while nobody takes messages."""
    trial = Trial("broker down while files are sent")
    with Partner(chaos.rig) as partner:
        chaos.rig.broker.kill()
        made = [make_file(f"D{number}", rows, chaos.chance) for number in range(files)]
        answers = [partner.send(one, f"Chaos D {at % 4}") for at, one in enumerate(made)]
    trial.limit("seconds for the slowest answer", max(a.seconds for a in answers), 10.0)
    if taken := Counter(answer.status for answer in answers) - Counter({202: files}):
        trial.faults.append(f"Files were answered with {dict(taken)}.")
    brought = [(answer.run, one) for answer, one in zip(answers, made, strict=True) if answer.run]
    waiting = ImportRun.objects.filter(pk__in=[pk for pk, _ in brought], state="queued").count()
    trial.facts["files that wait"] = waiting
    if waiting != files:
        trial.faults.append(f"{waiting} of {files} files wait to be imported.")
    chaos.rig.broker.start()
    _take_up(chaos, trial)
    return chaos.check(trial, brought, derived=False)


def _take_up(chaos: Chaos, trial: Trial) -> None:
    chaos.rig.revive()
    before = chaos.watch.processor()
    trial.limit("seconds from its return to the end", chaos.watch.until_done(STUCK), AFTER_BROKER)
    # Wall time has in it what else the machine had to do.
    spent = chaos.watch.processor() - before
    trial.facts["of a processor, by database and workers"] = round(spent, 1)


def _several(
    chaos: Chaos, letter: str, files: int, rows: int, ring: Callable[[int], object]
) -> Brought:
    """Files of four suppliers, since those of one are published one after the other."""
    return [
        chaos.bring(f"{letter}{number}", f"Chaos {letter} {number % 4}", rows, ring)
        for number in range(files)
    ]


def doubled(chaos: Chaos, files: int, rows: int) -> Trial:
    """Send every message twice at the same instant, and both again while the first are heard."""
    trial = Trial("every message doubled")
    with ThreadPoolExecutor(4) as pool:

        def ring(run_id: int) -> None:
            for _ in pool.map(tasks.ring, [run_id] * 4):
                pass

        begun = time.monotonic()
        brought = _several(chaos, "B", files, rows, ring)
        times = 4 * len(brought)
        while chaos.watch.waiting() and time.monotonic() - begun < STUCK:
            chaos.pause()
            for run_id, _ in brought:
                ring(run_id)
                times += 4
            chaos.rig.revive()
    trial.facts |= {"imports": len(brought), "messages": times}
    trial.facts["seconds to the end"] = round(time.monotonic() - begun, 1)
    return chaos.check(trial, brought, derived=False)


def poison(chaos: Chaos, files: int, rows: int) -> Trial:
    """A file that kills whoever reads it, among good ones; beside the same without it."""
    trial = Trial("poisonous file")
    alone = _timed(chaos, lambda: _several(chaos, "G", files, rows, tasks.ring))
    bad, _ = chaos.bring(POISON, "Chaos poison", rows, tasks.ring)
    beside = _timed(chaos, lambda: _several(chaos, "H", files, rows, tasks.ring))
    trial.limit("seconds that the others were delayed", max(beside[1] - alone[1], 0.0), 10.0)
    chaos.watch.until_done(STUCK)
    connection.close()
    run = ImportRun.objects.get(pk=bad)
    trial.facts |= {"files beside it": files, "it says": run.problem}
    if run.state != "failed" or "after 3 attempts" not in run.problem:
        trial.faults.append(f"The poisonous import is {run.state}: {run.problem or 'no word'}")
    return chaos.check(trial, alone[0] + beside[0], derived=False)


def _timed(chaos: Chaos, bring: Callable[[], Brought]) -> tuple[Brought, float]:
    """The files, and the seconds until all of them were published."""
    brought = bring()
    begun = time.monotonic()
    while not _published(brought) and time.monotonic() - begun < AFTER_BROKER:
        chaos.rig.revive()
        time.sleep(0.1)
    return brought, time.monotonic() - begun


def _published(brought: Iterable[tuple[int, Made]]) -> bool:
    ids = [pk for pk, _ in brought]
    return not ImportRun.objects.filter(pk__in=ids).exclude(state="published").exists()
