"""A secret for a machine that was given none."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def stored_secret(path: Path) -> str:
    """The secret in this file, readable by its owner alone; made once, also by two at a time."""
    with suppress(FileNotFoundError):
        return path.read_text()
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        with suppress(FileExistsError):  # another process was first: its secret counts
            os.link(unfinished, path)
    finally:
        unfinished.unlink()
    return path.read_text()
