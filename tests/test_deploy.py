"""The files of deploy/ agree with each other, with the compose files and with the settings."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from benchmarks.compose import SCALED, load
from tests.test_compose import settings_read

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
SERVICES = load(SCALED)["services"]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def options(path: Path) -> dict[str, str]:
    """A file of PostgreSQL's form: names and values without quotes."""
    found = re.findall(r"^(\w+) = '?([^'\n#]*)'?", path.read_text(), re.M)
    return dict(found)


def pool() -> configparser.ConfigParser:
    read = configparser.ConfigParser()
    read.read(DEPLOY / "pgbouncer" / "pgbouncer.ini")
    return read


def words(unit: Path, name: str) -> str:
    """All that a unit says under this name, lines that go on joined."""
    text = unit.read_text().replace("\\\n", " ")
    return " ".join(re.findall(rf"^{name}=(.*)$", text, re.M))


def secrets(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(DEPLOY / "secrets.sh"), str(folder)]
    plain = {"PATH": "/usr/bin:/bin", **environment}
    return subprocess.run(command, env=plain, capture_output=True, text=True)


def test_secrets_are_made_once_and_fit_together(tmp_path):
    folder = tmp_path / "secrets"
    assert secrets(folder).returncode == 0
    first = {path.name: path.read_text() for path in folder.iterdir()}
    assert len(first["postgres_password"]) == len(first["secret_key"]) == 64
    for name, host in [("database_url", "db:5432"), ("pool_url", "pool:6432")]:
        assert first[name] == (
            f"postgres://investtrack:{first['postgres_password']}@{host}/investtrack"
        )
    assert folder.stat().st_mode & 0o777 == 0o700
    again = secrets(folder, POSTGRES_PASSWORD="other", SECRET_KEY="other")
    assert again.stdout == ""
    assert {path.name: path.read_text() for path in folder.iterdir()} == first


def test_an_installation_keeps_the_secrets_that_it_had_in_its_environment(tmp_path):
    assert secrets(tmp_path, POSTGRES_PASSWORD="abc-123", SECRET_KEY="k").returncode == 0
    assert (tmp_path / "secret_key").read_text() == "k"
    assert ":abc-123@db:" in (tmp_path / "database_url").read_text()


def test_a_password_that_would_be_read_as_part_of_an_address_is_refused(tmp_path):
    refused = secrets(tmp_path, POSTGRES_PASSWORD="a@b")
    assert refused.returncode == 1
    assert "ALTER ROLE" in refused.stderr
    assert not (tmp_path / "database_url").exists()


def test_the_pool_is_where_web_looks_for_it_and_lends_for_a_transaction():
    said = pool()["pgbouncer"]
    assert said["pool_mode"] == "transaction"
    script = (DEPLOY / "secrets.sh").read_text()
    assert f"@pool:{said['listen_port']}/" in script
    assert said["listen_port"] in SERVICES["pool"]["healthcheck"]["test"]
    assert pool()["databases"]["investtrack"] == "host=db port=5432 dbname=investtrack"
    assert (
        said["auth_type"]
        == options(DEPLOY / "postgresql" / "postgresql.conf")["password_encryption"]
    )


def test_the_pool_takes_every_thread_of_web_and_leaves_connections_to_others():
    said = pool()["pgbouncer"]
    most = int(options(DEPLOY / "postgresql" / "postgresql.conf")["max_connections"])
    assert int(said["default_pool_size"]) + int(said["reserve_pool_size"]) <= most // 2
    assert int(said["query_wait_timeout"]) < settings.QUESTION_MAX_SECONDS


@pytest.mark.parametrize("kind", ["web", "worker"])
def test_only_the_server_itself_is_told_to_end_and_not_the_program_that_makes_a_file(kind):
    assert words(DEPLOY / "systemd" / f"investtrack-{kind}@.service", "KillMode") == "mixed"


@pytest.mark.parametrize("kind", ["web", "worker"])
def test_a_file_that_is_too_large_for_the_memory_ends_alone(kind):
    """Without a word of the unit, systemd ends all of it when the kernel takes one process."""
    unit = DEPLOY / "systemd" / f"investtrack-{kind}@.service"
    assert words(unit, "OOMPolicy") == "continue"


def test_replicas_find_what_they_need_on_the_primary():
    said = options(DEPLOY / "postgresql" / "postgresql.conf")
    assert said["wal_level"] == "replica"
    assert said["hot_standby_feedback"] == "on"
    assert said["max_slot_wal_keep_size"]
    hba = (DEPLOY / "postgresql" / "pg_hba.conf").read_text()
    assert re.search(r"^host\s+replication\s+all\s+all\s+scram-sha-256$", hba, re.M)
    assert "ROLE replicator" in (DEPLOY / "postgresql" / "replication.sh").read_text()
    script = (DEPLOY / "postgresql" / "replica.sh").read_text()
    for name in set(re.findall(r"\$\{?([A-Z_]+)", script)) - {"PGPASSWORD"}:
        assert name in SERVICES["replica"]["environment"], name


def test_the_proxy_passes_on_what_web_takes():
    main = (DEPLOY / "nginx" / "nginx.conf").read_text()
    largest = re.search(r"client_max_body_size (\d+)m;", main)
    assert largest
    # A form brings the file, and a profile that may be as large, on one page of the desk.
    assert int(largest[1]) * 1024**2 > 2 * settings.IMPORT_MAX_BYTES
    assert "server web:8000 resolve" in main
    assert "--bind=0.0.0.0:8000" in SERVICES["web"]["command"]
    listening = re.search(r"listen (\d+);", (DEPLOY / "nginx" / "plain.conf").read_text())
    assert listening
    assert any(port.endswith(f":{listening[1]}") for port in SERVICES["proxy"]["ports"])


def test_the_proxys_log_has_no_query_and_no_link_that_sets_a_password():
    main = (DEPLOY / "nginx" / "nginx.conf").read_text()
    line = main.split("log_format lines", 1)[1].split(";", 1)[0]
    assert '"path":"$said"' in line
    for name in (
        "$request_uri",
        "$args",
        "$query_string",
        "$http_referer",
        "$request\\b",
        "$http_",
    ):
        assert not re.search(re.escape(name).replace(r"\\b", r"\b"), line), name
    from django.urls import reverse

    link = reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "secret"})
    hidden = re.search(r'"~(\^.*?)" \$shown', main)
    assert hidden
    assert re.match(hidden[1].replace("(?<", "(?P<"), link)


def test_a_copy_of_web_that_is_gone_is_told_in_words_and_when_to_come_again():
    site = (DEPLOY / "nginx" / "site.conf").read_text()
    assert site.count("add_header Retry-After 5 always;") == 2
    assert "non_idempotent" not in site
    assert "proxy_buffering on;" in site


@pytest.mark.skipif(shutil.which("nginx", path="/usr/sbin:/usr/bin") is None, reason="needs nginx")
def test_nginx_reads_the_files(tmp_path):
    shutil.copytree(DEPLOY / "nginx", tmp_path / "etc")
    shutil.copy(tmp_path / "etc" / "plain.conf", tmp_path / "etc" / "server.conf")
    main = tmp_path / "etc" / "nginx.conf"
    # Only Docker's network knows the name, and nginx before 1.27.3 not the word.
    text = main.read_text().replace("web:8000 resolve", "127.0.0.1:8000")
    text = text.replace("/tmp/", f"{tmp_path}/").replace("/var/cache/nginx", f"{tmp_path}/spool")
    (tmp_path / "spool").mkdir()
    main.write_text(text)
    path = {"PATH": "/usr/sbin:/usr/bin:/bin"}
    said = subprocess.run(
        ["nginx", "-t", "-c", str(main), "-p", str(tmp_path)], env=path, capture_output=True,
        text=True,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_give_no_more_power_than_the_work_needs(unit):
    text = unit.read_text()
    for line in (
        "User=investtrack", "ProtectHome=yes",
        "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes",
        "CapabilityBoundingSet=", "ReadWritePaths=/var/lib/investtrack",
    ):  # fmt: skip
        assert re.search(rf"^{re.escape(line)}", text, re.M), line
    assert "MemoryMax=" in text


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_hand_secrets_over_as_files_that_settings_read(unit):
    given = dict(re.findall(r"(\w+)_FILE=%d/(\w+)", words(unit, "Environment")))
    assert set(given) <= settings_read()
    loaded = dict(re.findall(r"(\w+):(\S+)", words(unit, "LoadCredential")))
    assert set(given.values()) == set(loaded)
    assert all(path == f"/etc/investtrack/secrets/{name}" for name, path in loaded.items())


def test_units_start_what_the_compose_files_start():
    started = {unit.name: words(unit, "ExecStart") for unit in UNITS}
    web = started["investtrack-web@.service"].split()
    for word in SERVICES["web"]["command"]:
        assert word in web or word.startswith(("--bind", "--worker-tmp-dir")), word
    assert "--queues=%i" in started["investtrack-worker@.service"]
    # The machine's name; %h would be root's home folder, the same on every machine.
    assert "--hostname=%i@%H " in started["investtrack-worker@.service"]
    assert " beat " in started["investtrack-scheduler.service"]
    assert "manage.py backup" in started["investtrack-backup.service"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_reads_the_units(tmp_path):
    """With a program that is there in the place of the installation's."""
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text().replace("/srv/investtrack/.venv/bin/python", "/bin/true")
        text = text.replace("WorkingDirectory=/srv/investtrack", "WorkingDirectory=/")
        text = re.sub(r"^Documentation=.*", "", text, flags=re.M)
        instance = "8001" if "web" in unit.name else "imports"
        (tmp_path / unit.name.replace("@.", f"@{instance}.")).write_text(text)
    said = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", *map(str, tmp_path.iterdir())],
        capture_output=True, text=True,
    )  # fmt: skip
    ours = [line for line in said.stderr.splitlines() if "investtrack" in line]
    assert not ours, said.stderr
