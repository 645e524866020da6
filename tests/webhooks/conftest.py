"""A receiver that the settings allow, and webhooks that lead to it."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User

from deals.models import Webhook
from deals.webhooks import acts
from tests.desk.runs import make_person
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    with receiving() as server:
        settings.WEBHOOK_ALLOW_INSIDE = [server.place]
        yield server


@pytest.fixture
def vera(db) -> User:
    return make_person("vera", "reader")


@pytest.fixture
def hook(receiver, vera) -> Callable[..., Webhook]:
    """`hook()`: told of everything; `hook(wanted="investor=europe")`: of these deals."""

    def made(name: str = "Copy", wanted: str = "", url: str = "", by: User = vera) -> Webhook:
        return acts.add(name=name, url=url or receiver.url, wanted=wanted, by=by)

    return made
