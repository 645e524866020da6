"""How PostgreSQL's programs are told where the server is."""

import pytest

from investtrack.backup.source import source


@pytest.mark.django_db
def test_programs_of_any_version_know_every_word_of_the_address_that_they_are_given():
    """What our library adds by itself is not passed on: that of PostgreSQL 15 would refuse it."""
    found = source("")
    newer = {"sslcertmode", "require_auth", "load_balance_hosts", "sslnegotiation"}
    found_words = found.parameters.keys()
    assert {"host", "port", "user"} <= found_words
    assert not newer & found_words
    assert "password=" not in " ".join(found.command("pg_basebackup"))
