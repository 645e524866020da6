"""`/metrics`: for whom it is there, what it says, and that several processes count together."""

import os
import re
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from deals.flows.answer import kept
from deals.flows.query import FlowQuery
from deals.flows.scope import resolve
from deals.models import ledger
from investtrack import collected, instruments, metrics, metrics_folder, watch
from tests.desk.runs import make_run
from tests.processes import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counting(settings):
    settings.METRICS = True
    settings.METRICS_ALLOW = ["127.0.0.0/8", "::1/128"]
    for collector in collected.COLLECTED._collector_to_names:
        collector._until = 0.0
    watch.looked_up.connect(watch._count_kept, dispatch_uid="investtrack.watch")
    yield
    watch.looked_up.disconnect(dispatch_uid="investtrack.watch")


def read(client=None, **headers):
    """`{(name, labels…): value}` of what the page says now."""
    response = (client or Client()).get("/metrics", **headers)
    assert response.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def test_it_is_not_there_unless_wanted(client, settings):
    settings.METRICS = False
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("remote", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("192.0.2.1", {}, 404),
        ("", {}, 404),
        # A proxy on this machine passes readers on.
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1, 192.0.2.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "nonsense"}, 404),
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, 404),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 404),
        ("192.0.2.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1, 127.0.0.1"}, 404),
        ("192.0.2.1", {"Authorization": "Bearer right"}, 200),
        ("192.0.2.1", {"Authorization": "Bearer wrong"}, 404),
        ("192.0.2.1", {"Authorization": "Bearer "}, 404),
    ],
)
def test_only_near_networks_and_the_token_open_it(client, settings, remote, headers, status):
    settings.METRICS_TOKEN = "right"
    response = client.get("/metrics", REMOTE_ADDR=remote, headers=headers)
    assert response.status_code == status


def test_without_a_token_no_empty_one_opens_it(client, settings):
    settings.METRICS_TOKEN = ""
    headers = {"Authorization": "Bearer "}
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", headers=headers).status_code == 404


def test_requests_are_counted_by_route_and_never_by_address(client):
    def counted(route, status):
        name = "investtrack_request_seconds_count"
        return read().get(
            (name, ("method", "GET"), ("route", route), ("status", status)), 0
        )  # fmt: skip

    before = counted("none", "4xx"), counted("deal", "4xx")
    client.get("/invented/a/")
    client.get("/invented/b/")
    client.get("/deals/D-00000000/")
    assert (counted("none", "4xx"), counted("deal", "4xx")) == (before[0] + 2, before[1] + 1)
    assert b"invented" not in client.get("/metrics").content


def test_an_invented_method_makes_no_new_series(client):
    client.generic("BREW", "/methods/")
    assert not any("BREW" in str(key) for key in read())


def test_routes_are_few_enough_to_be_counted():
    """Some 300 routes, few methods and states of each: what a small Prometheus takes."""

    def names(resolver):
        for entry in resolver.url_patterns:
            yield from names(entry) if hasattr(entry, "url_patterns") else [entry.name]

    assert len(list(names(get_resolver()))) < 500


@pytest.mark.parametrize(
    ("status", "shown"), [(200, "2xx"), (302, "3xx"), (304, "304"), (429, "429"), (503, "503")]
)
def test_what_is_unchanged_refused_or_away_is_told_by_itself(status, shown):
    key = ("investtrack_request_seconds_count", ("method", "GET"), ("route", "r"))
    before = read().get((*key, ("status", shown)), 0)
    metrics.count_request("r", "GET", status, 0.01)
    assert read()[(*key, ("status", shown))] == before + 1


def test_kept_answers_are_counted(db):
    def counts():
        found = read()
        return [found[("investtrack_kept_answers_total", ("found", how))] for how in ("yes", "no")]

    before = counts()
    query = FlowQuery()
    for _ in range(3):
        kept("a question", query, resolve(query), lambda: 7)
    assert counts() == [before[0] + 2, before[1] + 1]


def test_a_replica_that_is_behind_or_away_is_told():
    metrics.note_lag(12.5)
    metrics.count_fallback("away")
    found = read()
    assert found[("investtrack_replica_lag_seconds",)] == 12.5
    assert found[("investtrack_replica_fallbacks_total", ("reason", "away"))] >= 1


def test_imports_are_told_from_the_database(db):
    now = timezone.now()
    make_run("queued", created_at=now - timedelta(minutes=5))
    make_run("queued")
    make_run("running", leased_until=now + timedelta(minutes=4), rows_used=20, rows_rejected=3)
    found = read()
    assert found[("investtrack_imports", ("state", "queued"))] == 2
    assert found[("investtrack_imports", ("state", "failed"))] == 0
    assert found[("investtrack_import_waiting_seconds",)] == pytest.approx(300, abs=30)
    # A lease lasts six minutes from the checkpoint that renewed it.
    assert found[("investtrack_import_checkpoint_age_seconds",)] == pytest.approx(120, abs=30)
    assert found[("investtrack_import_rows_total", ("outcome", "rejected"))] == 3
    assert found[("investtrack_ledger_head",)] == ledger.head()


def test_without_the_database_the_page_says_so_and_goes_on(monkeypatch, client):
    monkeypatch.setattr(collected, "LEDGER", "SELECT no_such_column FROM deals_change")
    found = read()
    assert found[("investtrack_database_up",)] == 0
    assert ("investtrack_web_processes",) in found


def test_the_database_is_asked_a_few_questions_and_not_again_at_once(
    client, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10):
        client.get("/metrics")
    with django_assert_max_num_queries(0):
        client.get("/metrics")


COUNTS = """
import os
from pathlib import Path
from investtrack import metrics_folder
metrics_folder.prepare(Path(os.environ["VAR_DIR"]))
from investtrack import instruments
instruments.observe_request("home", "GET", 200, 0.02)
instruments.LAG.set(1)
children = []
for lag in (3, 2):
    if (child := os.fork()) == 0:
        instruments.observe_request("home", "GET", 200, 0.02)
        instruments.LAG.set(lag)
        os._exit(0)
    os.waitpid(child, 0)
    children.append(child)
metrics_folder.forget(children[0])
from prometheus_client import generate_latest
(together,) = instruments.registries()
print(generate_latest(together).decode())
"""


def test_processes_of_a_server_count_together_and_the_dead_leave_only_their_counts(tmp_path):
    left = tmp_path / "run" / "metrics" / f"{os.uname().nodename}-4194304"
    left.mkdir(parents=True)
    environment = os.environ | {"VAR_DIR": str(tmp_path)}
    environment.pop(metrics_folder.FOLDER, None)
    said = subprocess.run(
        [sys.executable, "-c", COUNTS], cwd=ROOT, env=environment, check=True,
        capture_output=True, text=True,
    ).stdout  # fmt: skip
    labels = '{method="GET",route="home",status="2xx"}'
    assert f"investtrack_request_seconds_count{labels} 3.0" in said
    # The first child is gone, with what it had measured of the moment.
    assert "investtrack_replica_lag_seconds 2.0" in said
    # What a server left that is gone is deleted.
    assert not left.exists()


def test_what_other_hosts_left_goes_only_when_nobody_has_counted_there_for_days(
    tmp_path, monkeypatch
):
    monkeypatch.setenv(metrics_folder.FOLDER, "")
    above = tmp_path / "run" / "metrics"
    for name, days in (("container-7", 8), ("other-7", 1)):
        (above / name).mkdir(parents=True)
        file = above / name / "counter_8.db"
        file.touch()
        for path in (file, file.parent):
            os.utime(path, (then := time.time() - days * 24 * 3600, then))
    metrics_folder.prepare(tmp_path)
    mine = f"{os.uname().nodename}-{os.getpid()}"
    assert {path.name for path in above.iterdir()} == {"other-7", mine}


def test_nothing_is_loaded_where_nothing_is_counted_or_told():
    """Only what is loaded late may load the libraries; they cost memory and time at the start."""
    late = {"instruments", "collected", "machine"}
    libraries = r"prometheus_client|sentry_sdk"
    # At the beginning of a line: as soon as the module is loaded.
    at_once = re.compile(
        rf"^(?:from|import) (?:{libraries}|investtrack\.(?:{'|'.join(late)}))\b"
        rf"|^from investtrack import .*\b(?:{'|'.join(late)})\b",
        re.MULTILINE,
    )
    for folder in ("investtrack", "deals"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.stem not in late or folder == "deals":
                found = at_once.search(path.read_text())
                assert not found, f"{path}: {found[0]}"


def test_every_instrument_says_what_it_is():
    for metric in instruments.described():
        assert metric.name.startswith("investtrack_")
        assert metric.documentation.endswith(".")
