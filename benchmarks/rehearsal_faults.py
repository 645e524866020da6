"""What is done to the system while it serves, one step after the other.

Each step returns facts for the report and raises `Broken` when its promise does not hold.
"""

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import psycopg

from benchmarks.chaos_file import make_file, profile_text
from benchmarks.chaos_rig import wait_until
from benchmarks.rehearsal_load import Load
from benchmarks.rehearsal_stack import Stack, begin
from benchmarks.rehearsal_start import address, ask, caught_up

Facts = dict[str, str]
EVERYBODY = frozenset({"reader", "export", "editor", "partner"})
WRITERS = frozenset({"editor", "partner"})
IMPORT_ROWS = 20_000
PROPOSALS = """SELECT count(*) FROM deals_dealversion
               WHERE state = 'submitted' AND target_name LIKE 'Rehearsal Company %'"""
REMARKS = """SELECT count(*) || ' ' || count(DISTINCT text) FROM deals_comment
             WHERE text LIKE 'Rehearsed remark %'"""
VERSIONS = "SELECT count(*) || ' ' || coalesce(max(id), 0) FROM deals_dealversion"


class Broken(Exception):
    """A promise that did not hold, in one sentence."""


@dataclass(frozen=True, slots=True)
class Step:
    """`may_wait` are those who may be told by a 503 to come again; `may_break` whose connection
    may be cut in the middle of what they were getting."""

    name: str
    act: Callable[[Load], Facts]
    may_wait: frozenset[str] = frozenset()
    may_break: frozenset[str] = frozenset()
    settle: float = field(default=3.0)


def quiet(load: Load) -> Facts:
    time.sleep(10)
    return {"of all transactions on the replica": f"{share_on_replica(load.stack):.0%}"}


def kill_replica(load: Load) -> Facts:
    load.stack["replica"].kill()
    time.sleep(8)
    return {}


def return_replica(load: Load) -> Facts:
    started = begin(load.stack, "replica")
    caught = caught_up(load.stack)
    before = transactions(load.stack, "replica_url")
    used = wait_until(
        lambda: transactions(load.stack, "replica_url") > before + 40, 60, "the replica is used"
    )
    return {
        "starts after": f"{started:.1f} s", "has caught up after": f"{caught:.1f} s",
        "is asked again after": f"{used:.1f} s",
    }  # fmt: skip


def kill_web(load: Load) -> Facts:
    load.stack["web-1"].kill()
    time.sleep(5)
    back = begin(load.stack, "web-1")
    return {"back after": f"{back + answers(load, 'web-1'):.1f} s"}


def roll_by_term(load: Load) -> Facts:
    """As an upgrade goes: one copy ends, the new one answers, then the other."""
    facts = {}
    for name in ("web-1", "web-2"):
        facts[f"{name} ended in"] = f"{end(load.stack, name, signal.SIGTERM):.1f} s"
        begin(load.stack, name)
        answers(load, name)
    return facts


def answers(load: Load, name: str) -> float:
    """A copy of web itself, asked past the proxy as its health check does; seconds until it did."""
    url = f"http://127.0.0.1:{load.stack.ports[name]}/healthz"

    def well() -> bool:
        try:
            return httpx.get(url, timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    return wait_until(well, 60, f"{name} answers")


def end(stack: Stack, name: str, how: signal.Signals) -> float:
    """Seconds until it had ended of itself, within the grace that the compose file gives it."""
    process = stack[name].running
    assert process is not None
    begun = time.monotonic()
    process.send_signal(how)
    grace = stack.services[name.partition("-")[0]].get("stop_grace_period", "10s")
    process.wait(timeout=seconds(grace))
    return time.monotonic() - begun


def seconds(text: str) -> float:
    """40s, 5m: as the compose file writes a time."""
    return float(text[:-1]) * {"s": 1, "m": 60}[text[-1]]


def kill_worker(load: Load) -> Facts:
    """In the middle of an import; its supervisor starts another one, which goes on."""
    run = send_file(load, "kill", IMPORT_ROWS)
    wait_until(lambda: rows_read(load, run) > 0, 60, "the import has begun")
    load.stack["worker"].kill()
    at = rows_read(load, run)
    begun = time.monotonic()
    begin(load.stack, "worker")
    finish(load, run, IMPORT_ROWS)
    return {
        "killed at row": f"{at:,}",
        "in review, every row accounted for, after": f"{time.monotonic() - begun:.1f} s",
    }


def send_file(load: Load, name: str, rows: int) -> int:
    """The import's number. Told to come again, the partner does."""
    made = make_file(f"rehearsed-{name}", rows, random.Random(name))
    files = {"file": (f"{made.name}.csv", made.data)}
    form = {"profile": profile_text(made.name)}
    with load.client(Authorization=f"Bearer {load.people.key}") as client:
        answer = load.until_good(
            "partner",
            "POST import",
            lambda: client.post("/api/v1/imports/", files=files, data=form),
        )
    if answer is None or answer.status_code not in (200, 202):
        raise Broken(f"The file {name} was not taken.")
    return int(answer.json()["id"])


def rows_read(load: Load, run: int) -> int:
    return int(ask(load.stack, f"SELECT rows_read FROM deals_importrun WHERE id = {run}"))


def finish(load: Load, run: int, rows: int, within: float = 300) -> None:
    state = f"SELECT state FROM deals_importrun WHERE id = {run}"
    ended = ("review", "failed", "cancelled", "published")
    wait_until(lambda: ask(load.stack, state) in ended, within, f"import {run} has ended")
    balance = (
        "SELECT state || ' ' || rows_read || ' ' || (rows_read = rows_used + rows_skipped "
        f"+ rows_duplicate + rows_rejected) FROM deals_importrun WHERE id = {run}"
    )
    said, read, even = ask(load.stack, balance).split()
    if (said, even) != ("review", "true") or int(read) < rows:
        raise Broken(f"Import {run} ended as {said} with {read} of {rows} rows.")


def reconnect_pool(load: Load) -> Facts:
    """As after a change of its server: every connection is renewed when its transaction ends."""
    with psycopg.connect(
        address(load.stack, "pool_url"), dbname="pgbouncer", autocommit=True
    ) as at:
        at.execute("RECONNECT")
    time.sleep(3)
    return {}


def restart_pool(load: Load) -> Facts:
    gone = end(load.stack, "pool", signal.SIGINT)
    return {"ended in": f"{gone:.1f} s", "back after": f"{begin(load.stack, 'pool'):.1f} s"}


def restart_broker(load: Load) -> Facts:
    """Killed with what it knew; a file that comes meanwhile is taken, and read afterwards."""
    load.stack["valkey"].kill()
    run = send_file(load, "meanwhile", 200)
    time.sleep(2)
    begin(load.stack, "valkey")
    begun = time.monotonic()
    finish(load, run, 200)
    return {"file taken meanwhile is in review after": f"{time.monotonic() - begun:.1f} s"}


def restart_cache(load: Load) -> Facts:
    load.stack["cache"].kill()
    time.sleep(4)
    return {"back after": f"{begin(load.stack, 'cache'):.1f} s"}


def reload_proxy(load: Load) -> Facts:
    load.stack["proxy"].running.send_signal(signal.SIGHUP)  # type: ignore[union-attr]
    time.sleep(4)
    return {}


def restart_database(load: Load) -> Facts:
    """The primary, told to end at once and started again; the replica follows it."""
    gone = end(load.stack, "db", signal.SIGINT)
    back = begin(load.stack, "db")
    return {
        "ended in": f"{gone:.1f} s", "back after": f"{back:.1f} s",
        "replica has caught up after": f"{caught_up(load.stack):.1f} s",
    }  # fmt: skip


def transactions(stack: Stack, server: str) -> int:
    count = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'investtrack'"
    return int(ask(stack, count, server))


def share_on_replica(stack: Stack, during: float = 5) -> float:
    """Of the transactions of both servers in so many seconds; raises Broken when there are none."""
    before = [transactions(stack, server) for server in ("database_url", "replica_url")]
    time.sleep(during)
    after = [transactions(stack, server) for server in ("database_url", "replica_url")]
    primary, replica = (late - early for early, late in zip(before, after, strict=True))
    if replica < during:
        raise Broken(f"The replica was asked {replica} times in {during:.0f} s.")
    return replica / (primary + replica)


STEPS = [
    Step("a quiet stretch, for comparison", quiet),
    # What is on its way from it cannot be sent on by anybody else.
    Step("kill -9 of the replica", kill_replica, may_break=frozenset({"export"})),
    Step("the replica returns", return_replica),
    # So with a copy of web, and with a form that it was just answering.
    Step("kill -9 of one copy of web", kill_web, WRITERS, frozenset({"export"})),
    Step("rolling restart, one copy after the other (TERM)", roll_by_term),
    Step("kill -9 of a worker in an import", kill_worker),
    Step("PgBouncer: RECONNECT", reconnect_pool),
    Step("PgBouncer restarted", restart_pool, EVERYBODY),
    Step("broker killed with its queue, and back", restart_broker),
    Step("cache killed, and back empty", restart_cache),
    Step("nginx: reload", reload_proxy),
    Step("PostgreSQL restarted", restart_database, EVERYBODY, frozenset({"export"})),
]


def equal_ends(load: Load) -> Facts:
    """After everything: nothing doubled or lost, and the replica has what the primary has."""
    stack = load.stack
    if load.unseen:
        raise Broken("; ".join(load.unseen[:5]))
    handed = int(ask(stack, PROPOSALS))
    if handed - load.proposed not in (0, load.left_open):
        raise Broken(f"{load.proposed} proposals were confirmed, and {handed} are there.")
    remarks, different = ask(stack, REMARKS).split()
    if remarks != different:
        raise Broken(f"{remarks} remarks are there, of which {different} are different.")
    caught_up(stack)
    primary, replica = (ask(stack, VERSIONS, server) for server in ("database_url", "replica_url"))
    if primary != replica:
        raise Broken(f"The replica has {replica} versions and the primary {primary}.")
    return {
        "proposals confirmed, each there once": f"{handed:,}",
        "remarks written and read back, each there once": f"{load.said:,}",
    }
