"""Web through a real PgBouncer that lends connections for one transaction."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import requests

from benchmarks.chaos_rig import Process, listens, wait_until
from benchmarks.ports import free_port
from tests.api.partners import OTHER_ROWS, PROFILE
from tests.api.proposals import body
from tests.processes import PATIENCE, ROOT
from tests.services.pair import Pair, run, running
from tests.serving import serve

pytestmark = pytest.mark.services
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
CLIENTS, ROUNDS, SERVERS = 8, 2, 3
MAKE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from deals.rules.roles import BRING, PROPOSE
from tests.api.partners import make_key
from tests.desk.runs import make_person
from tests.factories import make_deal
for n in range(40):
    make_deal(target=f"Target {n}", investors=[("Fund", "DE")], date="2019-05")
person = make_person("rita", "manager")
session = SessionStore()
session["_auth_user_id"] = str(person.pk)
session["_auth_user_backend"] = "deals.accounts.backends.NameAndPassword"
session["_auth_user_hash"] = person.get_session_auth_hash()
session.create()
write = make_key("partner", "write", PROPOSE.partition(".")[2], BRING.partition(".")[2])
print(write, session.session_key)
"""
READS = (
    "/", "/flows/?investor=europe&target=CN", "/deals/?q=target", "/api/v1/deals/?page_size=100",
    "/api/v1/flows/share/?investor=europe&target=CN", "/api/v1/changes/?after=0",
    "/api/v1/exports/deals.csv", "/api/v1/exports/deals.xlsx", "/status/", "/readyz",
)  # fmt: skip
DESK = ("/desk/", "/desk/review/", "/desk/imports/", "/account/keys/")


@dataclass(frozen=True)
class Site:
    """A web server behind the pool. `direct` is what workers and commands are told."""

    url: str
    pool: str
    direct: dict[str, str]
    key: str
    session: str

    def partner(self) -> requests.Session:
        asking = requests.Session()
        asking.headers["Authorization"] = f"Bearer {self.key}"
        return asking

    def person(self) -> requests.Session:
        asking = requests.Session()
        asking.cookies["sessionid"] = self.session
        return asking


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if PROGRAM is None:
        pytest.skip("PgBouncer is not installed (Debian: apt-get install pgbouncer).")
    var = tmp_path_factory.mktemp("pool")
    with running() as pair:
        port = free_port()
        pooler = pooled(pair, port)
        pooler.start()
        try:
            wait_until(lambda: listens(port), PATIENCE, "PgBouncer listens")
            told = {"VAR_DIR": str(var), "DATABASE_URL": pair.url("primary")}
            key, session = run(os.environ | told, MAKE).split()
            url = f"postgres://postgres@127.0.0.1:{port}/pair"
            with serve(Path(var), threads=8, DATABASE_URL=url, DATABASE_POOLED="true") as served:
                yield Site(served.url, url, dict(os.environ) | told, key, session)
        finally:
            pooler.kill()


def pooled(pair: Pair, port: int) -> Process:
    """PgBouncer with fewer connections than clients, so that each is lent to many."""
    assert PROGRAM is not None
    settings = pair.folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\npair = host={pair.home} port=5433 dbname=pair user=postgres\n"
        "[pgbouncer]\nlisten_addr = 127.0.0.1\nunix_socket_dir =\nauth_type = any\n"
        f"listen_port = {port}\npool_mode = transaction\ndefault_pool_size = {SERVERS}\n"
        "max_client_conn = 200\n"
    )
    popen = {"cwd": "/", **pair.user.popen()}
    return Process("pgbouncer", [PROGRAM, str(settings)], pair.folder, popen=popen)


def test_a_file_is_taken_in_and_a_proposal_approved_through_it(site):
    partner = site.partner()
    taken = partner.post(
        f"{site.url}/api/v1/imports/",
        files={"file": ("rounds.csv", OTHER_ROWS)}, data={"profile": PROFILE}, timeout=60,
    )  # fmt: skip
    assert taken.status_code == 202, taken.text
    said = partner.post(
        f"{site.url}/api/v1/deals/",
        json=body(target={"name": "To be approved", "country": "CN"}), timeout=60,
    )  # fmt: skip
    assert said.status_code == 202, said.text
    person = site.person()
    listed = person.get(f"{site.url}/desk/review/", timeout=60).text
    address = re.search(r'href="(/desk/review/\d+/)[^>]*><bdi>To be approved', listed)
    assert address, listed
    page = person.get(site.url + address[1], timeout=60).text
    sent = {
        "choice": "approve",
        "seen": re.search(r'name="seen" value="([^"]*)"', page)[1],
        "csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)[1],
    }
    done = person.post(f"{site.url}{address[1]}decide/", data=sent, timeout=60)
    assert done.status_code == 200, done.text
    found = requests.get(f"{site.url}/api/v1/deals/?q=To be approved", timeout=60).json()
    assert [deal["target"]["name"] for deal in found["results"]] == ["To be approved"]


def test_readers_partners_and_editors_work_through_it_and_leave_nothing_behind(site):
    with ThreadPoolExecutor(CLIENTS) as pool:
        wrong = [bad for found in pool.map(client_of(site), range(CLIENTS)) for bad in found]
    assert wrong == []
    assert left_behind(site) == [("0", "on", "off", "read committed", 0, 0)] * SERVERS
    locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    with psycopg.connect(site.direct["DATABASE_URL"]) as direct:
        assert direct.execute(locks).fetchone() == (0,)


def client_of(site):
    def work(number: int) -> list[tuple[str, int]]:
        partner, person, wrong = site.partner(), site.person(), []
        for turn in range(ROUNDS):
            for path in READS:
                note(wrong, path, asked(site.url + path), 200)
            for path in DESK:
                answer = person.get(site.url + path, timeout=60)
                note(wrong, path, answer, 200)
                assert "login" not in answer.url
            cut = asked(f"{site.url}/api/v1/exports/deals.jsonl", stream=True)
            next(cut.iter_content(100))
            cut.close()
            proposal = body(target={"name": f"Pooled {number} {turn}", "country": "CN"})
            said = partner.post(f"{site.url}/api/v1/deals/", json=proposal, timeout=60)
            note(wrong, "proposal", said, 202)
        return wrong

    return work


def asked(url, **how):
    """The answer, asked for again where as many files as may be made are on their way."""
    for _ in range(400):
        answer = requests.get(url, timeout=60, **how)
        if answer.status_code != 503 or "As many files" not in answer.text:
            break
        time.sleep(0.2)
    return answer


def note(wrong, what, answer, wanted):
    if answer.status_code != wanted:
        wrong.append((what, answer.status_code, answer.text[:200]))


def left_behind(site):
    """What the next client of each server connection finds: one at a time, each held open."""
    found = []
    clients = [psycopg.connect(site.pool, autocommit=True) for _ in range(SERVERS)]
    for client in clients:
        client.execute("BEGIN")
        found.append(
            client.execute(
                "SELECT current_setting('statement_timeout'),"
                " current_setting('synchronous_commit'), current_setting('jit'),"
                " current_setting('transaction_isolation'),"
                " (SELECT count(*)::int FROM pg_prepared_statements),"
                " (SELECT count(*)::int FROM pg_cursors)"
            ).fetchone()
        )
    for client in clients:
        client.execute("ROLLBACK")
        client.close()
    return found


def test_a_question_that_takes_too_long_leaves_its_limit_with_nobody_else(site):
    code = (
        "from django.conf import settings\n"
        "settings.QUESTION_MAX_SECONDS = 0.05\n"
        "from deals.flows.answer import one_statement\n"
        "from django.db import OperationalError\n"
        "try:\n    one_statement('SELECT pg_sleep(5)', {})\n"
        "except OperationalError as error:\n    print(error)"
    )
    said = run(site.direct | {"DATABASE_URL": site.pool, "DATABASE_POOLED": "true"}, code)
    assert "statement timeout" in said
    assert {row[0] for row in left_behind(site)} == {"0"}


@pytest.mark.parametrize("pooled", ["true", "false"])
def test_a_command_that_holds_a_lock_refuses_it_also_where_nobody_said_that_it_is_there(
    site, pooled, tmp_path
):
    (tmp_path / "rounds.csv").write_bytes(OTHER_ROWS)
    (tmp_path / "profile.toml").write_text(PROFILE)
    told = site.direct | {"DATABASE_URL": site.pool, "DATABASE_POOLED": pooled}
    for command in (["import_feed", "rounds.csv", "--profile", "profile.toml"], ["migrate"]):
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", *command],
            cwd=tmp_path, env=told, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 1, done.stdout
        assert "This needs a connection to PostgreSQL itself" in done.stderr
        assert "Traceback" not in done.stderr
