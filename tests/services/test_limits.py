"""The count of requests is exact over processes: 50 clients at once send twice what is allowed."""

import http.client
import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from deals.models import ApiCount, ApiKey
from tests.api.partners import make_key
from tests.processes import PATIENCE
from tests.serving import serve

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
CLIENTS, EACH = 50, 8
LIMIT = CLIENTS * EACH // 2


def test_exactly_as_many_pass_as_the_limit_says_and_others_are_not_hindered(server, tmp_path):
    wait_for_an_hour_to_spare()
    mine, theirs = make_key("one", "read"), make_key("other", "read")
    ApiKey.objects.filter(user__username="one").update(hourly_limit=LIMIT)
    start = Barrier(CLIENTS + 1, timeout=PATIENCE)
    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        others = pool.submit(ask, server, theirs, start, 20)
        found = [pool.submit(ask, server, mine, start, EACH) for _ in range(CLIENTS)]
        answers = [answer for each in found for answer in each.result()]
        assert {status for status, _ in others.result()} == {200}
    assert Counter(status for status, _ in answers) == {200: LIMIT, 429: LIMIT}
    # Each of those that passed was told another number that is left.
    left = sorted(remaining(said) for status, said in answers if status == 200)
    assert left == list(range(LIMIT))
    counted = {row.subject: (row.used, row.refused) for row in ApiCount.objects.all()}
    pk = ApiKey.objects.get(user__username="one").pk
    assert counted[f"key:{pk}"] == (LIMIT, LIMIT)
    log = (tmp_path / "web.log").read_text()
    assert f"key={mine[:14]}" in log
    assert mine not in log


def test_a_revoked_key_ends_a_paged_read_at_the_next_page(server):
    key = make_key("one", "read")
    with closing(http.client.HTTPConnection("127.0.0.1", server, timeout=PATIENCE)) as client:
        assert get(client, key)[0] == 200
        ApiKey.objects.update(revoked_at=datetime.now(UTC))
        status, _, body = get(client, key)
    assert status == 401
    assert "was revoked" in json.loads(body)["detail"]


def ask(port: int, key: str, start: Barrier, times: int) -> list[tuple[int, str]]:
    """Status and `RateLimit` of each answer, all over one connection."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as client:
        start.wait()
        return [get(client, key)[:2] for _ in range(times)]


def get(client: http.client.HTTPConnection, key: str) -> tuple[int, str, bytes]:
    client.request("GET", "/api/v1/me/", headers={"Authorization": f"Bearer {key}"})
    response = client.getresponse()
    return response.status, response.headers["RateLimit"], response.read()


def remaining(said: str) -> int:
    return int(said.split(";")[1].removeprefix("r="))


def wait_for_an_hour_to_spare() -> None:
    """A new hour in the midst of it would let more pass, rightly."""
    now = datetime.now(UTC)
    if now.minute >= 58:
        time.sleep((60 - now.minute) * 60 + 1 - now.second)


@pytest.fixture
def server(db, tmp_path: Path) -> Iterator[int]:
    """The port of a web server of two processes on the database of the tests."""
    with serve(tmp_path, threads=8, API_PER_HOUR="20000", API_PER_HOUR_OPEN="2000") as served:
        yield served.port
