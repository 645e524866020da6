"""Naming a point of the ledger, and saying more of it later. Each is one entry of the log."""

import re

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deals import journal
from deals.flows.between import NOW
from deals.flows.frozen import reference
from deals.models import Release, ledger
from deals.rules.doi import doi as read_doi
from deals.rules.errors import RuleError

User = AbstractBaseUser | None
LONGEST_NAME, LONGEST_NOTES = 32, 5_000
# A folder and a part of addresses is called so, and a file system may not tell A from a.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# In `Release.reference` until the files are there: somebody has asked for them.
WANTED = "files_wanted"


class Refused(Exception):
    """Why nothing was done, in a sentence; `field` is the one that it is about."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def name_release(
    *, name: str, notes: str = "", doi: str = "", files: bool = True, by: User
) -> Release:
    """Give the present end of the ledger a name, for ever. Raises `Refused`.

    `files` notes that they are to be made; making them is the caller's business, since it lasts.
    """
    facts = {"name": _name(name), "notes": _notes(notes), "doi": _doi(doi)}
    marked = reference() | ({WANTED: True} if files else {})
    try:
        with transaction.atomic():
            seq = ledger.lock()
            if Release.objects.filter(name__iexact=facts["name"]).exists():
                raise IntegrityError
            made = Release.objects.create(**facts, seq=seq, at=timezone.now(), reference=marked)
            journal.record("released", by=by, text=made.name)
    except IntegrityError:
        said = _("There is a release %(name)s already, and a release never changes.")
        raise Refused("name", said % {"name": name}) from None
    return made


@transaction.atomic
def describe_release(*, release: Release, notes: str, doi: str, by: User) -> bool:
    """Change what may change of a release: its notes and its DOI. Whether anything did."""
    locked = Release.objects.select_for_update().get(pk=release.pk)
    facts = {"notes": _notes(notes), "doi": _doi(doi)}
    changed = [name for name, value in facts.items() if getattr(locked, name) != value]
    for name in changed:
        setattr(locked, name, facts[name])
    if changed:
        locked.save(update_fields=changed)
        journal.record("described_release", by=by, text=locked.name)
    return bool(changed)


@transaction.atomic
def want_files(*, release: Release, by: User) -> None:
    """Ask for the files of a release that has none, for a first time or again. Raises `Refused`."""
    locked = Release.objects.select_for_update().get(pk=release.pk)
    if locked.files:
        raise Refused("", _("The files of %(name)s are made already.") % {"name": locked.name})
    if locked.reference.get(WANTED):
        said = _("The files of %(name)s are being made already.")
        raise Refused("", said % {"name": locked.name})
    locked.reference = locked.reference | {WANTED: True}
    locked.problem = ""
    locked.save(update_fields=["reference", "problem"])
    journal.record("wanted_files", by=by, text=locked.name)


def _name(text: str) -> str:
    name = text.strip()
    if not name:
        raise Refused("name", _("Give the release a name, such as 2026.11."))
    if len(name) > LONGEST_NAME:
        said = _("A release's name has 1 to %(most)s characters.") % {"most": LONGEST_NAME}
        raise Refused("name", said)
    if not NAME.fullmatch(name) or name.endswith("."):
        said = _(
            "A release's name has letters from a to z, digits, dots, dashes and underscores,"
            " and begins with a letter or digit."
        )
        raise Refused("name", said)
    if name.lower() == NOW:
        raise Refused("name", _("“now” stands for the present state; choose another name."))
    return name


def _notes(text: str) -> str:
    notes = text.replace("\0", "").replace("\r\n", "\n").strip()
    if len(notes) > LONGEST_NOTES:
        said = _("Notes have at most %(most)s characters; these are %(count)s.")
        raise Refused("notes", said % {"most": LONGEST_NOTES, "count": len(notes)})
    return notes


def _doi(text: str) -> str:
    try:
        return read_doi(text)
    except RuleError:
        said = _("A DOI looks like 10.5281/zenodo.1234567.")
        raise Refused("doi", said) from None
