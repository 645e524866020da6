"""Which encoding a file of text is in. The whole file is decoded, a block at a time.

So whatever `open_text` gives afterwards is text that a database keeps: no character without a
meaning, no half of a surrogate pair, no NUL.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO
from unicodedata import category

from deals.feeds.kinds import MARKS
from deals.feeds.refusals import Refused
from deals.feeds.workbook import SHEET

# Without this list Big5 is taken for johab and Western European text for Central European.
CANDIDATES = ("gb18030", "big5", "shift_jis", "euc_kr", "cp1252", "cp1250", "cp1251")
# Ways of writing text within text, which Python calls encodings, too.
ESCAPES = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
# An object or a list at the beginning; no header of a table is written so.
JSON = re.compile(r"\{\s*[\"}]|\[\s*[\[{\"\]]")
BLOCK = 256 * 1024
SAMPLE = 200_000
# Characters in which the headers are looked for.
HEAD = 20_000


def find_encoding(path: Path, *, asked: str, headers: Sequence[str], name: str) -> str:
    """The codec that decodes the whole file: `asked`, or under "auto" the first candidate that does
    and has `headers` near its beginning, else the first that does.

    Raises `Refused` when none fits, or when the text is HTML, binary or blank.
    """
    if path.suffix.startswith(SHEET):
        codec = "utf-8"
        blank = _named(path, codec, name)
    elif asked.casefold() != "auto":
        codec = _known(asked)
        blank = _named(path, codec, name)
    else:
        codec, blank = _guess(path, headers, name)
    start = (_head(path, codec) or "")[:2000].lstrip("\ufeff \t\r\n").casefold()
    if start.startswith(("<!doctype html", "<html", "<?xml", "<head", "<body")):
        raise Refused(
            f"{name} is a web page (HTML or XML), not a CSV file: the download probably gave "
            "an error or a sign-in page."
        )
    if JSON.match(start):
        raise Refused(
            f"{name} is JSON, not a table: ask for the supplier's CSV, or save its records as CSV."
        )
    if blank:
        raise Refused(f"{name} is empty: it has no header and no rows.")
    return codec


def open_text(path: Path, codec: str) -> TextIO:
    """The file as text without its byte-order mark, line ends as they are; do not seek in it."""
    stream = path.open("r", encoding=codec, newline="")
    if stream.read(1) != "\ufeff":
        stream.seek(0)
    return stream


class _Nul(Exception):
    """The text has a NUL, which no database keeps."""


class _Misfit(Exception):
    """The byte at this position of the file does not belong to the encoding."""


def _known(asked: str) -> str:
    """The name under which Python knows an encoding of text. Raises `Refused`."""
    try:
        found = codecs.lookup(asked)
        # What is no encoding of text (base64, rot13, zip…) says so as soon as it is used as one.
        with suppress(UnicodeError):
            b"a".decode(found.name)
        if found.name in ESCAPES:
            raise LookupError(asked)
    except (LookupError, ValueError):
        raise Refused(
            f"“{asked}” is not an encoding of text: set encoding to auto, utf-8, utf-16, gb18030, "
            "big5, cp1252 or another name that Python knows."
        ) from None
    return found.name


def _named(path: Path, codec: str, name: str) -> bool:
    """Whether the text is blank. Raises `Refused` when it is not in this encoding."""
    try:
        return _scan(path, codec)
    except _Nul:
        raise _binary(name) from None
    except _Misfit as misfit:
        raise Refused(
            f"{name} is not in the encoding {codec} that its profile names: the first byte that "
            f"does not fit is in line {_line(path, misfit.args[0])}; encoding = “auto” finds it "
            "out."
        ) from None


def _guess(path: Path, headers: Sequence[str], name: str) -> tuple[str, bool]:
    """The codec, and whether the text is blank. Raises `Refused`."""
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE)
    try:
        for codec in _certain(sample):
            with suppress(_Misfit):
                return codec, _scan(path, codec)
    except _Nul:
        raise _binary(name) from None
    # With NULs it is none of the candidates, which may decode them all the same.
    for codec in _likely(path, headers, sample) if b"\x00" not in sample else ():
        with suppress(_Misfit, _Nul):
            return codec, _scan(path, codec)
    raise Refused(
        f"The encoding of {name} cannot be told, so it may be binary: name it in the profile "
        "(encoding = …), or save the file as UTF-8."
    )


def _binary(name: str) -> Refused:
    return Refused(f"{name} contains NUL characters, so it is binary and not a CSV file.")


def _certain(sample: bytes) -> Iterator[str]:
    """Encodings that leave no choice when the whole file is in them."""
    yield from (codec for mark, codec in MARKS if sample.startswith(mark))
    if (wide := _without_mark(sample)) is not None:
        yield wide
    yield "utf-8"


def _without_mark(sample: bytes) -> str | None:
    """UTF-16 without its mark: ASCII characters have a NUL beside them, always on one side."""
    if b"\x00" not in sample:
        return None
    codec = "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
    text = _decoded(sample, codec)
    if text is None:
        return None
    seen = {category(char) for char in set(text) - {"\t", "\r", "\n"}}
    likely = any(mark in text for mark in ",;|\t") and not seen & {"Cc", "Cn", "Co"}
    return codec if likely else None


def _likely(path: Path, headers: Sequence[str], sample: bytes) -> list[str]:
    """Candidates that decode the beginning; first those with all headers, then by likelihood."""
    end = len(sample) if len(sample) < SAMPLE else sample.rfind(b"\n") + 1 or SAMPLE
    # Two megabytes that a web process, which receives files and reads none, does not need.
    from charset_normalizer import from_bytes

    found = [match.encoding for match in from_bytes(sample[:end], cp_isolation=list(CANDIDATES))]
    heads = {codec: _head(path, codec) for codec in dict.fromkeys([*found, *CANDIDATES])}
    fitting = {codec: head for codec, head in heads.items() if head is not None}
    return sorted(fitting, key=lambda codec: any(h not in fitting[codec] for h in headers))


def _head(path: Path, codec: str) -> str | None:
    """The first `HEAD` characters; None when they are not in this encoding."""
    with path.open("rb") as stream:
        text = _decoded(stream.read(5 * HEAD), codec)
    return None if text is None else text[:HEAD]


def _decoded(data: bytes, codec: str) -> str | None:
    """The text of the first bytes of a file, whose last character may be cut."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(data)
    except UnicodeError:
        return None


def _scan(path: Path, codec: str) -> bool:
    """Decode the whole file; whether its text is blank. Raises `_Misfit` and `_Nul`."""
    decoder = codecs.getincrementaldecoder(codec)()
    blank, read = True, 0
    with path.open("rb") as stream:
        while True:
            block = stream.read(BLOCK)
            read += len(block)
            try:
                text = decoder.decode(block, final=not block)
                # Some codecs make halves of surrogate pairs.
                text.encode("utf-8")
            except UnicodeDecodeError as error:
                # The object of the error ends with this block, whatever was kept from the last.
                raise _Misfit(read - len(error.object) + error.start) from None
            except UnicodeError:
                raise _Misfit(read) from None
            if "\x00" in text:
                raise _Nul
            blank = blank and not text.strip("\ufeff \t\r\n")
            if not block:
                return blank


def _line(path: Path, at: int) -> int:
    """The line in which the byte at this position stands."""
    ends = 0
    with path.open("rb") as stream:
        while at > 0 and (block := stream.read(min(BLOCK, at))):
            ends += block.count(b"\n")
            at -= len(block)
    return ends + 1
