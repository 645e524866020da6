"""A partner who sends files over HTTP, through a real web server."""

import time
from typing import NamedTuple

import httpx
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from benchmarks.chaos_file import Made, profile_text
from benchmarks.chaos_rig import Rig, listens, wait_until
from deals.models import ApiKey
from deals.rules.keys import digest_of, new_key, prefix_of


class Answer(NamedTuple):
    """What a partner got for a file; `run` is the import's id when it was taken."""

    status: int
    run: int
    seconds: float


class Partner:
    """Use as a context manager: the web server runs until the end of the block."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    def __enter__(self) -> "Partner":
        self.rig.web.start()
        port = self.rig.ports["web"]
        wait_until(lambda: listens(port), 60, "the web server listens")
        key = {"Authorization": f"Bearer {_key()}"}
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=key, timeout=60, trust_env=False
        )
        # It listens before it has loaded what it serves.
        self.client.get("/healthz").raise_for_status()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
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
        return Answer(answer.status_code, run, time.monotonic() - begun)


def _key() -> str:
    """A key whose user may bring files in and decide on them."""
    user = get_user_model()._default_manager.create(username=f"partner{time.time_ns()}")
    powers = Permission.objects.filter(codename__in=("bring_import", "decide_import"))
    user.user_permissions.add(*powers)
    key = new_key("write")
    ApiKey.objects.create(
        name="chaos", prefix=prefix_of(key), digest=digest_of(key), power="write", user=user,
        created_at=timezone.now(),
    )  # fmt: skip
    return key
