"""Keys of the API: how one is made, and what of it may be kept."""

import hashlib
import secrets

# A key begins with its power, so that whoever finds one in a script knows what it can do.
MARKS = {"read": "itk_r_", "import": "itk_i_", "write": "itk_w_"}
RANDOM_BYTES = 32
SHOWN = 14


def new_key(power: str) -> str:
    """A key of 32 random bytes for `power`: "read", "import" or "write"."""
    return MARKS[power] + secrets.token_urlsafe(RANDOM_BYTES)


def prefix_of(key: str) -> str:
    """The beginning by which people recognise a key: its mark and eight characters."""
    return key[:SHOWN]


def digest_of(key: str) -> str:
    """SHA-256 in hexadecimal. So much randomness needs neither salt nor a slow hash."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def looks_like_key(text: str) -> bool:
    """Whether a text begins as our keys do, however it came here."""
    return text.strip().startswith(tuple(MARKS.values()))
