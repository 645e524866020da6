"""`manage.py mirror` follows a real server through a night of random edits, is killed again and
again on the way, and ends equal."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

import orjson
import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from deals.mirror.copies import Copy
from deals.mirror.parquet import ParquetCopy
from deals.mirror.postgres import PostgresCopy
from deals.rules.digest import digest_of
from tests.mirror.places import SCHEMA, drop_schema
from tests.mirror.walk import Rules, Walker, in_threads
from tests.processes import ROOT
from tests.serving import database_url, serve

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
KILLS, WALKERS = 6, 3


@pytest.fixture
def server(tmp_path: Path, db: None) -> Iterator[str]:
    """The address of a server with two processes on the test's database."""
    with serve(tmp_path) as served:
        yield served.url


def mirror(url: str, into: str, *options: str) -> "subprocess.Popen[str]":
    """The command, as on a machine that has no register."""
    command = [sys.executable, "manage.py", "mirror", url, "--into", into, "--schema", SCHEMA]
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    return subprocess.Popen(
        [*command, *options], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE
    )


@pytest.mark.parametrize("kind", ["postgres", "parquet"])
def test_a_mirror_that_is_killed_again_and_again_ends_equal(
    server: str, kind: str, tmp_path: Path
) -> None:
    drop_schema()
    into = str(tmp_path / "copy") if kind == "parquet" else database_url()
    person, random = get_user_model().objects.create_user("anna"), Random(kind)
    walkers = [Walker(f"{kind}-{number}", person, Rules()) for number in range(WALKERS)]
    night_is_over = threading.Event()
    threads = in_threads([partial(until, night_is_over, walker) for walker in walkers])
    try:
        for _ in range(KILLS):
            following = mirror(server, into, "--follow", "1")
            time.sleep(2 + random.random() * 6)
            assert following.poll() is None, following.communicate()
            following.kill()
            following.communicate()
        end(night_is_over, threads)
        assert all(sum(walker.done.values()) > KILLS for walker in walkers)
        last = mirror(server, into)
        said, _ = last.communicate()
        assert last.returncode == 0, said
        assert f"Copy equals {server} at ledger no." in said.splitlines()[-1]
        assert digests(into, kind) == exported()
    finally:
        # Whoever still walked would write into the database of the next test.
        end(night_is_over, threads)
        drop_schema()


def until(night_is_over: threading.Event, walker: Walker) -> None:
    while not night_is_over.is_set():
        walker.walk(1)


def end(night: threading.Event, threads: list[threading.Thread]) -> None:
    night.set()
    for thread in threads:
        thread.join()


def digests(into: str, kind: str) -> dict[str, int]:
    copy: Copy = ParquetCopy(Path(into)) if kind == "parquet" else PostgresCopy(into, SCHEMA)
    try:
        return copy.digests()
    finally:
        copy.close()


def exported() -> dict[str, int]:
    answer = Client().get("/api/v1/exports/deals.jsonl?kind=all&status=all&ai=all")
    *lines, _mark = b"".join(answer).decode().splitlines()
    return {orjson.loads(line)["id"]: digest_of(line) for line in lines}
