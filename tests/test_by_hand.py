"""An installation without containers: what the guide has typed, and the files that it names."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from tests.test_compose import settings_read

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "operations.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE, re.S)
BY_HAND = next(block for block in BLOCKS if "adduser" in block)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0][:40])
def test_a_shell_reads_every_block_of_the_guide(block):
    said = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr


def test_every_file_that_is_copied_is_there_and_every_variable_is_a_setting():
    for name in re.findall(r"deploy/[\w/.-]*\w", BY_HAND):
        assert list(ROOT.glob(f"{name}*")), name
    written = BY_HAND.split("<<END\n", 1)[1].split("\nEND\n", 1)[0]
    names = {line.split("=")[0] for line in written.split("\n")}
    secrets = re.findall(r"^(?:printf|head).*> (\w+)", BY_HAND, re.M)
    assert len(secrets) == 4
    assert names | {name.upper() for name in secrets} <= settings_read()
    for unit in (DEPLOY / "systemd").glob("*.service"):
        assert set(re.findall(r"secrets/(\w+)$", unit.read_text(), re.M)) <= set(secrets)


@pytest.mark.django_db
def test_the_roles_of_the_guide_can_be_made_and_have_no_more_than_they_need():
    statements = re.findall(r'psql -c "(CREATE ROLE .*?)"', BY_HAND)
    assert len(statements) == 2
    assert "REPLICATION" in statements[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() != (True,):
            pytest.skip("the role of this test may make no roles")
        for statement in statements:
            cursor.execute(statement.replace("ROLE investtrack", "ROLE guide_of_a_test"))
        cursor.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
            " WHERE rolname LIKE 'guide_of_a_test%' ORDER BY 1"
        )
        assert [row[1:] for row in cursor.fetchall()] == [
            (False, False, False, False),
            (False, False, False, True),
        ]


def test_commands_get_the_settings_and_the_secrets_of_the_services(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "database_url").write_text("postgres://x")
    (tmp_path / "investtrack.env").write_text('MAIL_FROM="A B <a@b>"\nVAR_DIR=/somewhere\n')
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$PWD|$*|$MAIL_FROM|$VAR_DIR|$DATABASE_URL_FILE"\n')
    python.chmod(0o755)
    said = subprocess.run(
        ["sh", str(DEPLOY / "manage.sh"), "release", "a b"],
        env={
            "PATH": "/usr/sbin:/usr/bin:/bin", "ETC": str(tmp_path), "PYTHON": str(python),
            "USER_NAME": subprocess.check_output(["id", "-un"], text=True).strip(),
        },
        capture_output=True, text=True, cwd="/",
    )  # fmt: skip
    assert said.stderr == ""
    assert said.stdout.strip() == (
        f"{ROOT}|manage.py release a b|A B <a@b>|/somewhere|{tmp_path}/secrets/database_url"
    )


def test_the_proxy_without_containers_logs_and_takes_the_same_as_with_them():
    main, alone = ((DEPLOY / "nginx" / name).read_text() for name in ("nginx.conf", "debian.conf"))
    for beginning in ("log_format lines", "map $uri $said", "client_max_body_size"):
        found = [
            " ".join(text.split(beginning, 1)[1].split(";\n\n")[0].split("client_max")[0].split())
            for text in (main, alone)
        ]
        ends = [re.split(r"access_log|log_format| include ", text)[0] for text in found]
        assert ends[0].strip(" ;}") == ends[1].strip(" ;}"), beginning
    ports = re.findall(r"server 127\.0\.0\.1:(\d+)", alone)
    assert ports == re.findall(r"investtrack-web@(\d+)", BY_HAND)[:2]


@pytest.mark.skipif(
    not all(shutil.which(name, path="/usr/sbin:/usr/bin") for name in ("nginx", "openssl")),
    reason="needs nginx and openssl",
)
def test_nginx_reads_the_file_for_debian(tmp_path):
    for name in ("fullchain.pem", "privkey.pem"):
        (tmp_path / name).touch()
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x",
            "-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem"),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    text = (DEPLOY / "nginx" / "debian.conf").read_text()
    text = text.replace("/etc/ssl/investtrack", str(tmp_path))
    text = text.replace("/srv/investtrack", str(ROOT)).replace("/var/log/nginx", str(tmp_path))
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = tmp_path / "nginx.conf"
    main.write_text(f"pid {tmp_path}/pid; events {{}} http {{ {temporary} {text} }}")
    said = subprocess.run(
        ["nginx", "-t", "-c", str(main), "-p", str(tmp_path)],
        env={"PATH": "/usr/sbin:/usr/bin:/bin"}, capture_output=True, text=True,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
