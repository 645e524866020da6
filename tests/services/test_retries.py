"""A storm of retries against real processes that are killed meanwhile: one effect for each key."""

import http.client
import json
import os
import random
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from threading import Event

import pytest

from deals.models import ApiWrite, DealVersion
from tests.api.proposals import Writer, body
from tests.processes import PATIENCE
from tests.serving import serve

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
KEYS, CLIENTS = 25, 16
# RETRIES=10000 for the whole storm.
RETRIES = int(os.environ.get("RETRIES", "2000"))
# Status, whether it was given before, and the number of the submission.
Answer = tuple[int, bool, int | None]


def test_a_storm_of_retries_through_processes_that_are_killed_has_one_effect_for_each_key(server):
    port, master = server
    authorization = Writer().headers["Authorization"]
    over = Event()
    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        killer = pool.submit(kill_now_and_then, master, over)
        found = [pool.submit(storm, port, authorization, seed) for seed in range(CLIENTS)]
        told: dict[int, list[Answer]] = defaultdict(list)
        for each in found:
            for number, answer in each.result():
                told[number].append(answer)
        over.set()
        assert killer.result() > 0
    # What no answer told, since its process was killed, the last one who asks is told.
    for number in range(KEYS):
        told[number].append(sent_until_answered(port, authorization, number))
    for number, answers in told.items():
        # A 200 would be a second effect that was only noticed as the same deal.
        assert {status for status, _, _ in answers} <= {202, 409}, number
        assert sum(status == 202 and not again for status, again, _ in answers) <= 1, number
        assert len({pk for status, _, pk in answers if status == 202}) == 1, number
    assert DealVersion.objects.count() == KEYS
    assert ApiWrite.objects.filter(status=202).count() == KEYS


def storm(port: int, authorization: str, seed: int) -> list[tuple[int, Answer]]:
    """What one client is told who sends any of the requests, over and over."""
    chance, told = random.Random(seed), []
    for _ in range(RETRIES // CLIENTS):
        number = chance.randrange(KEYS)
        with suppress(OSError, http.client.HTTPException):
            told.append((number, send(port, authorization, number)))
    return told


def sent_until_answered(port: int, authorization: str, number: int) -> Answer:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError, http.client.HTTPException):
            answer = send(port, authorization, number)
            if answer[0] == 202:
                return answer
        time.sleep(0.1)
    raise AssertionError(f"Request {number} was never answered.")


def send(port: int, authorization: str, number: int) -> Answer:
    day = f"2022-{number % 12 + 1:02}-{number // 12 + 1:02}"
    headers = {
        "Authorization": authorization,
        "Content-Type": "application/json",
        "Idempotency-Key": f"night-{number}",
    }
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as client:
        client.request("POST", "/api/v1/deals/", json.dumps(body(date=day)), headers)
        response = client.getresponse()
        said = json.loads(response.read())
        return response.status, "Idempotent-Replayed" in response.headers, said.get("id")


def kill_now_and_then(master: int, over: Event) -> int:
    """Kill one of the server's processes, again and again; how many were."""
    killed = 0
    while not over.wait(1):
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if children:
            with suppress(ProcessLookupError):
                os.kill(int(random.choice(children)), signal.SIGKILL)
                killed += 1
    return killed


@pytest.fixture
def server(db, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """The port of a web server of two processes on the database of the tests, and its number."""
    with serve(tmp_path) as served:
        yield served.port, served.master
