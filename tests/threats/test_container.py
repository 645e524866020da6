"""A process that somebody has taken over: what its container leaves it to do."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("docker-compose*.yml"))


def services(file: Path) -> dict[str, dict]:
    # Tags that say how compose puts two files together.
    text = re.sub(r"!(override|reset)\b", "", file.read_text())
    return yaml.safe_load(text).get("services", {})


SERVICES = [(file.name, name, one) for file in FILES for name, one in services(file).items()]
# What one file says of a service holds for what another adds to it.
FIRST = services(ROOT / "docker-compose.yml")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def of(name: str, service: dict) -> dict:
    like = service.get("extends", {}).get("service", name)
    return FIRST.get(like, {}) | service


@pytest.mark.parametrize(("file", "name", "service"), SERVICES)
def test_no_service_can_become_more_than_it_is(file, name, service):
    whole = of(name, service)
    assert whole["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in whole["security_opt"]
    assert whole["read_only"] is True
    assert not {"privileged", "pid", "ipc", "userns_mode", "devices"} & set(whole)
    assert whole.get("network_mode") != "host"
    assert "docker.sock" not in str(whole)
    assert str(whole.get("user", "10001")).split(":")[0] not in ("0", "root")


@pytest.mark.parametrize(("file", "name", "service"), SERVICES)
def test_what_it_listens_on_is_not_open_to_the_world(file, name, service):
    for port in service.get("ports", []):
        assert str(port).startswith(("127.0.0.1:", "${")), port


def test_the_image_is_an_ordinary_users_and_holds_what_was_pinned():
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.M)
    assert users, "The image has to name a user."
    assert users[-1].isdigit()
    assert int(users[-1]) >= 1000
    assert "--require-hashes" in DOCKERFILE
    assert not re.search(r"^ADD |curl|wget|chmod 777", DOCKERFILE, re.M)
    assert "requirements-dev" not in DOCKERFILE


def test_what_is_no_part_of_the_product_is_not_in_the_image():
    left_out = (ROOT / ".dockerignore").read_text().split()
    copied = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.M)
    for name in (".git", ".env", "tests", "var"):
        assert not any(name in line.split() or "." in line.split() for line in copied)
        assert any(name == each.strip("/*") for each in left_out) or name == "tests", name
