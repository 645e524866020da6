"""A day with passwords, links, keys, sessions and webhooks: none of their secrets is in the log."""

import logging
import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.conf import LazySettings
from django.test import Client

from deals import tasks
from deals.accounts import keys
from deals.models import ApiKey, Webhook
from deals.web import deals as deals_page
from deals.webhooks import signing
from investtrack import logs
from tests.desk.runs import make_person
from tests.factories import make_deal
from tests.webhooks.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db
WRONG, FIRST, SECOND = "tulips-in-winter-1", "tulips-in-spring-22", "tulips-in-summer-33"


@pytest.fixture
def written(settings: LazySettings) -> Iterator[list[str]]:
    """Every line of the day from DEBUG on, in both forms; more than any installation writes."""
    lines: list[str] = []
    forms = [logs.formatter(form) for form in ("text", "json")]
    logs.redaction.cache_clear()

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.extend(form.format(record) for form in forms)

    root, handler = logging.getLogger(), Keep()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.setLevel(before)
    root.removeHandler(handler)


@pytest.fixture
def ada():
    person = make_person("ada.lovelace", "editor")
    person.email = "ada.lovelace@example.org"
    person.set_password(FIRST)
    person.save()
    return person


def sign_in(client: Client, password: str) -> int:
    sent = {"login": "ada.lovelace", "password": password}
    return client.post("/account/login/", sent).status_code


def set_password_by_mail(mailoutbox) -> str:
    """The link of the mail, whose end is as good as a password."""
    client = Client()
    client.post("/account/password/reset/", {"email": "ada.lovelace@example.org"})
    link = re.search(r"https?://testserver(\S+)", mailoutbox[-1].body)[1]
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": SECOND, "password2": SECOND})
    # Somebody tries it once more, and mistypes it.
    client.get(link)
    client.get(f"{link[:-3]}x/")
    return link.rstrip("/").rpartition("/")[2].split("-", 1)[1]


def make_a_key(client: Client, ada) -> str:
    form = {"name": "nightly", "power": "read", "days": "365", "after": keys.newest_key(ada)}
    page = client.post("/account/keys/", form).content.decode()
    return unescape(page.split('<code id="key">')[1].partition("<")[0])


def use_the_key(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    partner = Client(raise_request_exception=False)
    for sent in (f"Bearer {key}", f"Bearer {key}x", f"Basic {key}", key):
        partner.get("/api/v1/deals/", headers={"Authorization": sent})
    partner.get("/api/v1/deals/", {"api_key": key})
    partner.get(f"/api/v1/{key}/")
    partner.get(f"/{key}/?token={key}")
    with monkeypatch.context() as broken:
        broken.setattr(deals_page, "snapshot", lambda: {}[key])
        partner.get("/deals/", headers={"Authorization": f"Bearer {key}"})


def be_told(client: Client, ada, receiver: Receiver) -> list[str]:
    """Secrets of a webhook that is shown, changed, and cannot reach its receiver at first."""
    hook = Webhook.objects.create(
        public_id="W-1234567", user=ada, name="Copy", url=receiver.url, told_seq=0,
        created_at=ada.date_joined,
    )  # fmt: skip
    receiver.answers(500)
    old = signing.secret_of(hook)
    page = f"/account/webhooks/{hook.public_id}/"
    assert old in unescape(client.post(page).content.decode())
    make_deal()
    tasks.tell_webhooks.apply()
    assert receiver.received
    client.post(page, {"act": "rotate"})
    hook.turn += 1
    return [old, signing.secret_of(hook)]


def test_none_of_a_days_secrets_is_in_its_log(ada, written, mailoutbox, settings, monkeypatch):
    client = Client()
    assert sign_in(client, WRONG) != 302
    assert sign_in(client, FIRST) == 302
    session = client.cookies["sessionid"].value
    link = set_password_by_mail(mailoutbox)
    client = Client()
    assert sign_in(client, SECOND) == 302
    sessions = [session, client.cookies["sessionid"].value, client.cookies["csrftoken"].value]
    key = make_a_key(client, ada)
    use_the_key(key, monkeypatch)
    with receiving() as receiver:
        settings.WEBHOOK_ALLOW_INSIDE = [receiver.place]
        secrets = be_told(client, ada, receiver)
    said = "\n".join(written)
    for place in ("request", "task", "Internal Server Error", key[:14]):
        assert place in said, "the day left no trace"
    kept = ApiKey.objects.get()
    hidden = [WRONG, FIRST, SECOND, link, *sessions, key, kept.digest, *secrets]
    for secret in (*hidden, settings.SECRET_KEY, "ada.lovelace"):
        assert len(secret) > 8
        assert secret not in said
