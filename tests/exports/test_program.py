"""The program that makes a file: what it knows, and that it makes what it is told."""

import io
import os
import subprocess
import sys
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from deals.exports import beside, files
from deals.exports.columns import DEALS, DECIMAL, PARTICIPATIONS, TABLES, Column
from deals.exports.forms import FORMS, Shape
from deals.exports.wire import Job
from deals.flows.scope import resolve
from tests.exports.programs import EVERY, lines
from tests.factories import make_deals

JOBS = [(form, table) for form in FORMS for table in ("deals", "participations")]
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


PUT_ASIDE = """
import sys
from pathlib import Path
from deals.exports import program
from deals.exports.columns import DEALS
from deals.exports.wire import Job
job = Job("xlsx", DEALS, title="Rows", counted="Rows", folder=sys.argv[1])
seen = set()
sys.addaudithook(lambda what, told: what == "tempfile.mkstemp" and seen.add(Path(told[0]).parent))
assert b"".join(piece for piece, _ in program.pieces(job, iter([sys.argv[2].encode()])))
print(*seen)
"""


def job(form, table, folder):
    return Job(form, TABLES[table], title="Rows", counted="Rows", folder=str(folder))


@contextmanager
def at_work(form):
    """A program that has given some of a file, and still waits for more documents."""
    many = lines(1000)
    with beside.Maker() as maker:
        made = maker.made(Job(form, DEALS), repeat(many))
        assert next(made)
        yield maker


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


def test_a_workbook_speaks_the_language_that_it_is_given(tmp_path):
    said = Job("xlsx", DEALS, words={"About": "Über"}, title="Zeilen", folder=str(tmp_path))
    with beside.Maker() as maker:
        file = b"".join(piece for piece, _ in maker.made(said, iter([lines(3)])))
    assert openpyxl.load_workbook(io.BytesIO(file)).sheetnames == ["Über", "Zeilen"]


def test_it_is_told_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for it")
    with at_work("csv") as maker:
        told = Path(f"/proc/{maker.pid}/environ").read_bytes()
        command = Path(f"/proc/{maker.pid}/cmdline").read_bytes()
        open_files = os.listdir(f"/proc/{maker.pid}/fd")
    names = {entry.partition(b"=")[0].decode() for entry in told.split(b"\0") if entry}
    assert names >= {*beside.SURROUNDINGS}
    assert names <= {*beside.SURROUNDINGS, *beside.HANDED_ON, "LC_CTYPE"}
    assert command.split(b"\0")[1:-1] == [b"-I", str(beside.PROGRAM).encode()]
    assert 0 < len(open_files) <= 3


def test_a_workbook_is_put_aside_where_there_is_room_for_it(tmp_path):
    """The program knows no TMPDIR, and the folder of the system may be full or closed to it."""
    done = subprocess.run(
        [sys.executable, "-c", PUT_ASIDE, str(tmp_path), lines(2).decode()],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split() == [str(tmp_path)]


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
    with at_work("csv") as maker:
        mapped = Path(f"/proc/{maker.pid}/maps").read_text()
        assert "libarrow" in mapped
        assert "pandas" not in mapped
        assert Path(f"/proc/{maker.pid}/oom_score_adj").read_text() == "1000\n"


def test_it_takes_no_thread_for_each_core_of_a_large_machine():
    with at_work("csv") as maker:
        names = [one.read_text() for one in Path(f"/proc/{maker.pid}/task").glob("*/comm")]
    # Its own and two that read ahead; not those that a library keeps for arithmetic.
    assert 1 <= names.count("python\n") <= 3
