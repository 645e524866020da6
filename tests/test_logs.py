"""The lines of the log: one for each request and task, with its id, without secrets."""

import json
import logging

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from deals import tasks
from deals.models import ApiKey
from deals.rules.keys import digest_of, new_key, prefix_of
from investtrack import logs, task_watch, watch
from tests.desk.runs import make_person

REQUESTS = "investtrack.request"


@pytest.fixture
def lines(caplog):
    """`lines()`: what was logged so far, as JSON lines read again."""
    caplog.set_level(logging.DEBUG)
    form = logs.formatter("json")
    kept = []

    class Keep(logging.Handler):
        def emit(self, record):
            kept.append(form.format(record))

    handler = Keep()
    logging.getLogger().addHandler(handler)
    yield lambda name=REQUESTS: [
        line for line in map(json.loads, kept) if name in (line.get("logger"), line["event"])
    ]
    logging.getLogger().removeHandler(handler)


def requests(lines):
    return lines("request")


def test_a_request_is_one_line_with_its_route_status_time_and_size(client, db, lines):
    response = client.get("/methods/?")
    (line,) = requests(lines)
    assert line["request_id"] == response["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "methods", 200)
    assert line["bytes"] == len(response.content)
    assert 0 < line["ms"] < 60_000
    assert line["level"] == "info"
    assert line["time"].endswith("Z")
    assert line["address"] == "127.0.0.0/24"


def test_what_was_asked_for_is_not_told(client, db, lines):
    client.get("/deals/?ai=all&q=Unicorn")
    assert "Unicorn" not in json.dumps(requests(lines))
    assert "path" not in requests(lines)[0]


def test_a_wrong_name_of_the_server_is_one_line_without_a_traceback(client, db, lines, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    assert client.get("/methods/", headers={"host": "elsewhere.example"}).status_code == 400
    (line,) = lines("django.security.DisallowedHost")
    assert "elsewhere.example" in line["event"]
    assert "exception" not in line
    assert not [one for one in lines("django.request") if "exception" in one]


def test_the_path_is_told_of_what_went_wrong_without_its_query(client, db, lines):
    client.get("/nothing/%0aINFO%20forged/?q=Unicorn")
    (line,) = requests(lines)
    assert (line["route"], line["status"]) == ("none", 404)
    assert line["path"] == "/nothing/\nINFO forged/"
    text = logs.formatter("text").format(
        logging.makeLogRecord({"msg": "request", "levelname": "INFO", logs.SHORT: dict(line)})
    )
    assert "\n" not in text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/deals/css/base.css"])
def test_what_machines_ask_every_second_is_told_of_only_to_who_wants_to_know(
    client, db, lines, path
):
    response = client.get(path)
    if response.streaming:
        list(response)
    assert [line["level"] for line in requests(lines)] == ["debug"]


def test_a_person_is_a_number_and_a_key_its_beginning(client, db, lines, django_user_model):
    person = make_person("anna.kowalska")
    client.force_login(person)
    client.get("/desk/")
    key = new_key("read")
    ApiKey.objects.create(
        user=person,
        name="nightly",
        power="read",
        prefix=prefix_of(key),
        digest=digest_of(key),
        created_at=timezone.now(),
    )
    Client().get("/api/v1/deals/", headers={"Authorization": f"Bearer {key}"})
    desk, api = requests(lines)
    assert desk["person"] == person.pk
    assert api["key"] == prefix_of(key)
    assert "anna" not in json.dumps([desk, api])
    assert key not in json.dumps([desk, api])


@pytest.mark.parametrize(
    ("how", "remote", "forwarded", "shown"),
    [
        ("full", "192.0.2.77", "", "192.0.2.77"),
        ("network", "192.0.2.77", "", "192.0.2.0/24"),
        ("network", "127.0.0.1", "10.0.0.1, 198.51.100.9", "198.51.100.0/24"),
        ("network", "2001:db8::1", "", "2001:db8::/64"),
        ("network", "", "", "unknown"),
        ("none", "192.0.2.77", "", None),
    ],
)
def test_a_readers_address_is_told_as_closely_as_the_installation_wants(
    client, db, lines, settings, how, remote, forwarded, shown
):
    settings.LOG_ADDRESS = how
    client.get("/nothing/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})
    assert requests(lines)[0].get("address") == shown


def test_a_stream_is_told_of_when_it_has_ended_with_all_its_bytes(lines):
    parts = [b"x" * 1000, b"y" * 500]
    response = watch.Watch(lambda request: StreamingHttpResponse(iter(parts)))(
        RequestFactory().get("/api/v1/exports/deals.csv")
    )
    assert not requests(lines)
    assert sum(map(len, response.streaming_content)) == 1500
    watch.finish()
    assert requests(lines)[0]["bytes"] == 1500


def test_an_id_of_a_trusted_proxy_is_taken_over(client, settings):
    settings.TRUST_PROXY = True
    given = "8f3a2c0d-1111-2222"
    assert client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "a b c d e f", "itk_r_abcdefgh", "é" * 9])
def test_an_id_that_could_be_anything_else_is_not(client, settings, given):
    settings.TRUST_PROXY = True
    made = client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert made != given
    assert len(made) == 16


def test_without_a_proxy_nobody_chooses_what_the_log_says(client, settings):
    settings.TRUST_PROXY = False
    given = "8f3a2c0d11112222"
    assert client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"] != given


def test_nothing_of_a_request_is_left_for_the_next_one_of_its_thread(lines):
    watch.Watch(lambda request: HttpResponse())(RequestFactory().get("/"))
    watch.finish()
    logging.getLogger("deals").info("later")
    watch.finish()
    assert "request_id" not in lines("later")[0]
    assert len(requests(lines)) == 1


def test_a_task_says_who_rang_for_it_and_how_it_went(db, lines):
    headers = {}
    watch.Watch(lambda request: task_watch.name_the_request(headers) or HttpResponse())(
        request := RequestFactory().get("/desk/")
    )
    tasks.run_import.apply(args=[0], headers=headers)
    (line,) = lines("task")
    assert line["request_id"] == request.META[watch.REQUEST_ID]
    assert (line["task"], line["state"]) == ("deals.tasks.run_import", "SUCCESS")
    assert line["task_id"]
    logging.getLogger("deals").info("later")
    assert "task_id" not in lines("later")[0]


def test_a_forged_id_in_a_message_is_not_taken_over(db, lines):
    headers = {task_watch.HEADER: "two words\nand a line"}
    tasks.run_import.apply(args=[0], headers=headers)
    assert "request_id" not in lines("task")[0]


def test_a_text_is_one_line_however_it_was_chosen():
    record = logging.makeLogRecord(
        {"msg": "said %s", "args": ("a\nINFO b\x1b[31m",), "levelname": "INFO", "odd": "two words"}
    )
    text = logs.formatter("text").format(record)
    assert "\n" not in text
    assert "\x1b" not in text
    assert 'odd="two words"' in text


def test_a_fault_whose_text_somebody_chose_is_no_other_line_of_the_log():
    try:
        raise ValueError("odd\n2026-11-22T19:30:00Z INFO    request status=200")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.makeLogRecord({"msg": "stopped", "exc_info": info})
    first, *behind = logs.formatter("text").format(record).splitlines()
    assert "stopped" in first
    assert any("status=200" in line for line in behind)
    assert all(line.startswith("  ") for line in behind)


def test_a_fault_is_told_with_its_place_and_without_secrets(settings):
    try:
        raise ValueError(f"could not log in with {settings.SECRET_KEY}")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.makeLogRecord({"msg": "stopped", "exc_info": info, "password": "p1"})
    for form in ("text", "json"):
        text = logs.formatter(form).format(record)
        assert "test_a_fault_is_told" in text
        assert settings.SECRET_KEY not in text
        assert "p1" not in text


def test_addresses_that_are_called_are_not_written_down():
    """Webhooks and feeds may have a secret in their path."""
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
