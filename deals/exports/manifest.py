"""The files of a release on disk: where they are, what is known of each, and how they get there.

A folder appears whole under its name, or not at all: files are made in a hidden one beside it,
which is renamed when it is complete. A file that was finished there is not made again, so that a
maker that was stopped goes on where it was.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from deals.models.session import own_session

CSV, JSONL, JSON = "text/csv; charset=utf-8", "application/x-ndjson", "application/json"
MARKDOWN, TEXT = "text/markdown; charset=utf-8", "text/plain; charset=utf-8"
PARQUET = "application/vnd.apache.parquet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {
    ".csv": CSV, ".jsonl": JSONL, ".json": JSON, ".md": MARKDOWN, ".parquet": PARQUET,
    ".xlsx": XLSX, "": TEXT,
}  # fmt: skip
CHECKSUMS = "SHA256SUMS"
DESCRIPTOR = "datapackage.json"
DONE = ".done.json"
# Any constant that nothing else of this database takes, before the key of a release.
LOCK_CLASS = 428_150
BLOCK = 1 << 20

# Writes a file at a path; how many rows it has, None for what has no rows.
Write = Callable[[Path], int | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: as `Release.files` has it. `rows` counts records, without headings and marks."""

    name: str
    media: str
    bytes: int
    sha256: str
    rows: int | None

    @classmethod
    def of(cls, path: Path, rows: int | None) -> "Entry":
        """What is to be known of a file that is there."""
        return cls(path.name, MEDIA[path.suffix], path.stat().st_size, sha256_of(path), rows)

    @classmethod
    def of_text(cls, name: str, text: str) -> "Entry":
        """What is to be known of a file that would hold this text."""
        data = text.encode()
        media = MEDIA[Path(name).suffix]
        return cls(name, media, len(data), hashlib.sha256(data).hexdigest(), None)

    def plain(self) -> dict[str, object]:
        return asdict(self)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_of(name: str) -> Path:
    """Where the files of a release are. Its name has been checked when it was given."""
    return Path(settings.RELEASES_DIR) / name


def making_of(name: str) -> Path:
    return Path(settings.RELEASES_DIR) / f".making-{name}"


def checksums(entries: Iterable[Entry]) -> str:
    """Lines that `sha256sum --check` reads."""
    return "".join(f"{entry.sha256}  {entry.name}\n" for entry in entries)


def make_files(folder: Path, files: Iterable[tuple[str, Write]]) -> list[Entry]:
    """Make files in `folder` in order, except those that an earlier try has finished."""
    folder.mkdir(parents=True, exist_ok=True)
    done = {entry.name: entry for entry in _done(folder)}
    for name, write in files:
        if name in done:
            continue
        part = folder / f".part-{name}"
        rows = write(part)
        sync(part)
        part.replace(folder / name)
        done[name] = Entry.of(folder / name, rows)
        replace_text(folder / DONE, json.dumps([entry.plain() for entry in done.values()]))
    return list(done.values())


def finished(name: str) -> list[Entry]:
    """What a maker that was stopped has finished."""
    return _done(making_of(name))


def _done(folder: Path) -> list[Entry]:
    try:
        listed = json.loads((folder / DONE).read_bytes())
    except FileNotFoundError:
        return []
    return [Entry(**row) for row in listed]


def settle(name: str) -> None:
    """Give the finished folder its name. What stood there was never listed, or is the same."""
    made, final = making_of(name), folder_of(name)
    (made / DONE).unlink(missing_ok=True)
    sync(made)
    if final.exists():
        shutil.rmtree(final)
    made.rename(final)
    sync(final.parent)


def replace_text(path: Path, text: str) -> None:
    """Write a small file so that readers see the old one or the new one, never a half."""
    part = path.with_name(f".part-{path.name}")
    part.write_text(text, encoding="utf-8", newline="")
    sync(part)
    part.replace(path)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def alone(pk: int) -> Iterator[bool]:
    """Whether nobody else makes the files of this release; while inside, nobody does.

    Raises `PooledError` where no lock of a session can be held.
    """
    own_session()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, pk])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, pk])
