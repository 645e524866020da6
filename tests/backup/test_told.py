"""What a backup and a drill came to is where pages and metrics can read it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError
from psycopg.errors import UndefinedTable

from investtrack.backup import told
from tests.desk.runs import make_person


@pytest.fixture(autouse=True)
def apart(settings, tmp_path):
    settings.VAR_DIR, settings.BACKUP_DIR = tmp_path / "var", tmp_path / "backups"
    settings.VAR_DIR.mkdir()


def home(client):
    client.force_login(make_person("ada", "administrator"))
    return " ".join(client.get("/desk/").content.decode().split())


def test_a_failure_is_told_and_the_last_good_one_is_not_forgotten(settings):
    told.tell(told.BACKUP, "", [settings.VAR_DIR])
    told.tell(told.BACKUP, "The disk is full.", [settings.VAR_DIR])
    found = told.last(told.BACKUP)
    assert found is not None
    assert (found.ok, found.said) == (False, "The disk is full.")
    assert found.good_at is not None
    assert 0 <= told.age(told.BACKUP) < 60
    assert told.age(told.DRILL) == float("inf")


def test_the_newer_of_two_places_holds_and_what_cannot_be_read_is_nothing(settings):
    settings.BACKUP_DIR.mkdir()
    old = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    (settings.VAR_DIR / "last-drill.json").write_text(
        f'{{"at": "{old}", "ok": true, "said": "", "good_at": "{old}"}}'
    )
    (settings.BACKUP_DIR / "last-drill.json").write_text("{")
    assert told.age(told.DRILL) > 2 * 86_400
    told.tell(told.DRILL, "", [settings.BACKUP_DIR])
    assert told.age(told.DRILL) < 60


def test_a_command_that_fails_leaves_its_sentence(settings):
    with pytest.raises(CommandError):
        call_command("restore_drill")
    found = told.last(told.DRILL)
    assert found is not None
    assert "There is no backup in" in found.said


@pytest.mark.parametrize("error", [UndefinedTable("relation …"), ProgrammingError("relation …")])
def test_another_database_than_the_registers_is_said_in_words(settings, monkeypatch, error):
    def fails(*_, **__):
        raise error from UndefinedTable("relation …")

    monkeypatch.setattr("deals.management.commands.backup.source", fails)
    with pytest.raises(CommandError, match="are these the settings of the installation"):
        call_command("backup")


@pytest.mark.django_db
def test_administrators_see_on_their_desk_how_old_the_backup_is(client, settings):
    told.tell(told.BACKUP, "", [settings.VAR_DIR])
    told.tell(told.DRILL, "1 differences: <b>Table</b> x.", [settings.VAR_DIR])
    page = home(client)
    assert "The last one was taken and verified" in page
    assert "The last drill failed" in page
    assert "&lt;b&gt;Table" in page


@pytest.mark.django_db
def test_it_is_said_that_nothing_is_known_and_nobody_else_is_told(client):
    assert "Nothing is known here of any backup." in home(client)
    client.force_login(make_person("mona", "manager"))
    assert "any backup" not in client.get("/desk/").content.decode()


@pytest.mark.parametrize(
    "address",
    ["postgres://backup:geh%eim@db/x", "postgres://backup:geh eim@db/x", "postgres//geheim"],
)
def test_no_part_of_a_password_is_told_of_an_address_that_is_none(settings, address):
    settings.BACKUP_URL = address
    with pytest.raises(CommandError, match="BACKUP_URL is no address of a server"):
        call_command("backup")
    told_of = told.last(told.BACKUP)
    assert told_of is not None
    assert not told_of.ok
    assert "geh" not in told_of.said


def test_a_password_that_is_read_as_a_host_is_not_told(settings):
    settings.BACKUP_URL = "postgres://backup:pa@geheim@127.0.0.1:1/x"
    with pytest.raises(CommandError, match=r"cannot be reached$"):
        call_command("backup")


def test_a_database_that_is_away_is_told(settings, monkeypatch):
    def away(*_):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("deals.management.commands.backup.take", away)
    settings.BACKUP_URL = ""
    monkeypatch.setattr("deals.management.commands.backup.source", away)
    with pytest.raises(CommandError, match="the connection is closed"):
        call_command("backup")
    told_of = told.last(told.BACKUP)
    assert told_of is not None
    assert told_of.said == "the connection is closed"
