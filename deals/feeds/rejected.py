"""Rejected rows as a file that can be mended and imported again with the same profile."""

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from itertools import groupby
from pathlib import Path

from deals.feeds.parse import TableReader, preamble
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.reading import opened
from deals.feeds.receive import Received, imports_dir, stored
from deals.feeds.refusals import Refused
from deals.models import ImportRun, RowError
from deals.rules.spreadsheet import bare_cell, safe_cell

# How many bytes are put together before they are sent.
PIECE = 64 * 1024


def rejected_rows(run: ImportRun) -> Iterator[bytes]:
    """The rows as they came, row number and reason in front, in pieces.

    Encoding, delimiter and the lines before the header are the file's own. Where each row is an
    investor, the good rows of the same deals come along, since a file says everything of its deals.
    What a spreadsheet would run as a formula is made safe; reading takes that back. Raises
    `Refused` when the file is gone.
    """
    if not run.delimiter:
        raise Refused(f"Import {run.pk} has read no rows yet, so none was rejected.")
    file, profile = stored(run.file_name, run.file_sha256), load_profile(run.profile)
    reasons = _reasons(run)
    keys = _keys(file, profile, run) if profile.rows == "participation" else frozenset()
    encoding = _encoding(run, profile)
    begun = False
    with opened(file, profile, encoding=run.encoding, delimiter=run.delimiter) as source:
        start = _preamble(file, profile, run)
        out = io.StringIO(newline="")
        out.write(start)
        writer = csv.writer(out, delimiter=run.delimiter)
        added = [_unused(name, source.reader.header) for name in ("row", "reason")]
        writer.writerow([*added, *map(safe_cell, source.reader.raw_header)])
        waiting = next(reasons, None)
        for number, record in _filled(source.reader, profile):
            reason = ""
            if waiting is not None and waiting[0] == number:
                reason, waiting = waiting[1], next(reasons, None)
            elif not keys or _key(record, source.reader, profile) not in keys:
                continue
            said = reason or "This row was used; it stands here because it is of the same deal."
            writer.writerow([number, safe_cell(said), *map(safe_cell, record)])
            if out.tell() > PIECE:
                yield _encoded(out, encoding, first=not begun)
                begun = True
        yield _encoded(out, encoding, first=not begun)


def _unused(name: str, header: Collection[str]) -> str:
    """A name that no column of the file has, since a name that is there twice is refused."""
    while name in header:
        name += "_"
    return name


def keep_rejected(run: ImportRun) -> None:
    """Write the same beside the received files, for somebody at the command line."""
    if run.rows_rejected:
        with errors_path(run).open("wb") as file:
            file.writelines(rejected_rows(run))


def errors_path(run: ImportRun) -> Path:
    """Where `keep_rejected` writes."""
    return imports_dir() / f"{run.pk}-errors.csv"


def _reasons(run: ImportRun) -> Iterator[tuple[int, str]]:
    """Rejected rows in order, each with everything that is wrong with it."""
    fatal = RowError.objects.filter(import_run=run, fatal=True).order_by("row", "id")
    said = fatal.values_list("row", "column", "message").iterator(chunk_size=2_000)
    for row, errors in groupby(said, key=lambda error: error[0]):
        yield row, " ".join(f"{column}: {text}" if column else text for _, column, text in errors)


def _keys(file: Received, profile: Profile, run: ImportRun) -> Collection[str]:
    """The deals that a rejected row belongs to."""
    reasons = _reasons(run)
    keys: set[str] = set()
    waiting = next(reasons, None)
    with opened(file, profile, encoding=run.encoding, delimiter=run.delimiter) as source:
        for number, record in _filled(source.reader, profile):
            if waiting is None:
                break
            if waiting[0] == number:
                keys.add(_key(record, source.reader, profile))
                waiting = next(reasons, None)
    return keys - {""}


def _filled(reader: TableReader, profile: Profile) -> Iterator[tuple[int, list[str]]]:
    """Rows in which the columns of fill_down repeat what stands above."""
    above = {at: "" for at, name in enumerate(reader.header) if name in profile.fill_down}
    for number, record in reader.records():
        for at in above:
            if at < len(record):
                above[at] = record[at] = (record[at].strip() and record[at]) or above[at]
        yield number, record


def _key(record: list[str], reader: TableReader, profile: Profile) -> str:
    """The deal's key as `cells` puts it together."""
    places = [reader.header.index(name) for name in profile.key]
    parts = [bare_cell(record[at].strip()) if at < len(record) else "" for at in places]
    return " | ".join(parts) if any(parts) else ""


def _preamble(file: Received, profile: Profile, run: ImportRun) -> str:
    if not profile.skip_rows:
        return ""
    with opened(file, profile, encoding=run.encoding, delimiter=run.delimiter) as source:
        source.stream.seek(0)
        lines = preamble(source.stream, profile.skip_rows).removeprefix("\ufeff")
    return "".join(_safe_line(line, run.delimiter) for line in io.StringIO(lines, newline=""))


def _safe_line(line: str, delimiter: str) -> str:
    """A line before the header: nobody reads it again, but a spreadsheet would run its formulas."""
    text = line.rstrip("\r\n")
    cells = next(csv.reader([text], delimiter=delimiter), [])
    safe = [safe_cell(cell) for cell in cells]
    if safe == cells:
        return line
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=line[len(text) :]).writerow(safe)
    return out.getvalue()


def _encoding(run: ImportRun, profile: Profile) -> str:
    """The encoding that the profile names; UTF-8 where it is found out, marked if the file was."""
    named = profile.encoding
    if named.casefold() != "auto":
        return named
    return "utf-8-sig" if run.encoding in ("utf-8-sig", "utf-16", "utf-32") else "utf-8"


def _encoded(out: io.StringIO, encoding: str, *, first: bool) -> bytes:
    """What was written so far. A mark stands only at the beginning."""
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    # A reason may have characters that the file's encoding lacks.
    data = text.encode(encoding, "replace")
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16, codecs.BOM_UTF32):
        if not first and data.startswith(mark):
            data = data.removeprefix(mark)
    return data


def safe_name(name: str, suffix: str) -> str:
    """A name for the download beside the file's own."""
    stem = name.rsplit(".", 1)[0] or "file"
    return f"{stem}-{suffix}.csv"
