"""Reading gzip files and ZIP archives of strangers: a block at a time, and no size believed.

What an archive says about itself is never trusted: the directory of a ZIP archive is read up to a
limit, and a member is as large as it turns out to be.
"""

import copy
import io
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from deals.feeds.refusals import Refused

BLOCK = 64 * 1024
# About 10,000 members; a longer directory would only fill the memory.
LARGEST_DIRECTORY = 1024 * 1024
# Some writers of gzip begin a new member every 64 KB; empty ones could go on for ever.
MOST_GZIP_MEMBERS = 100_000
WORKBOOK = "xl/workbook.xml"
# Documents that are ZIP archives, by a member that gives them away.
DOCUMENTS = (
    ("content.xml", "an OpenDocument file (such as ODS)"),
    ("xl/workbook.bin", "a binary Excel workbook (XLSB)"),
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("Index/Document.iwa", "an Apple document (such as Numbers)"),
    ("Index.zip", "an Apple document (such as Numbers)"),
    ("META-INF/MANIFEST.MF", "a Java program"),
)
# What systems leave in archives beside what people put there.
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}


class _Careful(io.FileIO):
    """A file that gives at most `LARGEST_DIRECTORY` bytes at once, however many are asked for."""

    def read(self, size: int | None = -1) -> bytes:
        wanted = LARGEST_DIRECTORY if size is None or size < 0 else size
        return super().read(min(wanted, LARGEST_DIRECTORY)) or b""


@contextmanager
def opened(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """A ZIP archive. Raises `Refused` when it is damaged, has a password or a rare packing."""
    with _Careful(path) as stream:
        try:
            archive = zipfile.ZipFile(stream)
        except Exception as error:
            raise _damaged(name, error) from None
        with archive:
            yield archive


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether an archive is an Excel workbook (XLSX)."""
    return WORKBOOK in archive.namelist()


def only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """The one file in an archive. Raises `Refused` when there is none, or more than one."""
    names = set(archive.namelist())
    for member, what in DOCUMENTS:
        if member in names:
            raise Refused(
                f"{name} is {what}: save the table as CSV or as an Excel workbook (XLSX) and try "
                "again."
            )
    found = [member for member in archive.infolist() if not _is_litter(member)]
    if not found:
        raise Refused(f"{name} is an empty ZIP archive: put the table into it and try again.")
    if len(found) > 1:
        shown = ", ".join(f"“{shown_name(member)}”" for member in found[:5])
        more = f" and {len(found) - 5:,} more" if len(found) > 5 else ""
        raise Refused(
            f"{name} is a ZIP archive of {len(found):,} files, and it is not clear which is meant: "
            f"bring one of them alone ({shown}{more})."
        )
    return found[0]


def shown_name(member: zipfile.ZipInfo) -> str:
    """A member's name without its folders, read as UTF-8 where it is, though not marked so."""
    text = member.filename
    if not member.flag_bits & 0x800:
        try:
            text = text.encode("cp437").decode("utf-8")
        except UnicodeError:
            text = member.filename
    return PurePosixPath(text.replace("\\", "/")).name[-200:] or "The file"


def unzipped(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, block: int = BLOCK
) -> Iterator[bytes]:
    """What a member really holds, in blocks, whatever size it claims. Raises `Refused`."""
    if member.flag_bits & 0x41:
        raise Refused(f"{name} has a password: save it without one and try again.")
    # Other methods cannot be stopped after a block, and 900 bytes of them may be gigabytes.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(
            f"{name} is a ZIP archive packed in an unusual way: pack it again as an ordinary ZIP "
            "archive (Deflate), or as gzip."
        )
    # The reader stops at the size that the directory claims; the data know better.
    true = copy.copy(member)
    true.file_size = sys.maxsize
    try:
        with archive.open(true) as stream:
            while piece := stream.read(block):
                yield piece
    except Exception as error:
        raise _damaged(name, error) from None


def gunzipped(path: Path, name: str) -> Iterator[bytes]:
    """What a gzip file holds, in blocks, all its members one after the other. Raises `Refused`."""
    members, data = 0, b""
    try:
        with path.open("rb") as stream:
            # Some writers fill the last block of a tape with NULs.
            while data := (data or stream.read(BLOCK)).lstrip(b"\x00") or stream.read(BLOCK):
                if (members := members + 1) > MOST_GZIP_MEMBERS:
                    raise zlib.error
                member = zlib.decompressobj(wbits=31)
                while not member.eof:
                    if piece := member.decompress(data, BLOCK):
                        yield piece
                    data = member.unconsumed_tail
                    if not member.eof and not data and not (data := stream.read(BLOCK)):
                        raise EOFError
                data = member.unused_data
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(name, error) from None


def _is_litter(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    return member.is_dir() or "__MACOSX" in path.parts or path.name in LITTER


def _damaged(name: str, error: Exception) -> Refused:
    kind = "gzip file" if isinstance(error, EOFError | zlib.error) else "ZIP archive"
    return Refused(
        f"{name} is a {kind} that cannot be unpacked, so it is probably damaged or cut off: pack "
        "it again, or bring the table itself."
    )
