"""A cache that all processes share, and that nobody misses while it is away.

Nothing in the cache is the only copy of anything. So a server that is killed, restarted or hangs
must not cost a reader an answer: until it is back, each process has a cache of its own.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from investtrack.signed_cache import NOT_OURS

log = logging.getLogger(__name__)
# How long a server may take to answer, and for how long nobody asks one that did not. So one that
# hangs costs each process a tenth of its time at most, and one that refuses nothing.
ANSWER_SECONDS = 0.5
PAUSE_SECONDS = 5.0


class SharedCache(BaseCache):
    """`BACKEND` for a Redis or Valkey server; LOCATION and OPTIONS as for Django's own."""

    # By server, for all threads of a process: the moment until which it is left alone.
    paused: dict[str, float] = {}  # noqa: RUF012

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        waits = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
        own = waits | {"serializer": "investtrack.signed_cache.SignedSerializer"}
        given = {**params, "OPTIONS": own | params.get("OPTIONS", {})}
        self._server = server
        self._shared = RedisCache(server, given)
        self._own = LocMemCache(f"instead of {server}", {})

    @property
    def away(self) -> bool:
        """Whether, when it was last asked, each process had its own."""
        return time.monotonic() < self.paused.get(self._server, 0.0)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        found = self._ask("get", key, default, version=version)
        return default if found is NOT_OURS else found

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        found = self._ask("get_many", keys, version=version)
        return {key: value for key, value in found.items() if value is not NOT_OURS}

    def _ask(self, what: str, *arguments: Any, **named: Any) -> Any:
        if not self.away:
            try:
                found = getattr(self._shared, what)(*arguments, **named)
            except (RedisError, OSError) as error:
                self._pause(error)
            else:
                if self.paused.pop(self._server, None):
                    log.warning("The shared cache answers again.")
                return found
        return getattr(self._own, what)(*arguments, **named)

    def _pause(self, error: Exception) -> None:
        if self._server not in self.paused:
            log.warning("The shared cache does not answer; each process has its own: %s", error)
        self.paused[self._server] = time.monotonic() + PAUSE_SECONDS

    def close(self, **_: Any) -> None:
        """Connections are kept for the next request, as Django's own does."""


def _passed_on(what: str) -> Callable[..., Any]:
    def method(self: SharedCache, *arguments: Any, **named: Any) -> Any:
        return self._ask(what, *arguments, **named)

    method.__name__ = what
    return method


# All else that a cache of Django's can be asked.
for _name in (
    "add", "set", "touch", "delete", "has_key", "incr", "set_many", "delete_many", "clear",
):  # fmt: skip
    setattr(SharedCache, _name, _passed_on(_name))
