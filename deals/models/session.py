"""What lasts longer than a transaction needs a session of the database that is one's own."""

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper


class PooledError(CommandError):
    """This work holds a lock of its session, and the session may be given to somebody else.

    A command says it in one line.
    """


def own_session(of: BaseDatabaseWrapper | None = None) -> None:
    """Raise `PooledError` where a pool such as PgBouncer stands before the database.

    A pool tells its clients a number of its own in place of the server process's. So it is noticed
    also where `DATABASE_POOLED` was forgotten.
    """
    asked = of or connection
    with asked.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (serving,) = cursor.fetchone()
    if settings.DATABASE_POOLED or serving != asked.connection.info.backend_pid:
        raise PooledError(
            "This needs a connection to PostgreSQL itself, and DATABASE_URL leads to a pool: run "
            "it where DATABASE_URL names the database's own port and DATABASE_POOLED is off."
        )


def notice_a_dead_client() -> None:
    """The server looks whether a killed worker is gone while it still works for it, and gives its
    locks back then and not at the end of the statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET client_connection_check_interval = '2s'")
