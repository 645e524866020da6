"""The parts of a workbook (XLSX), looked through before its reader takes them into memory.

Its reader streams the rows of a sheet, and takes words, styles and names as a whole. So those are
limited, and each must stand where everybody's program puts it, lest a large part pass as another.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from deals.feeds.archive import opened, unzipped
from deals.feeds.limits import refuse_bomb
from deals.feeds.refusals import Refused

MEGABYTE = 1024 * 1024
TYPES = "[Content_Types].xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
SHEETS = "xl/worksheets/"
WORDS = "xl/sharedStrings.xml"
# Found by their kind, and so to be looked for under another name.
NAMED = {"styles+xml": "/xl/styles.xml", "sharedStrings+xml": f"/{WORDS}"}
# Parts that nobody reads here, and that may be large.
UNREAD = ("xl/pivotCache/", "xl/drawings/", "xl/charts/", "xl/media/", "xl/externalLinks/", SHEETS)
# A million short words, for which its reader needs 200 MB.
LARGEST_WORDS = 24 * MEGABYTE
# A megabyte of styles takes it three seconds.
LARGEST_REST = MEGABYTE
# One row, or whatever follows the last one; its reader needs seventy times as much.
LONGEST_ROW = 3 * MEGABYTE


def check_parts(path: Path, name: str) -> None:
    """Raise `Refused` for a workbook that would unpack to too much, or is not as it says."""
    packed, total, rest = path.stat().st_size, 0, 0
    with opened(path, name) as archive:
        for member in archive.infolist():
            size = since_row = 0
            part = member.filename
            counts = part != WORDS and not part.startswith(UNREAD)
            for piece in unzipped(archive, member, name):
                size += len(piece)
                refuse_bomb(name, total + size, packed)
                since_row = _since_row(piece, since_row)
                if (
                    (part.startswith(SHEETS) and "/_rels/" not in part and since_row > LONGEST_ROW)
                    or (part == WORDS and size > LARGEST_WORDS)
                    or (counts and rest + size > LARGEST_REST)
                ):
                    raise _too_much(name)
            if size != member.file_size:
                raise _unusual(name)
            total += size
            rest += size if counts else 0
        if any(_misplaced(archive, name)):
            raise _unusual(name)


def _misplaced(archive: zipfile.ZipFile, name: str) -> Iterator[bool]:
    """For words, styles and every sheet, whether it is somewhere else than usual."""
    for entry in _entries(archive, TYPES, name):
        for kind, usual in NAMED.items():
            if entry.get("ContentType", "").endswith(kind):
                yield entry.get("PartName") != usual
    for entry in _entries(archive, RELATIONS, name):
        if entry.get("Type", "").endswith("/worksheet"):
            yield PurePosixPath(entry.get("Target", "")).parent.name != "worksheets"


def _entries(archive: zipfile.ZipFile, part: str, name: str) -> list[ElementTree.Element]:
    if part not in archive.namelist():
        return []
    data = b"".join(unzipped(archive, archive.getinfo(part), name))
    try:
        return list(ElementTree.fromstring(data))
    except ElementTree.ParseError:
        raise _unusual(name) from None


def _since_row(piece: bytes, before: int) -> int:
    """How many bytes ago a row of the sheet has ended."""
    end = piece.rfind(b"row>")
    return before + len(piece) if end < 0 else len(piece) - end


def _too_much(name: str) -> Refused:
    return Refused(
        f"{name} is an Excel workbook with more text, styles or names than can be read at once: "
        "save the table as CSV and try again."
    )


def _unusual(name: str) -> Refused:
    return Refused(
        f"{name} is an Excel workbook that cannot be read, since it is damaged or unusual inside: "
        "open it, save it again or save the table as CSV, and try again."
    )
