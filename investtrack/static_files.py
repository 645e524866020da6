"""Stylesheets, scripts, fonts and pictures: as `collectstatic` left them, or from their sources."""

import os
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.base import MissingFileError
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class StaticFiles(WhiteNoiseMiddleware):
    """Collected files are the compressed ones, so they go before their sources.

    WhiteNoise by itself sends the source of whatever a finder finds. It is sent where nothing was
    collected, or only before the source changed.
    """

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        """The collected ones come first, then the sources."""
        known = self.files.get(url)
        if known is None or os.stat(_plain(known)).st_mtime < os.stat(path).st_mtime:
            super().add_file_to_dictionary(url, path, stat_cache=stat_cache)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """A file that `collectstatic` has replaced since the start is looked at again: sent with
        the length of before it would be cut off."""
        known = self.files.get(request.path_info)
        if known is not None and _changed(known):
            try:
                again = self.get_static_file(_plain(known), request.path_info)
            except MissingFileError:
                return self.get_response(request)
            self.files[request.path_info] = again
        return super().__call__(request)


def _plain(file: StaticFile) -> str:
    """Where it stands uncompressed; beside it are `.gz` and `.br`."""
    return min((path for _, path, _ in file.alternatives), key=len)


def _changed(file: StaticFile) -> bool:
    try:
        return any(
            os.stat(path).st_size != int(dict(headers)["Content-Length"])
            for _, path, headers in file.alternatives
        )
    except FileNotFoundError:
        return True
