"""Two at once: the server checks what was written while this process computes what comes next."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection

# Foreign keys are checked at the end of a transaction otherwise, when nobody has anything to do.
CHECK = "SET CONSTRAINTS ALL IMMEDIATE"
AGAIN_LATER = "SET CONSTRAINTS ALL DEFERRED"


@contextmanager
def foreign_keys_checked() -> Iterator[None]:
    """While what is inside computes, without the database, foreign keys of this transaction are
    checked; a third of the time of an import goes there.

    Raises IntegrityError where one leads to nothing.
    """
    server = connection.connection

    def check() -> None:
        with server.cursor() as cursor:
            cursor.execute(CHECK)
            cursor.execute(AGAIN_LATER)

    with ThreadPoolExecutor(1) as helper:
        checking = helper.submit(check)
        yield
        with connection.wrap_database_errors:
            checking.result()
