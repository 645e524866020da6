"""What a file is by its first bytes; what is no table of text is refused by name."""

import codecs

from deals.feeds.refusals import Refused

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ZIP = b"PK\x03\x04"
GZIP = b"\x1f\x8b"
ARCHIVES = (
    (b"BZh91AY&SY", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x04\x22\x4d\x18", "an LZ4 archive"),
    (b"\x1f\x9d", "an archive of compress"),
)
BINARY = (
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS) or one with a password"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1\x00\x00", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"\x89HDF\r\n", "an HDF5 file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
)
# Long enough for every signature; that of a tape archive stands at byte 257.
HEAD = 300


def refuse_binary(name: str, head: bytes) -> None:
    """Raise `Refused` when the first `HEAD` bytes are neither text, nor gzip, nor a ZIP archive."""
    archives = (*ARCHIVES, *((b"BZh%d1AY&SY" % level, "a bzip2 archive") for level in range(1, 9)))
    for signature, what in archives:
        if head.startswith(signature):
            raise _wrong_archive(name, what)
    if head[257:262] == b"ustar":
        raise _wrong_archive(name, "a tape archive (TAR)")
    for signature, what in BINARY:
        if head.startswith(signature):
            raise Refused(f"{name} is {what}, not a CSV file: save the table as CSV and try again.")


def is_packed(head: bytes) -> bool:
    """Whether the bytes begin a gzip file or a ZIP archive; a workbook (XLSX) is one, too."""
    return head.startswith((GZIP, ZIP))


def without_mark(head: bytes) -> bytes:
    """The bytes after a byte-order mark, if there is one."""
    for mark, _ in MARKS:
        if head.startswith(mark):
            return head[len(mark) :]
    return head


def _wrong_archive(name: str, what: str) -> Refused:
    return Refused(
        f"{name} is {what}, which is not opened here: unpack it and bring the table itself, or "
        "pack it as gzip or ZIP."
    )
