"""The files of a release: made once, listed with checksums, and made again to be compared.

Two kinds of files are in it. Those that the ledger decides (deals, participations, what changed)
can be made again at any time, to the last byte. The others say how things were when the files were
made (organizations, reference tables, rates, rules, headline numbers) and are kept.
"""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils import translation

from deals.exports import manifest
from deals.exports.beside import MakerEnded, NoRoom
from deals.exports.datapackage import describe, with_doi
from deals.exports.manifest import CHECKSUMS, DESCRIPTOR, Entry
from deals.exports.naming import WANTED
from deals.exports.release_parts import from_ledger, kept_parts
from deals.exports.same import same_content
from deals.flows.frozen import reference
from deals.models import Release

log = logging.getLogger(__name__)


class Busy(Exception):
    """Somebody else makes the files of this release at the moment."""


def wanted(release: Release) -> bool:
    """Whether files are to be made that are not there, or say something older than the row."""
    return bool(release.reference.get(WANTED)) or _redescribed(release) is not None


def make(release: Release) -> Release:
    """Make the files, all or none, and list them; made ones stay, but for the descriptor.

    Safe to be called again and to be killed at any moment. Raises `Busy`; `NoRoom` where another
    try will do; OSError when the disk does not take them, or `MakerEnded` when one of them could
    not be made, which is then said in `problem`.
    """
    with manifest.alone(release.pk) as mine:
        if not mine:
            raise Busy
        release.refresh_from_db()
        if release.files:
            return _describe_again(release)
        try:
            with translation.override("en"):
                entries = _make(release)
        except NoRoom:
            raise
        except OSError as error:
            give_up(release, f"The files could not be written: {error.strerror or error}.")
            raise
        except MakerEnded as error:
            give_up(release, f"The files could not be made. {error} The log says why.")
            raise
        _list(release, entries)
        return release


def _make(release: Release) -> list[Entry]:
    folder = manifest.making_of(release.name)
    entries = manifest.make_files(folder, [*from_ledger(release), *kept_parts(release)])
    entries = [entry for entry in entries if entry.name not in (CHECKSUMS, DESCRIPTOR)]
    manifest.replace_text(folder / CHECKSUMS, manifest.checksums(entries))
    entries.append(Entry.of(folder / CHECKSUMS, None))
    manifest.replace_text(folder / DESCRIPTOR, describe(release, entries))
    entries.append(Entry.of(folder / DESCRIPTOR, None))
    manifest.settle(release.name)
    return entries


def _list(release: Release, entries: list[Entry]) -> None:
    release.files = [entry.plain() for entry in entries]
    release.reference = reference()
    release.problem = ""
    release.save(update_fields=["files", "reference", "problem"])


def entries_of(release: Release) -> list[Entry]:
    return [Entry(**row) for row in release.files]


def _redescribed(release: Release) -> str | None:
    """The descriptor with the DOI of today; None where it has that, or is not there.

    The rest of it is about the code that made the files, and stays.
    """
    path = manifest.folder_of(release.name) / DESCRIPTOR
    if not release.files or not path.exists():
        return None
    written = path.read_text(encoding="utf-8")
    text = with_doi(written, release.doi)
    return None if text == written else text


def _describe_again(release: Release) -> Release:
    """Bring the descriptor in step with the row; the files of data never change."""
    text = _redescribed(release)
    if text is None:
        return release
    manifest.replace_text(manifest.folder_of(release.name) / DESCRIPTOR, text)
    entry = Entry.of_text(DESCRIPTOR, text)
    release.files = [row for row in release.files if row["name"] != DESCRIPTOR] + [entry.plain()]
    release.save(update_fields=["files"])
    return release


@dataclass(frozen=True, slots=True)
class Checked:
    """One file looked at: `state` is "same", "same content", "differs", "missing" or "damaged".

    "damaged" and "missing" are about the file on disk, "differs" about the one made again.
    """

    name: str
    state: str

    @property
    def right(self) -> bool:
        return self.state in ("same", "same content")


def check(release: Release, *, repair: bool = False) -> list[Checked]:
    """Look at every file on disk, and make those again that the ledger decides.

    With `repair` a missing or damaged file is put back where what was made again is the same as
    what is listed. Raises `Busy`.
    """
    with manifest.alone(release.pk) as mine:
        if not mine:
            raise Busy
        release.refresh_from_db()
        folder = manifest.making_of(release.name)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            with translation.override("en"):
                manifest.make_files(folder, from_ledger(release))
            return [_checked(release, entry, folder, repair) for entry in entries_of(release)]
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _checked(release: Release, entry: Entry, folder: Path, repair: bool) -> Checked:
    stored, again = manifest.folder_of(release.name) / entry.name, folder / entry.name
    on_disk = _on_disk(stored, entry)
    if not again.exists():
        return Checked(entry.name, on_disk)
    if manifest.sha256_of(again) == entry.sha256:
        if on_disk != "same" and repair:
            stored.parent.mkdir(parents=True, exist_ok=True)
            again.replace(stored)
            return Checked(entry.name, "same")
        return Checked(entry.name, on_disk)
    if on_disk == "same" and same_content(stored, again):
        return Checked(entry.name, "same content")
    return Checked(entry.name, "differs")


def _on_disk(stored: Path, entry: Entry) -> str:
    if not stored.exists():
        return "missing"
    return "same" if manifest.sha256_of(stored) == entry.sha256 else "damaged"


def where(release: Release) -> Path:
    """The folder of its files."""
    return manifest.folder_of(release.name)


def finished(release: Release) -> int:
    """How many files a maker that was stopped has left behind, to go on with."""
    return len(manifest.finished(release.name))


def give_up(release: Release, why: str) -> None:
    """Say why there are no files; nobody is rung again until a person asks for them again."""
    release.refresh_from_db()
    release.problem = why
    release.reference.pop(WANTED, None)
    release.save(update_fields=["problem", "reference"])


def pending() -> Iterator[Release]:
    """Releases whose files are to be made or described again; few are looked at closely."""
    yield from (release for release in Release.objects.all() if wanted(release))
