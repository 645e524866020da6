"""A moment at which nobody writes, and what the register says then."""

import json
from contextlib import closing
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from deals.management.state import register_state, state_until
from deals.models import PolicyEvent
from investtrack.backup.moment import one_moment
from investtrack.backup.shelf import Shelf
from tests.factories import make_deal
from tests.serving import database_url


@pytest.fixture
def two():
    """Two more connections to the database of the tests."""
    url = database_url()
    with (
        closing(psycopg.connect(url, autocommit=True)) as watcher,
        closing(psycopg.connect(url)) as writer,
    ):
        yield watcher, writer


@pytest.mark.django_db(transaction=True)
def test_a_moment_is_exact_only_while_nobody_writes(two):
    watcher, writer = two
    with one_moment(watcher, 20) as quiet:
        assert quiet.exact
    writer.execute("UPDATE deals_policyevent SET title = title")
    writer.execute("SELECT pg_current_xact_id()")
    with one_moment(watcher, 0.1) as busy:
        assert not busy.exact
    writer.rollback()


@pytest.mark.django_db(transaction=True)
def test_the_view_of_a_moment_stays_while_others_write(two):
    watcher, writer = two
    with one_moment(watcher, 20):
        before = register_state()
        writer.execute("INSERT INTO auth_group (name) VALUES ('later')")
        writer.commit()
        assert register_state()["tables"] == before["tables"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM auth_group WHERE name = 'later'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_one_changed_letter_changes_the_checksum_of_its_table_alone():
    make_deal(target="智谱", investors=[("Prosperity7", "SA")])
    PolicyEvent.objects.create(date="2024-08-01", title="AI Act", jurisdiction="EU", kind="law")
    before = register_state()
    PolicyEvent.objects.update(title="AI act")
    after = register_state()
    assert before["deals"]["number"] == 1
    assert before["tables"].pop("deals_policyevent") != after["tables"].pop("deals_policyevent")
    assert before == after


@pytest.mark.django_db
def test_what_was_so_after_an_entry_stays_so():
    make_deal(target="A", investors=[("B", "DE")])
    before = register_state()
    make_deal(target="C", investors=[("D", "FR")])
    then = state_until(before["head"])
    assert then == {"entries": before["entries"], "deals": before["deals"]}
    assert register_state()["deals"] != before["deals"]
    assert state_until(10**9)["deals"] is None


@pytest.mark.django_db(transaction=True)
def test_the_command_prints_it_as_json():
    said = StringIO()
    call_command("register_state", until=0, stdout=said)
    assert json.loads(said.getvalue())["until"]["entries"] == {"rows": 0, "checksum": "0"}


def test_a_backup_that_cannot_be_taken_is_one_sentence(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    settings.BACKUP_DIR, settings.BACKUP_URL = tmp_path, "postgres://nobody@127.0.0.1:1/none"
    with pytest.raises(CommandError, match=r"^No backup was taken\. The server of BACKUP_URL can"):
        call_command("backup")
    with pytest.raises(CommandError, match="--keep is 1 or more"):
        call_command("backup", keep=0)
    assert Shelf(tmp_path).backups() == []


def test_a_drill_without_a_backup_is_one_sentence(settings, tmp_path):
    settings.VAR_DIR = settings.BACKUP_DIR = tmp_path
    with pytest.raises(CommandError, match=r"^The drill failed\. There is no backup"):
        call_command("restore_drill")
    with pytest.raises(CommandError, match=r"^Nothing was restored\. There is no backup"):
        call_command("restore_backup", into=tmp_path / "data")
