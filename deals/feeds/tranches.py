"""Tranches and their umbrella deals inside one file."""

from collections.abc import Mapping


def in_circles(part_of: Mapping[str, str]) -> set[str]:
    """Keys of deals that are, by way of their umbrellas, a part of themselves.

    `part_of` gives the umbrella's key by the deal's key, for the deals that have one.
    """
    found: set[str] = set()
    done: set[str] = set()
    for start in part_of:
        path: dict[str, None] = {}
        key = start
        while key in part_of and key not in path and key not in done:
            path[key] = None
            key = part_of[key]
        if key in path:
            keys = list(path)
            found.update(keys[keys.index(key) :])
        done.update(path)
    return found
