"""The process that makes a file: how it ends, and that it ends with its reader."""

import errno
import os
import signal
import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.db import connection

from deals.api import exports
from deals.exports import beside, files, slots
from deals.exports.columns import DEALS, Column
from deals.exports.forms import FORMS, Shape
from deals.exports.wire import MAGIC, Job
from deals.flows.scope import resolve
from tests.exports.programs import EVERY, gone, lines
from tests.factories import make_deals


def too_long(*_):
    raise TimeoutError


def test_columns_that_the_program_does_not_understand_make_no_file():
    said = Job("csv", (DEALS[0], Column("new", "sound", "", path="song")))
    with beside.Maker() as maker, pytest.raises(beside.MakerEnded, match=r"ended with 1"):
        list(maker.made(said, iter([lines(2)])))


def test_whoever_starts_it_still_hears_what_it_is_told():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with beside.Maker():
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_server_that_is_told_to_end_finishes_its_files(told):
    def texts():
        yield lines(1000)
        os.kill(maker.pid, told)
        yield lines(2)

    with beside.Maker() as maker:
        # Also one that has only just begun.
        os.kill(maker.pid, told)
        made = maker.made(Job("csv", DEALS), texts())
        first = next(made)
        assert sum(rows for _, rows in (first, *made)) == 1000


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_program_that_is_killed_ends_the_file_without_its_end(form, started):
    """As when the kernel takes its memory: the reader is cut off, and the place comes back."""
    make_deals([{"notes": "x" * 20_000} for _ in range(60)])
    for _ in range(slots.AT_ONCE + 1):
        response = exports._file(form, EVERY, resolve(EVERY), files.EVERY_DEAL, Shape())
        pieces = iter(response.streaming_content)
        got = next(pieces)
        os.kill(started[-1].pid, signal.SIGKILL)
        with pytest.raises(beside.MakerEnded, match="-9"):
            got += b"".join(pieces)
        response.close()
        assert got.startswith(MAGIC if form == "parquet" else b"id,")
        assert b"#end" not in got
        assert not got[len(MAGIC) :].endswith(MAGIC)
        assert gone(started[-1].pid)
        assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_a_workbook_whose_program_is_killed_is_refused_since_nothing_was_sent(
    client, monkeypatch, caplog, settings, tmp_path
):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    make_deals([{}])

    def told(maker, text, poll):
        os.kill(maker.pid, signal.SIGKILL)
        return said(maker, text, poll)

    said = beside.Maker._say
    monkeypatch.setattr(beside.Maker, "_say", told)
    for _ in range(slots.AT_ONCE + 1):
        response = client.get("/api/v1/exports/deals.xlsx")
        assert (response.status_code, response["Retry-After"]) == (503, "10")
        assert response.json()["detail"].startswith("This file could not be made at the moment;")
    assert "ended with -9" in caplog.text
    assert not connection.in_atomic_block


def test_a_program_that_dies_after_the_last_document_has_not_made_the_file():
    def texts():
        yield lines(1000)
        os.kill(maker.pid, signal.SIGKILL)

    with beside.Maker() as maker, pytest.raises(beside.MakerEnded, match="-9"):
        list(maker.made(Job("csv", DEALS), texts()))


def test_documents_that_cannot_be_read_end_it_and_say_so_in_the_log(capfd):
    with beside.Maker() as maker, pytest.raises(beside.MakerEnded, match=r"ended with 1"):
        list(maker.made(Job("csv", DEALS), iter([b'{"id": nonsense}\n'])))
    assert "JSON parse error" in capfd.readouterr().err


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_it_ends_when_the_reader_goes_away(form, started):
    make_deals([{"notes": "x" * 20_000} for _ in range(60)])
    pieces = files.stream(form, EVERY, resolve(EVERY), shape=Shape())
    with closing(pieces):
        assert list(islice(pieces, 1))
        # However busy it is, it does not go on to the end of what it has.
        os.kill(started[0].pid, signal.SIGSTOP)
        before = signal.signal(signal.SIGALRM, too_long)
        signal.alarm(20)
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
    assert gone(started[0].pid)
    assert not connection.in_atomic_block


IDLE = "maker = Maker()"
# Writes until the other pipe is full, of which nobody reads.
BLOCKED = """
import fcntl, os, struct, termios
from deals.exports.columns import DEALS
from deals.exports.wire import Job
from tests.exports.programs import lines
maker, text = Maker(), lines(1000)
os.set_blocking(maker._to, False)
left = memoryview(Job("csv", DEALS).line())
while struct.unpack("i", fcntl.ioctl(maker._from, termios.FIONREAD, bytes(4)))[0] < 60_000:
    left = left[maker._written(left):] or memoryview(text)
"""


@pytest.mark.parametrize("does", [IDLE, BLOCKED], ids=["idle", "blocked"])
def test_it_ends_when_its_web_process_is_killed(does, tmp_path):
    script = tmp_path / "asks.py"
    script.write_text(
        f"import time\nfrom deals.exports.beside import Maker\n{does}\n"
        "print(maker.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(files.__file__).parents[2])},
    ) as asks:
        pid = int(asks.stdout.readline())
        asks.kill()
    begun = monotonic()
    while Path(f"/proc/{pid}/stat").exists() and monotonic() - begun < 10:
        # Where nobody asks about processes that have ended, one stays as a name.
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            break
        sleep(0.05)
    else:
        assert not Path(f"/proc/{pid}").exists()


@pytest.mark.django_db(transaction=True)
def test_a_system_without_room_for_it_says_so_before_anything_is_sent(client, monkeypatch, caplog):
    def full(*_args, **_more):
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    make_deals([{}])
    monkeypatch.setattr(beside.subprocess, "Popen", full)
    for form in [*FORMS] * slots.AT_ONCE:
        response = client.get(f"/api/v1/exports/participations.{form}")
        assert (response.status_code, response["Retry-After"]) == (503, "10")
        assert response["Content-Type"] == "application/problem+json"
        said = "This file could not be made at the moment; please try again in a moment."
        assert response.json()["detail"] == said
        response.close()
    assert "Resource temporarily unavailable" in caplog.text
    # What is sent as it is stored needs none of it, and has its place.
    assert b"".join(client.get("/api/v1/exports/deals.jsonl").streaming_content)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_that_nobody_begins_to_read_leaves_no_program_and_keeps_no_place(form, started):
    for _ in range(slots.AT_ONCE + 1):
        response = exports._file(form, EVERY, resolve(EVERY), files.EVERY_DEAL, Shape())
        pid = started[-1].pid
        assert Path(f"/proc/{pid}").exists()
        response.close()
        assert gone(pid)
