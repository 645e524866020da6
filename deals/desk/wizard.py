"""What the steps of the import wizard share: the file, its draft profile, and where one stands."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.urls import reverse

from deals.desk.access import person
from deals.feeds.detect import Detected, detect
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.profile_write import profile_toml
from deals.feeds.propose import Proposal, propose
from deals.feeds.receive import Received, stored
from deals.feeds.refusals import Refused
from deals.models import Upload
from deals.rules.roles import MANAGE

STEPS = (
    ("desk-file", "Reading"),
    ("desk-file-columns", "Columns"),
    ("desk-file-check", "Check"),
)
Tables = dict[str, Any]
# How long a finding is remembered while somebody goes through the steps.
KEPT_SECONDS = 15 * 60


@dataclass
class Work:
    """One brought file on its way through the wizard; what is found out is found out once."""

    upload: Upload

    @cached_property
    def file(self) -> Received:
        """Raises `Refused` when it is no longer kept."""
        return stored(self.upload.file_name, self.upload.file_sha256)

    @cached_property
    def detected(self) -> Detected:
        """As corrected. Raises `Refused` with the reason why it cannot be read so."""
        file, corrections = self.file, self.corrections
        said = hashlib.sha256(repr((file.name, sorted(corrections.items()))).encode()).hexdigest()
        # Each step asks again, and for the encoding the whole of a large file is decoded.
        key = f"detected:{file.sha256}:{said}"
        found: Detected | None = cache.get(key)
        if found is None:
            found = detect(file, corrections)
            cache.set(key, found, KEPT_SECONDS)
        return found

    @cached_property
    def corrections(self) -> dict[str, str | int]:
        """A person's, and below them those of the profile that was chosen."""
        return reading_of(self.tables or {}) | self.upload.corrections

    @cached_property
    def proposal(self) -> Proposal:
        """Which column is what, as far as headers and contents tell."""
        return propose(self.detected)

    @cached_property
    def tables(self) -> Tables | None:
        """The draft profile as a TOML reader gives it; None before there is one."""
        return tomllib.loads(self.upload.profile) if self.upload.profile else None

    @property
    def draft(self) -> Tables:
        """The profile as far as it is known: as chosen or kept, else as proposed."""
        known = self.proposal.tables() if self.tables is None else self.tables
        return read_as(known, self.upload.corrections)

    def correct(self, corrections: dict[str, str | int]) -> None:
        """Remember how the file is to be read; blank and "auto" mean: find out."""
        before = self._header()
        self.upload.corrections = {n: v for n, v in corrections.items() if v not in ("", "auto")}
        self._forget("detected", "corrections")
        if self.upload.profile and self.upload.feed is None and self._header() != before:
            # Read so, the file has other columns, and what was said of the old ones is void.
            self.upload.profile = ""
            self._forget("tables")
        self.upload.save(update_fields=["corrections", "profile"])

    def _header(self) -> list[str]:
        try:
            return self.detected.header
        except Refused:
            return []

    def _forget(self, *names: str) -> None:
        for name in names:
            self.__dict__.pop(name, None)

    def keep(self, tables: Mapping[str, Any]) -> Profile:
        """Remember a profile. Raises `Refused` when it is not valid, and keeps the old one."""
        return self.keep_text(profile_toml(tables))

    def keep_text(self, text: str) -> Profile:
        """Remember a profile that somebody wrote. Raises `Refused`, as above."""
        profile = load_profile(text)
        self.upload.profile = text
        self.upload.save(update_fields=["profile"])
        self._forget("tables")
        return profile


def reading_of(tables: Mapping[str, Any]) -> dict[str, str | int]:
    """What a profile says of how a file is read, by the names of the corrections."""
    amounts, dates = tables.get("amounts", {}), tables.get("dates", {})
    said = {name: tables.get(name) for name in ("encoding", "delimiter", "skip_rows")}
    said |= {"decimal": amounts.get("decimal"), "order": dates.get("order")}
    return {name: value for name, value in said.items() if value not in (None, "", "auto")}


def read_as(tables: Mapping[str, Any], reading: Mapping[str, str | int]) -> Tables:
    """The profile with what is said of how the file is read."""
    draft = dict(tables)
    draft |= {n: reading[n] for n in ("encoding", "delimiter", "skip_rows") if n in reading}
    if "decimal" in reading:
        draft["amounts"] = dict(draft.get("amounts", {})) | {"decimal": reading["decimal"]}
    if "order" in reading:
        draft["dates"] = {"order": reading["order"]}
    return draft


def find(request: HttpRequest, pk: int) -> Work:
    """The file at the desk; 404 when there is none, or it is somebody else's."""
    user = person(request)
    upload = Upload.objects.select_related("feed").filter(pk=pk).first()
    if upload is None or (upload.created_by_id != user.pk and not user.has_perm(MANAGE)):
        raise Http404("There is no such file at the desk, or somebody else brought it.")
    return Work(upload)


def frame(work: Work, name: str) -> dict[str, Any]:
    """What every step's page shows: the file, and the steps with where one stands."""
    at = [step for step, _ in STEPS].index(name)
    steps = [
        {"title": title, "url": reverse(step, args=[work.upload.pk]), "state": _state(place, at)}
        for place, (step, title) in enumerate(STEPS)
    ]
    return {
        "section": "desk",
        "desk_section": "imports",
        "upload": work.upload,
        "steps": steps,
        "step": at + 2,
    }


def _state(place: int, at: int) -> str:
    return "now" if place == at else "done" if place < at else "later"
