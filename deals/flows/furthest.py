"""The furthest entry of the ledger that readers may have seen, for all processes together.

Two servers that answer readers are not at the same entry at the same moment. Whoever is about to
ask one that follows the other compares it with this, so that no reader sees the ledger go back.
"""

import logging

from django.core.cache import cache

from deals.models import ledger

log = logging.getLogger(__name__)
KEY = "ledger:furthest"
# Longer than a server may be behind; and not for ever, since a restored backup ends earlier.
KEEP_SECONDS = 120
# Where the cache cannot say it, or has forgotten it: more than any ledger has.
UNKNOWN = 1 << 62


def note(seq: int) -> None:
    """Readers may have seen entry `seq` by now."""
    try:
        # The same entry once more, so that what is true is not forgotten; a larger one stays.
        if seq >= cache.get(KEY, 0):
            cache.set(KEY, seq, KEEP_SECONDS)
    except Exception:  # each cache has exceptions of its own
        log.warning("The cache does not keep how far the ledger has come.", exc_info=True)


def known() -> int:
    """The furthest entry that was noted lately; UNKNOWN where the cache that all share has none,
    or is away: what one process knows by itself is not what others have shown."""
    try:
        found = cache.get(KEY)
        return UNKNOWN if found is None or getattr(cache, "away", False) else int(found)
    except Exception:
        return UNKNOWN


def note_end(**_signal: object) -> None:
    """For `ledger.grown`: what was just published can be seen from now on."""
    note(ledger.head())
