"""What is counted, as plain calls. They return at once, and load nothing, where METRICS is off.

The instruments are in `investtrack.instruments`, what is read from the database at each look in
`investtrack.collected`.
"""

from django.conf import settings


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """One request to a named route, answered by `status` after so many seconds."""
    if settings.METRICS:
        from investtrack.instruments import observe_request

        observe_request(route, method, status, seconds)


def count_kept(found: bool) -> None:
    """An answer was looked for among the kept ones."""
    if settings.METRICS:
        from investtrack.instruments import KEPT

        KEPT[found].inc()


def count_fallback(reason: str) -> None:
    """A reader's question was answered by the primary database.

    `reason` is "not_asked" where the replica is away or behind, and "handed_back" where it was
    asked and could not answer this one.
    """
    if settings.METRICS:
        from investtrack.instruments import FALLBACKS

        FALLBACKS.labels(reason).inc()


def note_lag(seconds: float) -> None:
    """How far the replica is behind, as this process has just measured it."""
    if settings.METRICS:
        from investtrack.instruments import LAG

        LAG.set(seconds)
