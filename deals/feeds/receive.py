"""First stage: bytes → a named, hashed file → text. What is not a table of text is refused here."""

import codecs
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

from charset_normalizer import from_bytes

from deals.feeds.refusals import Refused
from deals.feeds.workbook import is_workbook

LARGEST = 300 * 1024 * 1024
# Without this list Big5 is taken for johab and Western European text for Central European.
CANDIDATES = ("gb18030", "big5", "shift_jis", "euc_kr", "cp1252", "cp1250", "cp1251")
SAMPLE = 200_000
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BINARY = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
)


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it came; `sha256` is of the bytes, in hexadecimal."""

    name: str
    data: bytes
    sha256: str


def receive_path(path: Path) -> Received:
    """Read a file from disk. Raises `Refused` when it is missing, a folder or too large."""
    try:
        size = path.stat().st_size
        if path.is_file() and size > LARGEST:
            raise _too_large(path.name, size)
        with path.open("rb") as stream:
            # A device or a pipe has no size and may never end.
            return receive(path.name, stream.read(LARGEST + 1))
    except OSError as error:
        raise Refused(f"The file {path} cannot be read: {error.strerror or error}.") from None


def receive(name: str, data: bytes) -> Received:
    """Check bytes that came by any way. Raises `Refused`."""
    # Names in an archive from elsewhere need not be UTF-8; what they lack becomes a question mark.
    name = name.encode("utf-8", "replace").decode("utf-8")
    if len(data) > LARGEST:
        raise _too_large(name, len(data))
    if not data.strip(b" \t\r\n\x00") or data.strip() in {mark for mark, _ in MARKS}:
        raise Refused(f"{name} is empty: it has no header and no rows.")
    if is_workbook(data):
        return Received(name, data, hashlib.sha256(data).hexdigest())
    for signature, what in BINARY:
        if data.startswith(signature):
            raise Refused(f"{name} is {what}, not a CSV file: save the table as CSV and try again.")
    return Received(name, data, hashlib.sha256(data).hexdigest())


def _too_large(name: str, size: int) -> Refused:
    return Refused(
        f"{name} has {size / 1_048_576:,.0f} MB, more than the {LARGEST // 1_048_576} MB that are "
        "taken at once: split it into several files of the same profile."
    )


def decode(file: Received, encoding: str, headers: Sequence[str]) -> str:
    """The file's text. With `encoding` "auto" the first candidate that decodes and has `headers`
    wins.

    Raises `Refused` when no encoding fits, or when the text turns out to be HTML or binary.
    """
    named = encoding.casefold() != "auto"
    text = _decoded_as(file, encoding) if named else _guessed(file, headers)
    start = text[:2000].lstrip("\ufeff \t\r\n").casefold()
    if start.startswith(("<!doctype html", "<html", "<?xml", "<head", "<body")):
        raise Refused(
            f"{file.name} is a web page (HTML or XML), not a CSV file: the download probably gave "
            "an error or a sign-in page."
        )
    if "\x00" in text:
        raise Refused(f"{file.name} contains NUL characters, so it is binary and not a CSV file.")
    if not text.strip("\ufeff \t\r\n"):
        raise Refused(f"{file.name} is empty: it has no header and no rows.")
    # Separators of another age; the stages after this one use them as marks of their own.
    return text.removeprefix("\ufeff").replace("\x1e", " ").replace("\x1f", " ")


def _decoded_as(file: Received, encoding: str) -> str:
    try:
        text = file.data.decode(encoding)
        # Some codecs make lone surrogates, which no database keeps.
        text.encode("utf-8")
        return text
    except LookupError:
        raise Refused(
            f"“{encoding}” is not an encoding: set encoding to auto, utf-8, utf-16, gb18030, "
            "big5, cp1252 or another name that Python knows."
        ) from None
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        line = file.data.count(b"\n", 0, at) + 1
        raise Refused(
            f"{file.name} is not in the encoding {encoding} that its profile names: the first "
            f"byte that does not fit is in line {line}; encoding = “auto” finds it out."
        ) from None


def _guessed(file: Received, headers: Sequence[str]) -> str:
    first = None
    for text in _attempts(file.data):
        head = text[:20_000]
        if all(header in head for header in headers):
            return text
        first = text if first is None else first
    if first is not None:
        return first
    raise Refused(
        f"The encoding of {file.name} cannot be told, so it may be binary: name it in the profile "
        "(encoding = …), or save the file as UTF-8."
    )


def _attempts(data: bytes) -> Iterator[str]:
    """Decoded texts, the likeliest first. A byte-order mark or valid UTF-8 leaves no choice."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            try:
                yield data.decode(encoding)
            except UnicodeError:
                continue
            return
    if (wide := _without_mark(data)) is not None:
        yield wide
        return
    try:
        yield data.decode("utf-8")
        return
    except UnicodeDecodeError:
        pass
    if b"\x00" in data:
        return
    sample = data if len(data) <= SAMPLE else data[: data.rfind(b"\n", 0, SAMPLE) + 1 or SAMPLE]
    found = [match.encoding for match in from_bytes(sample, cp_isolation=list(CANDIDATES))]
    for encoding in dict.fromkeys([*found, *CANDIDATES]):
        try:
            yield data.decode(encoding)
        except UnicodeDecodeError:
            continue


def _without_mark(data: bytes) -> str | None:
    """UTF-16 without its mark: ASCII characters have a NUL beside them, always on one side."""
    if b"\x00" not in data:
        return None
    encoding = "utf-16-le" if data[1::2].count(0) > data[0::2].count(0) else "utf-16-be"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    seen = {category(char) for char in set(text[:SAMPLE]) - {"\t", "\r", "\n"}}
    likely = any(mark in text for mark in ",;|\t") and not seen & {"Cc", "Cn", "Co"}
    return text if likely else None
