"""A copy as Parquet files in a folder.

Files of one state lie together in a folder of their own below `.states`; `manifest.json` says which
is the present one, and replacing it is what makes a new state count. The files that people read,
`deals.parquet` and so on, are links to those of the present state.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from deals.mirror.columns import DEALS, ORGANIZATIONS, PARTS, Column, Row, part_rows, row_of
from deals.mirror.copies import LAYOUT, Proof, State, Tables
from deals.mirror.troubles import Different, PlaceTrouble
from deals.rules.digest import NONE, combined, digest_of

BATCH = 10_000
TYPES = {
    "text": pa.string(),
    "int": pa.int32(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "time": pa.timestamp("us", tz="UTC"),
    "money": pa.decimal128(20, 2),
    "percent": pa.decimal128(9, 4),
    "texts": pa.list_(pa.string()),
}
DOCUMENT = Column("document", "text", lambda document: None)
PLACE = (Column("deal", "text", lambda _: None), Column("position", "int", lambda _: None))
REFERENCE = (Column("name", "text", lambda _: None), PLACE[1], DOCUMENT)
STATES, MANIFEST = ".states", "manifest.json"


def _schema(columns: Iterable[Column]) -> pa.Schema:
    return pa.schema([(column.name, TYPES[column.type]) for column in columns])


SCHEMAS = {
    "deals": _schema([*DEALS, DOCUMENT]),
    **{name: _schema([*PLACE, *columns]) for name, _key, columns in PARTS},
    "organizations": _schema([*ORGANIZATIONS, DOCUMENT]),
    "reference": _schema(REFERENCE),
}
OF_DEALS = ("deals", *(name for name, _key, _columns in PARTS))


class ParquetCopy:
    """A folder, which is made when it is missing, unless `make` is off."""

    # Each writing goes through all deals.
    at_once = 20_000

    def __init__(self, folder: Path, *, make: bool = True) -> None:
        self._folder = folder
        if not make and not (folder / MANIFEST).exists():
            raise Different(f"There is no copy in {folder} yet.")
        if _belongs_to_others(folder):
            raise PlaceTrouble(f"{folder} has other files in it: give a new or an empty folder.")
        try:
            (folder / STATES).mkdir(parents=True, exist_ok=True)
            self._lock = (folder / STATES / "lock").open("w")
        except OSError as error:
            raise PlaceTrouble(f"The folder cannot hold the copy: {error}.") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._tidy()
        except BlockingIOError:
            self.close()
            raise PlaceTrouble("Another run is keeping this copy at the moment.") from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._lock.close()

    def state(self) -> State | None:
        manifest = self._manifest()
        state = State(**manifest["state"]) if manifest else None
        return state if state and state.layout == LAYOUT else None

    def replace(self, texts: Iterable[str], state: Callable[[], State]) -> None:
        with self._new(OF_DEALS) as files:
            self._write_deals(files, texts)
            found = state()
            files.finish(found)

    def apply(self, put: Mapping[str, str], gone: set[str], state: State) -> None:
        if not put and not gone:
            self._save(state, self._known()["files"])
            return
        kept = (text for pk, text in self._rows("deals") if pk not in put and pk not in gone)
        with self._new(OF_DEALS) as files:
            self._write_deals(files, _chained(kept, put.values()))
            files.finish(state)

    def tables(self, tables: Tables, state: State) -> None:
        old = list(self._read("reference", ["name", "position", "document"]))
        names = ["reference"] if tables.organizations is None else ["reference", "organizations"]
        with self._new(names) as files:
            rows = [row for row in old if row[0] not in tables.reference]
            for name, texts in tables.reference.items():
                rows += [(name, place, text) for place, text in enumerate(texts, start=1)]
            files.write("reference", rows)
            for batch in _batches(tables.organizations or ()):
                found = [(*row_of(ORGANIZATIONS, orjson.loads(text)), text) for text in batch]
                files.write("organizations", found)
            files.finish(state)

    def digest(self) -> tuple[int, int]:
        return self._digest("deals")

    def organizations_digest(self) -> tuple[int, int]:
        return self._digest("organizations")

    def digests(self) -> dict[str, int]:
        return {pk: digest_of(text) for pk, text in self._rows("deals")}

    def proved(self, proof: Proof) -> None:
        manifest = self._known()
        self._put_manifest({**manifest, "proof": asdict(proof)})

    # --- reading --------------------------------------------------------------------------------

    def _digest(self, table: str) -> tuple[int, int]:
        number, digest = 0, NONE
        for _pk, text in self._rows(table):
            number, digest = number + 1, combined((digest, digest_of(text)))
        return number, digest

    def _rows(self, table: str) -> Iterator[Row]:
        """Id and document of each row."""
        return self._read(table, ["id", "document"])

    def _read(self, table: str, columns: list[str]) -> Iterator[Row]:
        manifest = self._manifest()
        path = manifest["files"].get(table) if manifest else None
        if path is None:
            return
        with pq.ParquetFile(self._folder / path) as file:
            for batch in file.iter_batches(BATCH, columns=columns):
                yield from zip(*(batch.column(name).to_pylist() for name in columns), strict=True)

    # --- writing --------------------------------------------------------------------------------

    def _write_deals(self, files: "_NewFiles", texts: Iterable[str]) -> None:
        for batch in _batches(texts):
            documents = [orjson.loads(text) for text in batch]
            both = zip(documents, batch, strict=True)
            files.write("deals", [(*row_of(DEALS, document), text) for document, text in both])
            for name, key, columns in PARTS:
                rows = [row for one in documents for row in part_rows(columns, key, one)]
                files.write(name, rows)

    def _new(self, names: Iterable[str]) -> "_NewFiles":
        folder = self._folder / STATES / uuid4().hex
        return _NewFiles(folder, list(names), self._finish)

    def _finish(self, made: Path, names: list[str], state: State) -> None:
        files = dict((self._manifest() or {"files": {}})["files"])
        files |= {name: f"{STATES}/{made.name}/{name}.parquet" for name in names}
        self._save(state, files)
        self._tidy()

    def _save(self, state: State, files: Mapping[str, str]) -> None:
        proof = (self._manifest() or {}).get("proof")
        self._put_manifest({"state": asdict(state), "files": files, "proof": proof})

    def _put_manifest(self, manifest: Mapping[str, Any]) -> None:
        part = self._folder / STATES / "manifest.part"
        with part.open("w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / MANIFEST)

    def _manifest(self) -> dict[str, Any] | None:
        try:
            text = (self._folder / MANIFEST).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            found: dict[str, Any] = json.loads(text)
            State(**found["state"])
        except (ValueError, TypeError, KeyError):
            raise PlaceTrouble(
                f"{self._folder / MANIFEST} is no manifest of a copy: remove it to begin anew."
            ) from None
        return found

    def _known(self) -> dict[str, Any]:
        manifest = self._manifest()
        if manifest is None:
            raise PlaceTrouble("The copy was taken away while it was being kept.")
        return manifest

    def _tidy(self) -> None:
        """Let the files that people read be those of the present state, and remove older ones."""
        manifest = self._manifest()
        files = manifest["files"] if manifest else {}
        for name, path in files.items():
            shown, goal = self._folder / f"{name}.parquet", self._folder / path
            if not (shown.exists() and shown.samefile(goal)):
                _link(goal, shown)
        used = {Path(path).parent.name for path in files.values()}
        for folder in (self._folder / STATES).iterdir():
            if folder.is_dir() and folder.name not in used:
                shutil.rmtree(folder)


def _belongs_to_others(folder: Path) -> bool:
    """Whether a folder has files, and none of them says that a copy is or was made in it."""
    return folder.is_dir() and any(folder.iterdir()) and not (folder / STATES).is_dir()


class _NewFiles:
    """Files of a new state; they count when `finish` was called, and go away otherwise."""

    def __init__(
        self, folder: Path, names: list[str], done: Callable[[Path, list[str], State], None]
    ) -> None:
        self._folder, self._names, self._done = folder, names, done
        folder.mkdir()
        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", SCHEMAS[name], compression="zstd")
            for name in names
        }

    def __enter__(self) -> "_NewFiles":
        return self

    def __exit__(self, *failed: object) -> None:
        for writer in self._writers.values():
            writer.close()
        if failed[0] is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def write(self, name: str, rows: list[Row]) -> None:
        if rows:
            schema = SCHEMAS[name]
            columns = zip(*rows, strict=True)
            arrays = [
                pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)
            ]
            self._writers[name].write_batch(pa.record_batch(arrays, schema=schema))

    def finish(self, state: State) -> None:
        for name, writer in self._writers.items():
            writer.close()
            with (self._folder / f"{name}.parquet").open("rb") as file:
                os.fsync(file.fileno())
        self._done(self._folder, self._names, state)


def _link(goal: Path, shown: Path) -> None:
    part = shown.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        part.hardlink_to(goal)
    except OSError:
        # Some file systems know no links; then it is there twice.
        shutil.copyfile(goal, part)
    part.replace(shown)


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    texts = iter(texts)
    while batch := list(islice(texts, BATCH)):
        yield batch


def _chained(*texts: Iterable[str]) -> Iterator[str]:
    for some in texts:
        yield from some
