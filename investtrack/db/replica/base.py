"""`ENGINE = "investtrack.db.replica"`: a server that only answers, and may go at any moment."""

from typing import Any

import psycopg
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property

from investtrack.db.health import DatabaseWrapper as Healthy

# Seconds until one gives up connecting, and until a server that fell silent counts as gone: a
# reader waits for this once, and is then answered by the database itself.
GIVE_UP = {
    "connect_timeout": 2,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 6_000,
}


class DatabaseWrapper(Healthy):
    """Notes whether it was asked at all, and the first thing that went wrong.

    Whoever asked may have caught the error and made something else of it, so it is noted here,
    where every statement, row and `COPY` passes.
    """

    asked = False
    failure: BaseException | None = None

    def begin(self) -> None:
        """Forget what was noted; a request begins."""
        self.asked, self.failure = False, None

    def get_connection_params(self) -> dict[str, Any]:
        return {**GIVE_UP, **super().get_connection_params()}

    def create_cursor(self, name: str | None = None) -> Any:
        self.asked = True
        return super().create_cursor(name)

    def ensure_connection(self) -> None:
        self.asked = True
        super().ensure_connection()

    @cached_property
    def wrap_database_errors(self) -> DatabaseErrorWrapper:
        return _Noting(self)


class _Noting(DatabaseErrorWrapper):
    wrapper: DatabaseWrapper

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        if isinstance(exc_value, psycopg.Error) and self.wrapper.failure is None:
            self.wrapper.failure = exc_value
        super().__exit__(exc_type, exc_value, traceback)
