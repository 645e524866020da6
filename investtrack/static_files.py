"""Stylesheets, scripts, fonts and pictures: as `collectstatic` left them, or from their sources."""

import os
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.base import MissingFileError
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

# A file and, beside it, the same compressed.
FORMS = ("", ".gz", ".br")
Stamps = tuple[tuple[int, int] | None, ...]


class StaticFiles(WhiteNoiseMiddleware):
    """Collected files are the compressed ones, so they go before their sources.

    WhiteNoise by itself sends the source of whatever a finder finds. It is sent where nothing was
    collected, or only before the source changed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.stamps: dict[str, Stamps] = {}
        super().__init__(get_response)

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        """The collected ones come first, then the sources."""
        known = self.files.get(url)
        if known is None or _older(_plain(known), path):
            super().add_file_to_dictionary(url, path, stat_cache=stat_cache)

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        """Without what was compressed before the file itself was written anew: `collectstatic`
        copies all files first, and gives what it compresses the time of the file."""
        stamps = _stamps(path)
        made = super().get_static_file(path, url, stat_cache=stat_cache)
        current = {path + end for end, one in zip(FORMS, stamps, strict=True) if _of(stamps, one)}
        made.alternatives = [one for one in made.alternatives if one[1] in {path, *current}]
        self.stamps[url] = stamps
        return made

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """A file that `collectstatic` has replaced since the start is looked at again: sent with
        the length of before it would be cut off."""
        url = request.path_info
        known = self.files.get(url)
        if known is None or self.stamps.get(url) == _stamps(_plain(known)):
            return super().__call__(request)
        try:
            self.files[url] = self.get_static_file(_plain(known), url)
        except MissingFileError:
            # Just being replaced: its source, if it has one.
            found = self.find_file(url)
            return self.serve(found, request) if found else self.get_response(request)
        return super().__call__(request)


def _plain(file: StaticFile) -> str:
    """Where it stands uncompressed; beside it are `.gz` and `.br`."""
    return min((path for _, path, _ in file.alternatives), key=len)


def _older(one: str, other: str) -> bool:
    ours, theirs = _stamps(one)[0], _stamps(other)[0]
    return ours is None or (theirs is not None and ours[0] < theirs[0])


def _stamps(path: str) -> Stamps:
    """Time and size of each form, None where there is none."""
    found: list[tuple[int, int] | None] = []
    for end in FORMS:
        try:
            stat = os.stat(path + end)
        except OSError:
            found.append(None)
        else:
            found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _of(stamps: Stamps, one: tuple[int, int] | None) -> bool:
    """Whether a compressed form has the second of the file itself."""
    plain = stamps[0]
    return plain is not None and one is not None and plain[0] // 10**9 == one[0] // 10**9
