"""Files beside the database, copied with their checksums."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

BLOCK = 1 << 20


def copy_all(
    folders: Mapping[str, Path], into: Path, before: Path | None, known: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Each folder below its name in `into`; path, bytes, time and SHA-256 of each file.

    A file that stands in the backup `before` with the same size and time is not copied but shared
    with it by a second link. `known` is what that backup says of its files.
    """
    earlier = {one["path"]: one for one in known}
    copied = []
    for name, folder in sorted(folders.items()):
        for inside, path in _within(folder):
            # Old ones are tidied away at any time, after the rows that named them.
            with suppress(FileNotFoundError):
                copied.append(_copied(path, f"{name}/{inside}", into, before, earlier))
    return copied


def _within(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path


def _copied(
    path: Path, name: str, into: Path, before: Path | None, earlier: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    goal, facts = into / name, path.stat()
    goal.parent.mkdir(parents=True, exist_ok=True)
    same = earlier.get(name)
    if before and same and (same["bytes"], same["mtime"]) == (facts.st_size, facts.st_mtime_ns):
        try:
            os.link(before / name, goal)
            return same
        except OSError:
            pass  # another file system, or one without links
    shutil.copy2(path, goal)
    return {
        "path": name,
        "bytes": goal.stat().st_size,
        "mtime": facts.st_mtime_ns,
        "sha256": digest_of(goal),
    }


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def damaged(files: Path, listed: list[dict[str, Any]]) -> list[str]:
    """Paths of listed files that are missing or are not what they were."""
    return [
        one["path"]
        for one in listed
        if not (files / one["path"]).is_file() or digest_of(files / one["path"]) != one["sha256"]
    ]
