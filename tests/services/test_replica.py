"""A real replica that is killed, held back and brought back while people read and write."""

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import PATIENCE, wait_until
from tests.services.pair import Pair, run, running
from tests.serving import serve

pytestmark = pytest.mark.services

MAKE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.api.partners import make_key
from tests.desk.runs import make_person
from tests.factories import make_deal
from django.contrib.sessions.backends.db import SessionStore
for n in range(40):
    make_deal(target=f"Target {n}", investors=[("Fund", "DE")], date="2019-05")
editor = make_person("edith", "manager")
session = SessionStore()
session["_auth_user_id"] = str(editor.pk)
session["_auth_user_backend"] = "deals.accounts.backends.NameAndPassword"
session["_auth_user_hash"] = editor.get_session_auth_hash()
session.create()
print(make_key("reader", "read"), make_key("edith", "write"), session.session_key)
"""
ANOTHER = "from tests.factories import make_deal; print(make_deal(target='Late').deal.public_id)"
READS = ("/", "/flows/", "/deals/", "/api/v1/deals/", "/api/v1/changes/?after=0&page_size=5")


@dataclass(frozen=True)
class Site:
    """A web server with a replica, what its processes are told, and who may ask it."""

    pair: Pair
    url: str
    environment: dict[str, str]
    reader: str
    writer: str
    session: str

    def get(self, path: str, *, key: str = "", session: str = "") -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        headers |= {"Cookie": f"sessionid={session}"} if session else {}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self.url + path, headers=headers), timeout=PATIENCE
            ) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def head(self) -> int:
        status, body = self.get("/api/v1/changes/?after=0&page_size=1")
        assert status == 200
        return int(json.loads(body)["head"])

    def told(self) -> dict[str, object]:
        status, body = self.get("/readyz")
        assert status == 200, body
        found: dict[str, object] = json.loads(body)["checks"]["replica"]
        return found

    def settle(self) -> None:
        """Wait until readers are answered by the replica again."""
        wait_until(lambda: self.told()["ok"], 2 * PATIENCE)

    def read_by_replica(self) -> int:
        """Transactions of the replica so far."""
        said = "SELECT xact_commit FROM pg_stat_database WHERE datname = 'pair'"
        return int(self.pair.ask("replica", said))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var = tmp_path_factory.mktemp("replica")
    with running() as pair:
        told = {
            "DATABASE_URL": pair.url("primary"),
            "REPLICA_URL": pair.url("replica"),
            "CACHE_URL": f"file://{var}/cache",
            "VAR_DIR": str(var),
        }
        reader, writer, session = run(os.environ | told, MAKE).split()
        pair.settle()
        with serve(Path(var), threads=4, **told) as served:
            yield Site(pair, served.url, dict(os.environ) | told, reader, writer, session)


def test_readers_and_only_they_are_answered_by_the_replica(site):
    site.settle()
    before = site.read_by_replica()
    for path in (*READS, "/api/v1/exports/deals.csv"):
        assert site.get(path)[0] == 200
        assert site.get(path, key=site.reader)[0] == 200
    # A server notes what was asked of it within a second.
    wait_until(lambda: site.read_by_replica() >= before + 10)
    time.sleep(1.5)
    before, begun = site.read_by_replica(), time.monotonic()
    for _ in range(60):
        assert site.get("/api/v1/deals/", key=site.writer)[0] == 200
    time.sleep(1.5)
    # Both processes may look once a second, and we looked ourselves.
    looks = 2 * (time.monotonic() - begun + 1) + 2
    assert site.read_by_replica() - before < 30 + looks


def test_whoever_writes_reads_it_at_once_while_the_replica_is_held_back(site):
    site.pair.ask("replica", "SELECT pg_wal_replay_pause()")
    try:
        made = run(site.environment, ANOTHER)
        for who in ({"key": site.writer}, {"session": site.session}):
            assert site.get(f"/api/v1/deals/{made}/", **who)[0] == 200
            assert site.get(f"/deals/{made}/", **who)[0] == 200
        assert b"edith" in site.get("/desk/", session=site.session)[1]
    finally:
        site.pair.ask("replica", "SELECT pg_wal_replay_resume()")
    site.pair.settle()


def test_no_reader_sees_the_ledger_go_back(site):
    heads, stop = [], threading.Event()

    def follow() -> None:
        while not stop.is_set():
            heads.append(site.head())

    reader = threading.Thread(target=follow)
    reader.start()
    try:
        wait_until(lambda: heads)
        # Whoever publishes need not know of a replica, as workers do not.
        publisher = {k: v for k, v in site.environment.items() if k != "REPLICA_URL"}
        for _ in range(2):
            site.pair.ask("replica", "SELECT pg_wal_replay_pause()")
            made = run(publisher, ANOTHER)
            # What was just published is there for readers too, although the replica has it not.
            assert site.get(f"/deals/{made}/")[0] == 200
            assert site.get(f"/deals/{made}/", key=site.reader)[0] == 200
            time.sleep(1)
            site.pair.ask("replica", "SELECT pg_wal_replay_resume()")
            time.sleep(0.5)
        wait_until(lambda: heads[-1] == heads[0] + 2)
    finally:
        stop.set()
        reader.join()
    assert heads == sorted(heads)
    assert heads[-1] == heads[0] + 2


def test_a_replica_that_dies_under_load_is_no_error_and_is_found_again(site):
    site.settle()
    wrong, asked, stop = [], [], threading.Event()

    def load(path: str) -> None:
        while not stop.is_set():
            try:
                status, _body = site.get(path)
            except OSError as error:
                status = repr(error)
            asked.append(path)
            if status != 200:
                wrong.append((path, status))

    readers = [threading.Thread(target=load, args=[path]) for path in READS]
    for reader in readers:
        reader.start()
    try:
        several_more(asked)
        site.pair.replica.kill()
        several_more(asked)
        wait_until(lambda: site.told() == {"ok": False, "detail": "It does not answer."})
        several_more(asked)
        site.pair.back("replica")
        site.settle()
        several_more(asked)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert not wrong


def several_more(asked: list[str]) -> None:
    """Wait until so many further answers have come that both processes gave some of them."""
    enough = len(asked) + 40
    wait_until(lambda: len(asked) >= enough)


def test_pages_are_answered_while_the_database_itself_is_away(site):
    site.settle()
    site.pair.primary.kill()
    try:
        for _ in range(3):
            # A process that had just given the replica up asks it again within seconds.
            wait_until(lambda: site.get("/flows/")[0] == 200)
            assert site.get("/desk/", session=site.session)[0] == 503
            time.sleep(1)
    finally:
        site.pair.back("primary")
    wait_until(lambda: site.get("/desk/", session=site.session)[0] == 200)
