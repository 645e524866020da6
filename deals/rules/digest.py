"""One number for a set of texts, by which two copies are compared without fetching either.

The digest of a set is the exclusive or of the SHA-256 of each text in UTF-8, as 64 hexadecimal
digits: order does not matter, and what is added or taken out changes it by its own SHA-256 alone.
A text that is there twice would cancel out, so it goes together with the number of texts; here each
has its own id in it.
"""

import hashlib
from collections.abc import Iterable
from functools import reduce
from operator import xor

# Raised when the definition changes, so that a copy says so instead of calling itself wrong.
FORMAT = 1
NONE = 0


def digest_of(text: str) -> int:
    """The SHA-256 of one text, as a number."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest())


def combined(digests: Iterable[int]) -> int:
    """The digest of a set, from those of its texts."""
    return reduce(xor, digests, NONE)


def as_hex(digest: int) -> str:
    """64 hexadecimal digits."""
    return f"{digest:064x}"
