"""Real servers: started on demand, shared, and gone when their last user is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.processes import PATIENCE, ROOT, kill, processes_of, the_process, wait_until

pytestmark = pytest.mark.services


def ask(home: Path, query: str = "SELECT 1") -> object:
    """The answer of the server of `home`, as its ordinary user."""
    with psycopg.connect(
        host=str(home / "socket"), user="investtrack", dbname="investtrack"
    ) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
        assert row is not None
        return row[0]


def test_two_processes_share_one_server_and_it_ends_with_the_last_of_them(home, client):
    first, second = client(), client()
    the_process(home, "bin/postgres -D")
    first.kill()
    first.wait()
    assert ask(home) == 1
    second.kill()
    second.wait()
    wait_until(lambda: not processes_of(home))


def test_the_database_belongs_to_an_ordinary_role_and_knows_every_script(home, client):
    client()
    assert ask(home, "SELECT usesuper FROM pg_user WHERE usename = current_user") is False
    assert ask(home, "SELECT lower('ÉÀ') || current_setting('server_encoding')") == "éàUTF8"
    assert ask(home, "SELECT current_setting('listen_addresses')") == ""


def test_two_processes_that_start_at_once_start_one_server(home):
    code = "import sys; from pathlib import Path; from investtrack.embedded.client import ensure\n"
    code += "print(ensure(Path(sys.argv[1]), throwaway=True).keeper)"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    keepers = {process.communicate(timeout=PATIENCE)[0] for process in both}
    assert len(keepers) == 1
    assert keepers != {""}


def test_a_killed_keeper_takes_its_server_along_and_the_next_user_gets_a_new_one(home, client):
    user = client()
    kill(the_process(home, "embedded.keeper"))
    wait_until(lambda: set(processes_of(home)) == {user.pid})
    client()
    assert ask(home) == 1


def test_a_killed_server_comes_back_with_what_was_committed(home, client):
    client()
    with psycopg.connect(
        host=str(home / "socket"), user="investtrack", dbname="investtrack"
    ) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    said, killed = home / "server.json", the_process(home, "bin/postgres -D")
    before = said.stat().st_mtime_ns
    kill(killed)
    # Its keeper starts another one, which first reads its log again, and then says so anew.
    wait_until(lambda: said.exists() and said.stat().st_mtime_ns != before)
    assert killed not in processes_of(home)
    client()
    assert ask(home, "SELECT n FROM kept") == 42


def test_a_process_file_that_names_somebody_else_is_not_believed(home, client):
    user = client()
    user.kill()
    user.wait()
    wait_until(lambda: not processes_of(home))
    (home / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{home}/data\n")
    client()
    assert ask(home) == 1


def test_a_deleted_folder_ends_its_server_and_a_new_one_may_start_at_once(home, client):
    user = client()
    ask(home, "SELECT set_config('application_name', 'before', false)")
    user.kill()
    wait_until(lambda: is_deleted(home))
    client()
    assert ask(home, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == 0
    assert the_process(home, "embedded.keeper")


def is_deleted(home: Path) -> bool:
    """The server may write while it is deleted under it; then it is done again."""
    shutil.rmtree(home, ignore_errors=True)
    return not home.exists()


def test_a_server_that_cannot_start_is_explained_in_words(home):
    home.mkdir()
    (home / "data").mkdir()
    (home / "data" / "PG_VERSION").write_text("9")
    code = "import sys; from pathlib import Path; from investtrack.embedded.client import ensure\n"
    code += "ensure(Path(sys.argv[1]))"
    outcome = subprocess.run(
        [sys.executable, "-c", code, str(home)], cwd=ROOT, capture_output=True, text=True
    )
    assert outcome.returncode == 1
    assert "The database was written by PostgreSQL 9, and only PostgreSQL" in outcome.stderr
