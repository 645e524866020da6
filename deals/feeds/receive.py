"""First stage: a file that came by any way is kept on disk under the hash of its bytes.

Nothing here holds more than one block of it in memory. What a file of text can never begin with is
refused at once; what is inside an archive or a workbook, `unpack.table_path` finds out.
"""

import hashlib
import os
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction

from deals.feeds.kinds import HEAD, refuse_binary, without_mark
from deals.feeds.refusals import Refused
from deals.models import FeedSlot, ImportRun, Upload

BLOCK = 1024 * 1024
# The first of the two keys of a file's lock; the second is made of its hash.
LOCK_CLASS = 428_151
BLANK = b" \t\r\n\x00"
LONGEST_NAME = 200
# While a file comes in, or is unpacked, it has a name that begins so.
COMING = "incoming-"


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it came: `path` has its bytes, `sha256` is their hash in hexadecimal, `size` their
    number, and `name` what people call it.
    """

    name: str
    path: Path
    sha256: str
    size: int


def receive(name: str, data: bytes) -> Received:
    """Keep bytes that are in memory. Raises `Refused`."""
    return receive_stream(name, [data])


def receive_path(path: Path) -> Received:
    """Keep a copy of a file on disk. Raises `Refused` when it is missing, a folder or too large."""
    try:
        size = path.stat().st_size
        if path.is_file() and size > settings.IMPORT_MAX_BYTES:
            raise _too_large(_shown(path.name), size)
        with path.open("rb") as stream:
            return receive_stream(path.name, stream)
    except OSError as error:
        raise Refused(
            f"The file {_shown(str(path))} cannot be read: {error.strerror or error}."
        ) from None


def receive_stream(name: str, stream: BinaryIO | Iterable[bytes]) -> Received:
    """Keep what a stream, or blocks of bytes, give, up to the limit. Raises `Refused`.

    The file appears under its hash only when all of it is on disk; otherwise nothing stays.
    """
    name = _shown(name)
    digest, size, empty, head = hashlib.sha256(), 0, True, b""
    coming = imports_dir() / f"{COMING}{uuid.uuid4().hex}"
    try:
        with coming.open("xb") as out:
            for block in _blocks(stream):
                head += block[: HEAD - len(head)]
                # A byte-order mark, which is no content either, can only stand in the head.
                empty = empty and (size + len(block) <= HEAD or not block.strip(BLANK))
                size += len(block)
                if size > settings.IMPORT_MAX_BYTES:
                    raise _too_large(name, size)
                digest.update(block)
                out.write(block)
            if empty and not without_mark(head).strip(BLANK):
                raise Refused(f"{name} is empty: it has no header and no rows.")
            refuse_binary(name, head)
            # An import is promised once its row is committed, so its file must survive a crash.
            out.flush()
            os.fsync(out.fileno())
        path = imports_dir() / digest.hexdigest()
        coming.replace(path)
    except OSError as error:
        raise Refused(f"{name} cannot be kept: {error.strerror or error}.") from None
    finally:
        coming.unlink(missing_ok=True)
    return Received(name, path, digest.hexdigest(), size)


def stored(name: str, sha256: str) -> Received:
    """A file that was kept before. Raises `Refused` when it has been tidied away."""
    path = imports_dir() / sha256
    if not is_hash(sha256) or not path.is_file():
        raise Refused(f"The file is no longer there: bring {_shown(name)} again.")
    return Received(_shown(name), path, sha256, path.stat().st_size)


def forget(sha256: str) -> None:
    """Delete a kept file and what was unpacked of it, unless an import, an upload or a slot of a
    schedule names it.
    """
    with transaction.atomic():
        _lock("pg_advisory_xact_lock", sha256)
        named = any(
            model.objects.filter(file_sha256=sha256).exists()
            for model in (ImportRun, Upload, FeedSlot)
        )
        if named or not is_hash(sha256):
            return
        for path in (imports_dir() / sha256, *imports_dir().glob(f"{sha256}.*")):
            with suppress(FileNotFoundError):
                path.unlink()


def hold(file: Received) -> None:
    """Keep `forget` away from a file whose row is being written, to the end of the transaction.

    Raises `Refused` when it was forgotten already, as the same bytes brought by somebody else.
    """
    _lock("pg_advisory_xact_lock_shared", file.sha256)
    stored(file.name, file.sha256)


def _lock(function: str, sha256: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, hashtext(%s))", [LOCK_CLASS, sha256])


def imports_dir() -> Path:
    """Where files are kept; made when it is missing. Raises `Refused` when that cannot be."""
    folder = Path(settings.IMPORTS_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"No file can be taken, since the folder for them cannot be made "
            f"({error.strerror or error}): set IMPORTS_DIR to one that can be written."
        ) from None
    return folder


def is_hash(text: str) -> bool:
    """Whether a text is a SHA-256 in hexadecimal, the name of a kept file."""
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


def _blocks(stream: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    """Blocks that are not empty, whether asked for or given."""
    if hasattr(stream, "read"):
        while block := stream.read(BLOCK):
            yield block
        return
    yield from filter(None, stream)


def _shown(name: str) -> str:
    """A name that a database and a page can take; its end is kept, since that says the kind."""
    # Names in an archive from elsewhere need not be UTF-8; what they lack becomes a question mark.
    text = name.encode("utf-8", "replace").decode("utf-8")
    text = "".join("?" if unicodedata.category(char) == "Cc" else char for char in text).strip()
    return text[-LONGEST_NAME:] or "The file"


def _too_large(name: str, size: int) -> Refused:
    return Refused(
        f"{name} has {size / 1_048_576:,.0f} MB, more than the "
        f"{settings.IMPORT_MAX_BYTES // 1_048_576:,} MB that are taken at once: split it into "
        "several files of the same profile."
    )
