"""Second stage: from the file as it came to a plain table of text on disk.

A plain file is its own table. Of a gzip file or a ZIP archive with one member, that member is
written beside it; of a workbook (XLSX) its first sheet, as CSV in UTF-8. Both are written once, a
block at a time, and only as far as the limits go.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from deals.feeds.archive import gunzipped, is_workbook, only_member, opened, shown_name, unzipped
from deals.feeds.kinds import GZIP, HEAD, ZIP, is_packed, refuse_binary
from deals.feeds.limits import refuse_bomb
from deals.feeds.receive import COMING, Received
from deals.feeds.refusals import Refused
from deals.feeds.workbook import SHEET, write_sheet


def table_path(file: Received, delimiter: str = "auto") -> Path:
    """The file's table as plain text; `file.path` itself when it is plain. Raises `Refused`.

    A sheet is written with `delimiter`, under "auto" a comma, and is UTF-8 whatever the profile
    says; `find_encoding` knows such a file by its name.
    """
    path, name = file.path, file.name
    if not is_packed(_head(path)):
        return path
    if not _holds_workbook(path, name):
        name = table_name(file)
        table = path.with_name(f"{path.name}.table")
        if not table.exists():
            pieces = _member(path, name)
            _write(table, lambda out: _copy(pieces, path.stat().st_size, name, out))
        path = table
        if not _head(path).startswith(ZIP):
            return path
    mark = "," if delimiter == "auto" else delimiter
    sheet = file.path.with_name(f"{file.path.name}{SHEET}-{mark.encode().hex()}")
    if not sheet.exists():
        _write(sheet, lambda out: write_sheet(name, path, out, mark))
    return sheet


def table_name(file: Received) -> str:
    """What the table itself is called: the name of the member, if it came packed."""
    head = _head(file.path)
    if head.startswith(GZIP):
        return file.name.removesuffix(".gz").removesuffix(".gzip")
    if not head.startswith(ZIP):
        return file.name
    with opened(file.path, file.name) as archive:
        if is_workbook(archive):
            return file.name
        return shown_name(only_member(archive, file.name))


def _member(path: Path, name: str) -> Iterator[bytes]:
    """What is packed in a gzip file or a ZIP archive, in blocks."""
    if _head(path).startswith(GZIP):
        yield from gunzipped(path, name)
        return
    with opened(path, name) as archive:
        yield from unzipped(archive, only_member(archive, name), name)


def _copy(pieces: Iterable[bytes], packed: int, name: str, out: BinaryIO) -> None:
    """Write the pieces. Raises `Refused` past the limits, and for what is packed once more."""
    size, head = 0, b""
    for piece in pieces:
        size += len(piece)
        refuse_bomb(name, size, packed)
        head += piece[: HEAD - len(head)]
        out.write(piece)
    refuse_binary(name, head)
    out.flush()
    if is_packed(head) and not (head.startswith(ZIP) and _holds_workbook(Path(out.name), name)):
        raise Refused(f"{name} is an archive within an archive: bring the table itself.")


def _holds_workbook(path: Path, name: str) -> bool:
    if not _head(path).startswith(ZIP):
        return False
    with opened(path, name) as archive:
        return is_workbook(archive)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(HEAD)


def _write(target: Path, write: Callable[[BinaryIO], None]) -> None:
    """Let `write` fill a file that appears only when it is whole, so that nobody reads half."""
    coming = target.with_name(f"{COMING}{uuid.uuid4().hex}")
    try:
        with coming.open("xb") as out:
            write(out)
        coming.replace(target)
    except OSError as error:
        raise Refused(f"The file cannot be unpacked: {error.strerror or error}.") from None
    finally:
        coming.unlink(missing_ok=True)
