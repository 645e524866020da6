"""A partner who sends files and proposes deals over HTTP, through a real web server."""

import time
from typing import NamedTuple

import httpx
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from benchmarks.chaos_file import Made, profile_text
from benchmarks.chaos_rig import START_SECONDS, Rig, listens, wait_until
from deals.models import ApiKey
from deals.rules.keys import digest_of, new_key, prefix_of
from deals.rules.roles import PROPOSE

POWERS = ("bring_import", "decide_import", PROPOSE.partition(".")[2])


class Answer(NamedTuple):
    """What a partner got for a file; `run` is the import's id when it was taken."""

    status: int
    run: int
    seconds: float
    said: str = ""


class Partner:
    """Use as a context manager: the web server runs until the end of the block, and beyond where
    it had been `started` before."""

    def __init__(self, rig: Rig, *, started: bool = False) -> None:
        self.rig, self.started = rig, started

    def __enter__(self) -> "Partner":
        if not self.started:
            self.rig.web.start()
        port = self.rig.ports["web"]
        wait_until(lambda: listens(port), START_SECONDS, "the web server listens")
        key = {"Authorization": f"Bearer {_key()}"}
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=key, timeout=60, trust_env=False
        )
        # It listens before it has loaded what it serves.
        self.client.get("/healthz").raise_for_status()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        if not self.started:
            self.rig.web.kill()

    def send(self, made: Made, feed: str) -> Answer:
        """POST the file, to be published without review."""
        begun = time.monotonic()
        answer = self.client.post(
            "/api/v1/imports/",
            files={"file": (f"{made.name}.csv", made.data)},
            data={"profile": profile_text(feed), "publish": "true"},
        )
        run = answer.json()["id"] if answer.status_code == 202 else 0
        return Answer(answer.status_code, run, time.monotonic() - begun, answer.text)

    def propose(self, number: int) -> int:
        """POST a deal under a key of its own; the status, 0 where no answer came."""
        body = {
            "target": {"name": f"Proposed Company {number}", "country": "CN"},
            "kind": "funding_round",
            "round_type": "series_a",
            "status": "completed",
            "date": f"20{10 + number % 14}-0{1 + number % 9}",
            "amount": f"€{1 + number % 90}m",
            "ai": "yes",
            "investors": [{"name": f"Proposing Fund {number % 7}", "country": "DE"}],
            "sources": [{"url": f"https://example.org/{number}", "title": f"Report {number}"}],
        }
        try:
            again = {"Idempotency-Key": f"chaos-{number}"}
            return self.client.post("/api/v1/deals/", json=body, headers=again).status_code
        except httpx.HTTPError:
            return 0


def _key() -> str:
    """A key whose user may bring files in, decide on them, and propose deals."""
    user = get_user_model()._default_manager.create(username=f"partner{time.time_ns()}")
    powers = Permission.objects.filter(codename__in=POWERS)
    user.user_permissions.add(*powers)
    key = new_key("write")
    ApiKey.objects.create(
        name="chaos", prefix=prefix_of(key), digest=digest_of(key), power="write", user=user,
        created_at=timezone.now(),
    )  # fmt: skip
    return key
