"""A workbook whose XML names files of this machine, or unfolds to gigabytes.

Archives that do: tests/feeds/test_unpack.py. Parts that claim another size: tests/feeds/
test_workbook.py.
"""

import io
import resource
import zipfile

import pytest

from deals.feeds.refusals import Refused
from tests.feeds.test_workbook import ACME, HEAD, table_of, xlsx

PARTS = ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml")
SECRET = "entities-came-through"


def bomb() -> bytes:
    """A billion laughs: each name stands for ten of the one before."""
    names = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)]
    return f'<!DOCTYPE x [<!ENTITY a0 "{"ha" * 20}">{"".join(names)}]>'.encode()


def outside(path) -> bytes:
    return f'<!DOCTYPE x [<!ENTITY a11 SYSTEM "file://{path}">]>'.encode()


def with_entities(part: str, declared: bytes) -> bytes:
    """A workbook one of whose parts declares entities, and uses the last of them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(HEAD, ACME))) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename == part:
                head, close, rest = data.rpartition(b"</")
                start = head.find(b"<", head.find(b"?>") + 1 if b"?>" in head else 0)
                data = head[:start] + declared + head[start:] + b"&a11;" + close + rest
            new.writestr(member, data)
    return out.getvalue()


@pytest.mark.parametrize("part", PARTS)
def test_entities_that_unfold_stay_small(part):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        rows = table_of(with_entities(part, bomb()))
    except Refused:
        rows = []
    assert len(str(rows)) < 10_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize("part", PARTS)
def test_no_entity_reads_a_file_of_this_machine(part, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    try:
        said = str(table_of(with_entities(part, outside(secret))))
    except Refused as refused:
        said = str(refused)
    assert SECRET not in said
