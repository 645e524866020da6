"""Numbers in addresses that are counted up: what is somebody else's answers like what is nothing.

Who may open what by role: tests/desk/test_every_route.py. That nothing changes: tests/desk/
test_others.py, tests/accounts/test_keys.py, tests/accounts/test_webhooks.py.
"""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals import actions
from deals.models import ApiKey
from deals.webhooks import acts
from tests.api.partners import IMPORTS, Partner, make_key
from tests.api.proposals import SUBMISSIONS, Writer, body
from tests.desk.runs import make_person, make_run
from tests.desk.things import make_things
from tests.desk.waiting import hand_in

pytestmark = pytest.mark.django_db
NOBODYS = 987_654
CHANGING = re.compile(r'(csrf\w*" value="|name="form" value=")[^"]+')


def said(client: Client, path: str, own: object, headers: dict[str, str] | None = None) -> tuple:
    """Code and text, without what differs between any two pages and without the number itself."""
    answers = [client.get(path, headers=headers), client.post(path, headers=headers)]
    texts = [CHANGING.sub("", answer.content.decode()) for answer in answers]
    return tuple(answer.status_code for answer in answers), [
        re.sub(rf"(?<=[/ ]){own}(?=[/.])", "#", text) for text in texts
    ]


def alike(client: Client, template: str, theirs: object, absent: object = NOBODYS, **more) -> None:
    mine = said(client, template.format(theirs), theirs, **more)
    assert mine == said(client, template.format(absent), absent, **more), template
    assert set(mine[0]) <= {403, 404, 405}, (template, mine[0])
    assert 404 in mine[0], template


@pytest.fixture
def owner(db):
    return make_person("proprietor", "editor")


def test_at_the_desk(client, owner, monkeypatch):
    client.force_login(make_person("mallory", "editor"))
    things = make_things(monkeypatch)
    upload = things["desk-file"].rstrip("/").rpartition("/")[2]
    for end in ("", "columns/", "check/", "profile.toml"):
        alike(client, "/desk/imports/files/{}/" + end, upload)
    draft = actions.begin_draft(by=owner, typed={"notes": "embargoed"})
    for name in ("desk-draft", "desk-draft-compare", "desk-draft-save"):
        alike(client, reverse(name, args=[424242]).replace("424242", "{}"), draft.pk)
    review = hand_in(owner, notes="embargoed")
    for name in ("desk-review", "desk-review-comment"):
        alike(client, reverse(name, args=[424242]).replace("424242", "{}"), review.pk)


def test_of_an_account(client, owner):
    make_key("proprietor", "read")
    hook = acts.add(name="Copy", url="https://example.org/hook", wanted="", by=owner)
    client.force_login(make_person("mallory", "administrator"))
    alike(client, "/account/keys/{}/", ApiKey.objects.get().pk)
    alike(client, "/account/keys/{}/revoke/", ApiKey.objects.get().pk)
    for end in ("", "delete/", "pause/", "test/"):
        alike(client, "/account/webhooks/{}/" + end, hook.public_id, "W-00000000")


def test_of_a_partner(owner):
    run = make_run("review", created_by=owner)
    other = Partner(make_key("mallory", "write", "bring_import"))
    for end in ("", "errors/", "errors.csv", "cancel/"):
        alike(other.client, f"{IMPORTS}{{}}/{end}", run.pk, headers=other.headers)


def test_of_a_proposal():
    theirs = Writer("partner").propose(body()).json()["id"]
    mallory = Writer("mallory")
    alike(mallory.client, SUBMISSIONS + "{}/", theirs, headers=mallory.headers)
    assert mallory.get(SUBMISSIONS).json()["results"] == []


def test_no_list_of_mine_has_what_is_theirs(client, owner):
    make_key("proprietor", "read")
    actions.begin_draft(by=owner, typed={"target-name": "embargoed", "notes": "embargoed"})
    hand_in(owner, notes="embargoed")
    make_run("review", created_by=owner, file_name="embargoed.csv", created_at=timezone.now())
    client.force_login(make_person("mallory", "contributor"))
    for path in ("/desk/", "/desk/drafts/", "/desk/review/", "/desk/activity/", "/account/keys/"):
        assert "embargoed" not in client.get(path).content.decode(), path
