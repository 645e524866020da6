"""Trials in which the database dies, stops, or hangs up, while pages are read."""

import signal
import time
from collections import Counter

from django.db import connection

from benchmarks.chaos_pages import HEALED_SECONDS, SAID_SECONDS, Pages
from benchmarks.chaos_rig import START_SECONDS
from benchmarks.chaos_trial import AFTER_KILLS, Chaos, Trial
from benchmarks.chaos_trials import enough, moments, say
from deals import tasks
from deals.feeds.lease import LOCK_CLASS

# Whoever asks has a session, too, which goes on.
ALL = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type ="
ALL += " 'client backend' AND pid <> pg_backend_pid()"
ONE = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
ONE += " AND classid = %s"
# As `pg_ctl stop` tells it, in the modes of that name.
STOPS = {"stopped at once": signal.SIGQUIT, "restarted": signal.SIGINT}


def database(chaos: Chaos, rows: int, kills: int) -> Trial:
    """Kill PostgreSQL with all its processes until an import ends all the same; pages are read."""
    trial, brought, size = Trial("database killed"), [], rows
    chaos.sweep_every(1)
    starts: list[float] = []
    healed: list[float] = []
    phases = Counter[str]()
    with Pages(chaos.rig) as pages:
        while len(starts) < kills:
            before = len(starts)
            brought.append(chaos.bring(f"P{len(brought)}", "Chaos database", size, tasks.ring))
            for seen in moments(chaos, brought[-1][0]):
                chaos.rig.postgres.kill()
                starts.append(chaos.rig.start_database())
                last = time.monotonic()
                healed.append(pages.healed())
                phases[seen.phase] += 1
                say(len(starts), kills, seen)
            connection.close()
            chaos.watch.until_done(300)
            size = enough(size, took=len(starts) - before, left=kills - len(starts), most=rows)
        trial.limit("seconds from its return to the end", time.monotonic() - last, AFTER_KILLS)
    chaos.sweep_every(10)
    trial.limit("seconds until pages are whole", max(healed), HEALED_SECONDS)
    trial.limit("slowest 503, seconds", pages.slowest.get(503, 0.0), SAID_SECONDS)
    trial.facts["slowest page, seconds"] = round(pages.slowest.get(200, 0.0), 1)
    trial.faults += pages.faults
    trial.facts |= {"kills": len(starts), "in": dict(phases), "imports": len(brought)}
    trial.facts["answers to readers"] = dict(pages.statuses)
    trial.facts["longest recovery of PostgreSQL, seconds"] = round(max(starts), 1)
    return chaos.check(trial, brought)


def sessions(chaos: Chaos, rows: int, kills: int) -> Trial:
    """End sessions of an import, or all of them, or stop the database as an operator does.

    Other than after its death the server is there, or back, before anybody has noticed.
    """
    trial, brought, size = Trial("database sessions ended"), [], rows
    chaos.sweep_every(1)
    done, phases = Counter[str](), Counter[str]()
    healed: list[float] = []
    with Pages(chaos.rig) as pages:
        while done.total() < kills:
            before = done.total()
            brought.append(chaos.bring(f"E{len(brought)}", "Chaos sessions", size, tasks.ring))
            for seen in moments(chaos, brought[-1][0]):
                done[_hang_up(chaos)] += 1
                last = time.monotonic()
                healed.append(pages.healed())
                phases[seen.phase] += 1
                say(done.total(), kills, seen)
            connection.close()
            chaos.watch.until_done(300)
            took, left = done.total() - before, kills - done.total()
            size = enough(size, took=took, left=left, most=rows)
        trial.limit("seconds from the last to the end", time.monotonic() - last, AFTER_KILLS)
    chaos.sweep_every(10)
    trial.limit("seconds until pages are whole", max(healed), HEALED_SECONDS)
    trial.faults += pages.faults
    trial.facts |= {"times": done.total(), "of": dict(done), "in": dict(phases)}
    trial.facts |= {"imports": len(brought), "answers to readers": dict(pages.statuses)}
    return chaos.check(trial, brought)


def _hang_up(chaos: Chaos) -> str:
    """End sessions; whose."""
    what = chaos.chance.choice(("of imports", "all", *STOPS))
    if what in STOPS:
        server = chaos.rig.postgres.running
        assert server is not None
        server.send_signal(STOPS[what])
        server.wait(START_SECONDS)
        chaos.rig.start_database()
    elif what == "all":
        chaos.watch.rows(ALL)
    else:
        chaos.watch.rows(ONE, (LOCK_CLASS,))
    return what
