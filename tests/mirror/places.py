"""A server inside the test's own process, and places for copies of it."""

import httpx
import psycopg
from django.test import Client as DjangoClient

from deals.mirror.client import Client
from deals.mirror.copies import Copy
from deals.mirror.prove import Mirror
from deals.mirror.register import Register
from deals.models import DealDocument
from tests.serving import database_url

URL = "http://testserver"
SCHEMA = "mirror_of_a_test"


def never(seconds: float) -> None:
    """Nobody has to wait for a server of our own."""
    raise AssertionError(f"The mirror waits for {seconds} s.")


class Asked(httpx.BaseTransport):
    """Passes requests on to the application, and keeps their addresses and statuses."""

    def __init__(self) -> None:
        self._client = DjangoClient()
        self.log: list[tuple[str, int]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        response = self._client.get(path, headers=headers)
        self.log.append((path, response.status_code))
        body = b"".join(response)
        return httpx.Response(response.status_code, headers=list(response.items()), content=body)


def mirror_of(
    copy: Copy, *, population: str | None = None, transport: httpx.BaseTransport | None = None
) -> tuple[Mirror, list[str]]:
    """A mirror of this process's register into `copy`, and what it says."""
    said: list[str] = []
    client = Client(URL, transport=transport or Asked(), sleep=never)
    return Mirror(Register(client, population), copy, said.append), said


def drop_schema() -> None:
    with psycopg.connect(database_url(), autocommit=True) as database:
        database.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE".encode())


def live_documents() -> dict[str, str]:
    """The text of every live real deal, by its id."""
    rows = DealDocument.objects.filter(
        version__published_seq__isnull=False,
        version__superseded_seq__isnull=True,
        version__fact__generated=False,
    )
    return dict(rows.values_list("version__deal__public_id", "json"))
