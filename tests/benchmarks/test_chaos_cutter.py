"""The proxy swallows the answer to a COMMIT, and nothing else."""

import random

import psycopg
import pytest
from django.db import connection

from benchmarks.chaos_cutter import Cutter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> dict[str, object]:
    connection.ensure_connection()
    of = connection.connection.info
    if of.host.startswith("/"):
        pytest.skip("The embedded PostgreSQL listens on no port.")
    return {"host": of.host, "port": of.port, "user": of.user, "dbname": of.dbname}


def test_what_was_committed_is_there_although_its_writer_was_never_told(server) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE chaos_told (number int)")
    try:
        with Cutter(server["port"], random.Random(1), often=1.0) as cutter:
            there = psycopg.connect(**server | {"port": cutter.port})
            there.execute("INSERT INTO chaos_told VALUES (1)")
            with pytest.raises(psycopg.OperationalError):
                there.commit()
            cutter.often = 0.0
            with psycopg.connect(**server | {"port": cutter.port}) as other:
                other.execute("INSERT INTO chaos_told VALUES (2)")
            assert cutter.cuts == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM chaos_told ORDER BY 1")
            assert cursor.fetchall() == [(1,), (2,)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE chaos_told")
