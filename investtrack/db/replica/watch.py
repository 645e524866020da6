"""Whether the replica may be asked: that it is there, near, and not behind what readers saw.

Each process looks at most once a second, and only while readers ask. Between two looks a reader
costs one look into the cache.
"""

import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import Error

from deals.flows import furthest
from investtrack import metrics
from investtrack.db.replica.turns import ALIAS

log = logging.getLogger(__name__)
LOOK_EVERY = 1.0
# What was seen longer ago counts for nothing, where somebody looks and is not back.
GOOD_FOR = 5.0
# After a failure nobody asks for so long; longer where finding out took long, as it does where
# nobody answers at all, so that readers wait for it a twentieth of the time at most.
PAUSE, PATIENCE = 5.0, 20
# A replica that gets what is written as it is written is here within one of these.
TURNS, TURN = 3, 0.02
HEAD = "SELECT coalesce(max(seq), 0) FROM deals_change"
NOT_LOOKED = "Nobody has looked yet."
PRIMARY = f"SELECT (pg_current_wal_lsn() - '0/0')::bigint, ({HEAD})"
# What came in and cannot be replayed: a primary that dies leaves its last record unfinished, which
# for want of a commit is at most a page of a table and its neighbours.
UNFINISHED = 16_384
REPLICA = f"""
SELECT current_setting('transaction_read_only') = 'on',
       (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
             ELSE pg_current_wal_lsn() END - '0/0')::bigint,
       pg_last_wal_receive_lsn() - pg_last_wal_replay_lsn() < {UNFINISHED},
       extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8,
       ({HEAD})
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the replica says of itself: `position` in bytes of the log, `age` in seconds of the last
    transaction that it replayed, `head` of the ledger; `idle` where every record that came whole is
    replayed."""

    read_only: bool
    position: int
    idle: bool
    age: float | None
    head: int

    def behind(self, primary: int | None) -> float:
        """Seconds, at most; without a word from the primary, what the replica can know itself.

        Nothing where it has all that was written. So a quiet primary is not taken for a slow
        replica, and one that gets nothing any more is not taken for a quiet primary.
        """
        has_all = self.idle if primary is None else self.position >= primary
        if has_all:
            return 0.0
        return float("inf") if self.age is None else max(self.age, 0.0)


class Watch:
    """One for each process. `why_not` says what keeps readers from the replica, "" for nothing; it
    names no machine."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """As at the start: nothing is known, and the first reader looks."""
        self.why_not = NOT_LOOKED
        self.head = self._noted = 0
        self.lag: float | None = None
        self._alone = False
        self._seen_at = self._next = float("-inf")

    def may_be_asked(self) -> bool:
        """Whether this reader, now, may be answered by the replica."""
        self.look()
        if self.why_not or time.monotonic() - self._seen_at > GOOD_FOR:
            return False
        known = furthest.known()
        if known == furthest.UNKNOWN:
            # While the database is away nobody publishes, and what is there is better than nothing.
            return self._alone
        known = max(known, self._noted)
        if known > self.head:
            self._look_at_head()
        return known <= self.head

    def told(self) -> dict[str, Any]:
        """For `/readyz`: whether it is asked, why not, and the seconds it is behind at most."""
        self.look()
        if self.why_not:
            return {"ok": False, "detail": self.why_not}
        return {"ok": True, "behind": self.lag}

    def look(self) -> None:
        """Look again where it is time to, unless somebody else does."""
        if time.monotonic() < self._next or not self._lock.acquire(blocking=False):
            return
        began = time.monotonic()
        try:
            self._settle(*self._ask())
        except Error as error:
            self.failed(error, took=time.monotonic() - began)
        finally:
            self._lock.release()

    def failed(self, error: BaseException, took: float = 0.0) -> None:
        """It cannot be asked. Nobody tries again before a pause is over."""
        self._say("It does not answer.", error)
        self.lag = None
        metrics.note_lag(float("inf"))
        self._next = time.monotonic() + max(PAUSE, PATIENCE * took)
        connections[ALIAS].close()

    def _settle(self, primary: int | None, seen: Seen) -> None:
        self.lag, self.head = seen.behind(primary), seen.head
        metrics.note_lag(self.lag)
        if not seen.read_only:
            self._say("REPLICA_URL leads to a server that takes writes, and so to no replica.")
        elif self.lag > settings.REPLICA_MAX_LAG:
            self._say("It is too far behind.")
        else:
            self._say("")
        self._seen_at = time.monotonic()
        self._next = self._seen_at + LOOK_EVERY

    def _say(self, why_not: str, error: BaseException | None = None) -> None:
        """Each time that readers begin to be answered otherwise is told once."""
        before, self.why_not = self.why_not, why_not
        if before != NOT_LOOKED and bool(before) == bool(why_not):
            return
        if why_not:
            said = f"{why_not} {error or ''}".strip()
            log.warning("Readers are answered without the replica: %s", said)
        else:
            log.info("Readers are answered by the replica.")

    def _ask(self) -> tuple[int | None, Seen]:
        primary, self._noted = self._primary()
        if primary is not None:
            furthest.note(self._noted)
        for _turn in range(TURNS):
            seen = Seen(*_row(ALIAS, REPLICA))
            if not seen.behind(primary):
                break
            time.sleep(TURN)
        return primary, seen

    def _primary(self) -> tuple[int | None, int]:
        """Its place in the log and the ledger's head; while it is away, readers are served on."""
        try:
            position, head = _row(DEFAULT_DB_ALIAS, PRIMARY)
        except Error as error:
            if not self._alone:
                log.warning("The replica is asked without knowing what it lacks: %s", error)
            self._alone = True
            return None, 0
        self._alone = False
        return position, head

    def _look_at_head(self) -> None:
        try:
            self.head = max(self.head, _row(ALIAS, HEAD)[0])
        except Error as error:
            self.failed(error)


def _row(alias: str, text: str) -> tuple[Any, ...]:
    with connections[alias].cursor() as cursor:
        cursor.execute(text)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


watch = Watch()
