"""The process that makes a file: what it knows, how it ends, and that it ends with its reader."""

import errno
import io
import os
import signal
import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path
from time import monotonic, sleep

import openpyxl
import orjson
import pyarrow.parquet as pq
import pytest
from django.db import connection

from deals.api import exports
from deals.exports import beside, files, slots
from deals.exports.columns import DEALS, DECIMAL, PARTICIPATIONS, TABLES, Column
from deals.exports.forms import FORMS, Shape
from deals.exports.wire import MAGIC, Job
from deals.flows.query import ALL, FlowQuery
from deals.flows.scope import resolve
from tests.exports.plain import document
from tests.factories import make_deals

EVERY = FlowQuery(kind=(ALL,), status=(ALL,), ai=(ALL,))
JOBS = [(form, table) for form in FORMS for table in ("deals", "participations")]
INVESTOR = {
    "id": None, "name": "Fund", "country": "DE", "country_basis": "stated",
    "ultimate_countries": [], "ultimate_basis": "evidence", "state_linked": False, "lead": None,
    "contribution": None, "stake_percent": None,
}  # fmt: skip
ASKED = """
import sys
from types import SimpleNamespace
from deals.exports import files
from deals.exports.source import Lines
files.documents = lambda *_: (Lines(1, text.encode()) for text in sys.argv[1:])
for form in ("csv", "jsonl"):
    made = b"".join(files.stream(form, None, SimpleNamespace(change_seq=1)))
    print(made.count(b"Horizon"))
print(*sorted({"pyarrow", "numpy", "pandas"} & sys.modules.keys()))
"""
LOADED = """
import sys
sys.argv = ["program"]
from deals.exports import program, parquet, table_csv, workbook
rooms = {one.partition(".")[0] for one in sys.modules}
print(*sorted({"django", "psycopg", "investtrack"} & rooms))
"""


def lines(count):
    some = (document(version=n, notes=f"n {n}" * n, investors=[INVESTOR]) for n in range(1, count))
    return b"".join(orjson.dumps(one) + b"\n" for one in some)


def job(form, table, folder):
    return Job(form, TABLES[table], title="Rows", counted="Rows", folder=str(folder))


@pytest.fixture
def started(monkeypatch):
    """The programs that were started, as they are."""
    found = []

    class Noted(beside.Maker):
        def __init__(self):
            super().__init__()
            found.append(self)

    monkeypatch.setattr(beside, "Maker", Noted)
    return found


def too_long(*_):
    raise TimeoutError


def gone(pid):
    """Whether a process has ended and nobody has to ask about it any more."""
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return True
        sleep(0.05)
    return False


@pytest.mark.parametrize(("form", "table"), JOBS)
def test_bytes_are_the_same_however_documents_arrive(form, table, tmp_path):
    text = lines(300)
    found = []
    for step in (len(text), 70_001):
        parts = (text[at : at + step] for at in range(0, len(text), step))
        with beside.Maker() as maker:
            made = list(maker.made(job(form, table, tmp_path), parts))
        assert sum(rows for _, rows in made) == 299
        found.append(b"".join(piece for piece, _ in made))
    assert found[0] == found[1]
    assert len(found[0]) > 1000


def test_what_is_said_to_it_survives_the_way():
    about = (("Question", "“?”"), ("", "\n"))
    job = Job("xlsx", PARTICIPATIONS, {"a": "b"}, about, "Rows", "Deals", {"x": "y"}, "/")
    assert Job.of(job.line()) == job
    assert job.line().count(b"\n") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_rows_are_of_the_columns_that_web_knows_whatever_lies_on_the_disk(form, monkeypatch):
    """A program is read from the disk for each file, where an upgrade may have changed columns."""
    named = {column.name: column for column in DEALS}
    older = (named["status"], Column("before", DECIMAL, "", path="amount.low"), named["id"])
    monkeypatch.setitem(TABLES, "deals", older)
    deal = make_deals([{"status": "completed", "amount": "5"}])[0].deal
    found = b"".join(files.stream(form, EVERY, resolve(EVERY), shape=Shape(mark=False)))
    if form == "csv":
        assert found.decode() == f"status,before,id\r\ncompleted,5.00,{deal.public_id}\r\n"
    else:
        assert pq.read_table(io.BytesIO(found)).column_names == ["status", "before", "id"]


def test_columns_that_the_program_does_not_understand_make_no_file():
    said = Job("csv", (DEALS[0], Column("new", "sound", "", path="song")))
    with beside.Maker() as maker, pytest.raises(beside.MakerEnded, match=r"ended with 1"):
        list(maker.made(said, iter([lines(2)])))


def test_a_workbook_speaks_the_language_that_it_is_given(tmp_path):
    said = Job("xlsx", DEALS, words={"About": "Über"}, title="Zeilen", folder=str(tmp_path))
    with beside.Maker() as maker:
        file = b"".join(piece for piece, _ in maker.made(said, iter([lines(3)])))
    assert openpyxl.load_workbook(io.BytesIO(file)).sheetnames == ["Über", "Zeilen"]


def test_whoever_starts_it_still_hears_what_it_is_told():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with beside.Maker():
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_it_is_told_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for it")
    with beside.Maker() as maker:
        list(maker.made(Job("csv", DEALS), iter([lines(2)])))
        told = Path(f"/proc/{maker.pid}/environ").read_bytes()
        command = Path(f"/proc/{maker.pid}/cmdline").read_bytes()
        open_files = os.listdir(f"/proc/{maker.pid}/fd")
    names = {entry.partition(b"=")[0].decode() for entry in told.split(b"\0") if entry}
    assert names <= {*beside.SURROUNDINGS, *beside.HANDED_ON, "LC_CTYPE"}
    assert command.split(b"\0")[1:-1] == [b"-I", str(beside.PROGRAM).encode()]
    assert len(open_files) <= 3


@pytest.mark.parametrize(("script", "said"), [(ASKED, ["1", "1", ""]), (LOADED, [""])])
def test_neither_process_loads_what_is_the_others(script, said):
    """The one that asks no Arrow, also after a file; the one that makes it no Django."""
    setup = "import django; django.setup()" if script is ASKED else ""
    done = subprocess.run(
        [sys.executable, "-c", setup + script, lines(2).decode()],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "investtrack.settings"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == said


def test_it_starts_without_pandas_and_is_the_first_to_go_where_memory_is_short():
    with beside.Maker() as maker:
        made = maker.made(Job("csv", DEALS), iter([lines(4), lines(2)]))
        assert next(made)
        assert "pandas" not in Path(f"/proc/{maker.pid}/maps").read_text()
        assert Path(f"/proc/{maker.pid}/oom_score_adj").read_text() == "1000\n"


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
        signal.signal(signal.SIGALRM, too_long)
        signal.alarm(20)
    signal.alarm(0)
    assert gone(started[0].pid)
    assert not connection.in_atomic_block


def test_it_ends_when_its_web_process_is_killed(tmp_path):
    script = tmp_path / "asks.py"
    script.write_text(
        "import time\nfrom deals.exports.beside import Maker\n"
        "maker = Maker()\nprint(maker.pid, flush=True)\ntime.sleep(60)\n"
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
