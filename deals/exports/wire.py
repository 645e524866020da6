"""What goes to the program that makes a file, and what comes back.

To it: one line of JSON, the job; then documents, one a line, until the end. From it: pieces of the
file, each behind its head, but for the first bytes (`files`); at last a head alone. A file that was
cut off has no such end.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from deals.exports.columns import Column

# Rows that a piece completes, and its bytes.
HEAD = struct.Struct("!II")
# In place of the bytes: that the file is whole.
END = 0xFFFFFFFF
# A message of the database, and what a pipe gives at once.
PIECE = 1 << 17
# How every Parquet file begins; whoever asks for one sends it on before the program is there.
MAGIC = b"PAR1"
# What a pipe may hold, so that neither side waits for each piece of the other.
PIPE = 1 << 20


@dataclass(frozen=True, slots=True)
class Job:
    """Which file is to be made: all that the program knows of settings, readers and question.

    `columns` are those of whoever asks, who may be older than what lies on the disk by now: the
    first line and the rows of a file are of the same code.
    `facts` become metadata of Parquet. Of a workbook `about` is what its first sheet says,
    `counted` the label of the number of rows there, `title` the name of its sheet with rows,
    `words` texts in the reader's language, and `folder` where it may lie meanwhile.
    """

    form: str
    columns: tuple[Column, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    about: tuple[tuple[str, str], ...] = ()
    counted: str = ""
    title: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> "Job":
        found = json.loads(line)
        about = tuple((label, text) for label, text in found.pop("about"))
        columns = tuple(
            Column(**one | {"digits": tuple(one["digits"])}) for one in found.pop("columns")
        )
        return cls(**found, columns=columns, about=about)
