"""Hundreds of malformed tables: each is refused in a sentence, or every row is accounted for."""

import csv
import io
import json
from pathlib import Path

import pytest

from deals.feeds.encoding import find_encoding, open_text
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import Received, receive_path
from deals.feeds.refusals import Refused
from deals.feeds.run import prepare
from deals.feeds.unpack import table_path

FIELDS = ("target_name", "target_country", "announced_on", "amount", "investors")


def profile_for(text: str) -> str:
    """A profile that maps a file's own first columns, whatever they are called."""
    first = io.StringIO(text, newline="")
    header = [cell.strip() for cell in next(csv.reader(first), [])]
    usable = [cell for cell in header if cell and header.count(cell) == 1 and cell.isprintable()]
    columns = "\n".join(
        f"{field} = {json.dumps(cell, ensure_ascii=False)}"
        for field, cell in zip(FIELDS, usable, strict=False)
    )
    key = json.dumps(usable[:1], ensure_ascii=False)
    return (
        f'name = "Any"\nrows = "deal"\ndelimiter = ","\n[deal]\nkey = {key}\n'
        f'[columns]\n{columns}\n[constants]\ncurrency = "EUR"'
    )


def first_of(file: Received) -> str:
    path = table_path(file)
    encoding = find_encoding(path, asked="auto", headers=(), name=file.name)
    with open_text(path, encoding) as stream:
        return stream.read(1_000_000)


def test_no_malformed_table_raises_anything_but_a_refusal(shared_data: Path) -> None:
    folder = shared_data.parent / "badinput"
    if not folder.is_dir():
        pytest.skip("The malformed tables are not beside this checkout.")
    taken = refused = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            file = receive_path(path)
            done = prepare(file, load_profile(profile_for(first_of(file))))
        except Refused:
            refused += 1
        else:
            counts = done.rows_used, done.rows_skipped, done.rows_duplicate, done.rows_rejected
            assert done.rows_read == sum(counts), path.name
            taken += 1
    assert taken > 150
    assert refused > 50
