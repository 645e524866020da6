"""More than a thousand files, each damaged in some way: taken, or refused in a sentence.

None costs much time or memory, and none leaves anything but what is kept of files.
"""

import gzip
import io
import random
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive
from deals.feeds.refusals import Refused
from deals.feeds.run import prepare

pytestmark = pytest.mark.services
FILES, MOST_SECONDS, MOST_MB = 1_200, 10, 512
# Bytes: how large a file becomes by what breaks it; what is packed in it may be much larger.
LARGE = 60_000
PROFILE = """
name = "Any"
rows = "deal"
[deal]
external_id = "id"
[columns]
target_name = "company"
target_country = "country"
announced_on = "date"
amount = "amount"
currency = "currency"
investors = "investors"
"""
HEADER = "id,company,country,date,amount,currency,investors"
# What is put somewhere into a file, once or very often.
ODD = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b"'", b"\r", b"\r\n\n", b"\x1a", b"\x0c",
    b",", b";;;;", b"\t", b"=cmd|' /C calc'!A0", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xc3",
    "Zürich; 東京".encode("utf-16"), "é".encode("cp1252"), b"1e400", b"-0", b"9" * 5_000, b"NaN",
    b"<!DOCTYPE html><html>", b'{"id": ', b"PK\x03\x04", b"\x1f\x8b\x08", b"%PDF-1.7",
)  # fmt: skip
KEPT = re.compile(r"[0-9a-f]{64}(\.table)?(\.sheet-[0-9a-f]+)?")


def table(chance: random.Random) -> str:
    rows = [
        f"{number},Company {number},{chance.choice(('CN', 'US', 'DE', 'XX', ''))},"
        f"20{chance.randrange(10, 30)}-0{chance.randrange(1, 10)},"
        f"{chance.choice(('5m', '1,5', '', '-3', '1.000.000', '12 Mio'))},USD,Fund {number % 7}"
        for number in range(chance.choice((1, 3, 40, 400)))
    ]
    return "\n".join([HEADER, *rows, ""])


def plain(chance: random.Random) -> bytes:
    codes = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-32")
    return table(chance).encode(chance.choice(codes))


def workbook(chance: random.Random) -> bytes:
    book = Workbook()
    for line in table(chance).splitlines()[:50]:
        book.active.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(chance: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as of:
        for name in chance.choice((["a.csv"], ["a.csv", "b.csv"], ["../../a.csv"], ["a.zip"])):
            of.writestr(name, plain(chance))
    return out.getvalue()


def squeezed(chance: random.Random) -> bytes:
    return gzip.compress(plain(chance) * chance.choice((1, 1, 20)))


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def without_beginning(data: bytes, chance: random.Random) -> bytes:
    return data[chance.randrange(len(data) + 1) :]


def flipped(data: bytes, chance: random.Random) -> bytes:
    bent = bytearray(data)
    for _ in range(chance.choice((1, 10, 200))):
        bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
    return bytes(bent)


def stuffed(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    odd = chance.choice(ODD)
    return data[:at] + odd * chance.choice((1, 1, 3, LARGE // len(odd))) + data[at:]


def shuffled(data: bytes, chance: random.Random) -> bytes:
    size = max(len(data) // 8, 1)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    chance.shuffle(pieces)
    return b"".join(pieces)


def repeated(data: bytes, chance: random.Random) -> bytes:
    return data * max(min(chance.randrange(2, 30), LARGE // len(data)), 1)


MAKE: tuple[Callable[[random.Random], bytes], ...] = (plain, plain, workbook, archive, squeezed)
BREAK = (cut, without_beginning, flipped, stuffed, stuffed, shuffled, repeated)
NAMES = ("a.csv", "a.CSV", "a.xlsx", "a.zip", "a.csv.gz", "a", "a.pdf", "ä\u202e.csv", "a" * 250)


def memory(name: str) -> int:
    """Of this process, in MB: VmRSS, or VmHWM, the most since it was last set back."""
    found = re.search(rf"^{name}:\s+(\d+)", Path("/proc/self/status").read_text(), re.M)
    assert found
    return int(found[1]) // 1024


def test_more_than_a_thousand_damaged_files_are_taken_or_refused_cheaply(tmp_path, settings):
    settings.IMPORTS_DIR = tmp_path
    profile = load_profile(PROFILE)
    taken, said = 0, []
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    for seed in range(FILES):
        chance = random.Random(seed)
        data = chance.choice(MAKE)(chance)
        for _ in range(chance.choice((1, 1, 2, 3))):
            data = chance.choice(BREAK)(data or b"\n", chance)
        begun = time.process_time()
        try:
            done = prepare(receive(chance.choice(NAMES), data), profile)
        except Refused as refusal:
            said.append(str(refusal).strip())
        else:
            counts = done.rows_used, done.rows_skipped, done.rows_duplicate, done.rows_rejected
            assert done.rows_read == sum(counts), seed
            taken += 1
        assert time.process_time() - begun < MOST_SECONDS, seed
    assert memory("VmHWM") - before < MOST_MB
    assert taken > FILES // 8
    assert len(said) > FILES // 5
    assert all(said)
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert {name for name in left if not KEPT.fullmatch(name)} == set()
