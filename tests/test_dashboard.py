"""The dashboard, the alerts and the guide name metrics that /metrics has, and miss none."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from investtrack import metrics
from tests.processes import ROOT

DEPLOY = ROOT / "deploy"
DASHBOARD = json.loads((DEPLOY / "grafana" / "investtrack.json").read_text())
ALERTS = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
GUIDE = (ROOT / "docs" / "operations.md").read_text()
NAMED = re.compile(r"\binvesttrack_[a-z_]+")
# `{label="value", other=~"a|b"}` behind a name.
USED = re.compile(r"(investtrack_[a-z_]+)\{([^}]*)\}")


@pytest.fixture(scope="module")
def known(django_db_setup, django_db_blocker):
    """`{name of a sample: its labels}`, as the page has them once something was counted."""
    from django.conf import settings
    from django.test import Client

    before, settings.METRICS = settings.METRICS, True
    try:
        metrics.count_request("home", "GET", 200, 0.1)
        metrics.count_fallback("not_asked")
        with django_db_blocker.unblock():
            text = Client().get("/metrics").content.decode()
    finally:
        settings.METRICS = before
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def expressions():
    yield from (
        (f"panel {panel['title']}", target["expr"])
        for panel in PANELS
        for target in panel["targets"]
    )
    yield from ((f"alert {rule['alert']}", rule["expr"]) for rule in RULES)


@pytest.mark.parametrize(("place", "expression"), list(expressions()))
def test_every_metric_and_label_that_is_asked_for_is_there(known, place, expression):
    names = NAMED.findall(re.sub(r'"[^"]*"', '""', expression))
    assert set(names) <= known.keys()
    for name, inside in USED.findall(expression):
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inside))
        assert labels <= known[name] | {"job", "instance"}, place


@pytest.mark.parametrize(("place", "expression"), list(expressions()))
def test_brackets_of_every_expression_are_closed(place, expression):
    said = re.sub(r'"[^"]*"', "", expression)
    for one, other in ("()", "{}", "[]"):
        assert said.count(one) == said.count(other)


def family(sample: str) -> str:
    return re.sub(r"_(?:bucket|count|sum)$", "", sample)


def test_the_dashboard_shows_every_metric(known):
    shown = {family(name) for panel in PANELS for target in panel["targets"]
             for name in NAMED.findall(target["expr"])}  # fmt: skip
    unshown = {family(name) for name in known} - shown
    assert unshown <= {"investtrack_ledger_last_entry_timestamp_seconds"}


def test_the_guide_says_what_every_metric_is_and_names_no_other(known):
    said = set(re.findall(r"`(investtrack_[a-z_]+)`", GUIDE))
    assert {family(name) for name in said} == {family(name) for name in known}


def test_every_panel_says_in_a_sentence_what_it_shows():
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    for panel in PANELS:
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


def test_panels_do_not_lie_on_each_other():
    taken = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_is_a_sentence_and_leads_to_a_row_of_the_guide(rule):
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert f"| {rule['annotations']['look_at']} |" in GUIDE


def test_prometheus_reads_the_alerts_and_the_page_that_is_there():
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    folder = DEPLOY / "prometheus"
    assert all(Path(folder / name).exists() for name in config["rule_files"])
    (job,) = config["scrape_configs"]
    assert (job["job_name"], job["metrics_path"]) == ("investtrack", "/metrics")
