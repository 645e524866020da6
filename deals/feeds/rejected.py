"""Rejected rows as a file, in the form that the supplier's file has."""

import codecs
import csv
from pathlib import Path

from deals.feeds.parse import preamble, raw_rows
from deals.feeds.stage import Prepared
from deals.rules.spreadsheet import safe_cell


def write_rejected(path: Path, prepared: Prepared) -> None:
    """The rows as they came, row number and reason in front.

    Encoding, delimiter and the lines before the header are the file's own, so that the same profile
    reads the corrected rows. What a spreadsheet would run as a formula is made safe;
    reading takes that back.
    """
    reasons, profile = prepared.rejected_rows, prepared.profile
    rows = raw_rows(
        prepared.text,
        delimiter=prepared.delimiter,
        skip_rows=profile.skip_rows,
        wanted=reasons.keys(),
        fill_down=profile.fill_down,
    )
    # A reason may have characters that the file's encoding lacks.
    with path.open("w", encoding=_encoding(prepared), errors="replace", newline="") as file:
        file.write(preamble(prepared.text, profile.skip_rows))
        writer = csv.writer(file, delimiter=prepared.delimiter)
        _, header = next(rows)
        writer.writerow(["row", "reason", *map(safe_cell, header)])
        for number, record in rows:
            writer.writerow([number, " ".join(reasons[number]), *map(safe_cell, record)])


def _encoding(prepared: Prepared) -> str:
    """The encoding that the profile names; UTF-8 where it is found out, marked if the file was."""
    named = prepared.profile.encoding
    if named.casefold() != "auto":
        return named
    return "utf-8-sig" if prepared.file.data.startswith(codecs.BOM_UTF8) else "utf-8"
