"""Releases with files, for tests of pages and of the API."""

from deals.exports import release as maker
from deals.exports.naming import name_release
from deals.models import Release


def released(name: str = "2026.11", **facts) -> Release:
    """A release of the present state, its files made in `settings.RELEASES_DIR`."""
    return maker.make(name_release(name=name, by=None, **facts))
