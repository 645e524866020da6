"""The code that the document gives to partners verifies what we send, and nothing else."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deals import tasks
from deals.webhooks import sending, signing
from tests.factories import make_deal
from tests.webhooks.receiver import Received

TEXT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()


@pytest.fixture(scope="module")
def is_ours() -> Callable[[str, dict[str, str], bytes], bool]:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, Callable[[str, dict[str, str], bytes], bool]] = {}
    exec(compile(code, "docs/webhooks.md", "exec"), names)
    return names["is_ours"]


@pytest.mark.django_db
def test_a_message_is_verified_and_a_forged_or_old_one_is_not(is_ours, hook, receiver) -> None:
    secret = signing.secret_of(hook())
    make_deal()
    tasks.tell_webhooks()
    one: Received = receiver.received[0]
    assert is_ours(secret, one.headers, one.body)
    assert not is_ours(secret, one.headers, one.body + b" ")
    assert not is_ours(secret, one.headers | {"webhook-id": "msg_other"}, one.body)
    old = str(int(time.time()) - 301)
    forged = signing.signature(secret, one.id, int(old), one.body)
    stale = one.headers | {"webhook-timestamp": old, "webhook-signature": forged}
    assert not is_ours(secret, stale, one.body)
    assert not is_ours("whsec_" + "A" * 43 + "=", one.headers, one.body)


def test_a_signature_is_that_of_the_specification() -> None:
    """The worked example of the specification's own libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    found = signing.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_document_says_the_steps_and_limits_of_the_code() -> None:
    assert sending.STEPS == (5, 30, 120, 600, 1800, 3600, 7200, 14400)
    assert "5 s, 30 s, 2, 10 and 30 min, 1, 2, 4 and again 4 hours" in TEXT
    assert (sending.PATIENCE.days, sending.SILENCE.days, sending.KEPT.days) == (1, 3, 30)
