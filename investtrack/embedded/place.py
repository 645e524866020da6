"""Where an embedded database keeps its files.

`home`, a folder below VAR_DIR, always holds the locks and the address. The data lie there too,
unless PostgreSQL's user cannot get there: root's checkout under a private home directory. Then
they lie in a folder of their own below /var/lib, and `home/elsewhere` names it.
"""

import re
import shutil
import tempfile
from pathlib import Path

from investtrack.embedded import EmbeddedError
from investtrack.embedded.owner import Owner

# The kernel allows about 107 bytes for the path of a socket; PostgreSQL adds its file's name.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432") - 2
SHELVES = (Path("/var/lib"), Path("/var/tmp"), Path("/tmp"))
SOCKET_SHELVES = (Path("/run"), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))
PREFIX = "investtrack-"


def make_home(home: Path) -> None:
    """Create the folder so that PostgreSQL's user can pass through it, whatever the umask."""
    if not home.exists():
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o755)


def data_place(home: Path, owner: Owner) -> Path:
    """The folder for data and copied programs: `home`, or one that PostgreSQL's user can reach."""
    pointer = home / "elsewhere"
    if pointer.exists():
        place = Path(pointer.read_text().strip())
        if place.is_dir():
            return place
    elif owner.can_reach(home):
        return home
    place = _new_folder(SHELVES, owner)
    place.chmod(0o755)
    (place / "belongs-to").write_text(str(home))
    _remove_orphans(place, home)
    pointer.write_text(f"{place}\n")
    return place


def _new_folder(shelves: tuple[Path, ...], owner: Owner) -> Path:
    for shelf in shelves:
        if shelf.is_dir() and owner.can_reach(shelf):
            try:
                return Path(tempfile.mkdtemp(prefix=PREFIX, dir=shelf))
            except OSError:
                continue
    tried = ", ".join(str(shelf) for shelf in shelves)
    raise EmbeddedError(f"No folder for the database could be made in any of {tried}.")


def _remove_orphans(place: Path, home: Path) -> None:
    """Remove what an earlier life of the same `home` left behind when VAR_DIR was deleted."""
    for marker in place.parent.glob(f"{PREFIX}*/belongs-to"):
        if marker.parent != place and marker.read_text() == str(home):
            shutil.rmtree(marker.parent, ignore_errors=True)


def socket_folder(place: Path, owner: Owner) -> Path:
    """A private folder whose path is short and plain enough for a socket; made when missing."""
    folder = place / "socket"
    short = len(str(folder).encode()) <= LONGEST_SOCKET_FOLDER
    # PostgreSQL and libpq both read a comma as the end of a path.
    if short and re.fullmatch(r"[\w./+@ -]+", str(folder), re.ASCII):
        folder.mkdir(exist_ok=True)
    else:
        folder = _new_folder(SOCKET_SHELVES, owner)
    owner.take(folder)
    return folder


def discard_socket_folder(folder: Path, place: Path) -> None:
    if folder.parent != place:
        shutil.rmtree(folder, ignore_errors=True)
