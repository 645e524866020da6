"""A request that names another host, so that a link in a mail or a cache leads there."""

import re

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client

from tests.desk.runs import make_person

pytestmark = pytest.mark.django_db
EVIL = "evil.example"
# What proxies write, and strangers too.
FORWARDED = {
    "X-Forwarded-Host": EVIL, "X-Host": EVIL, "X-Forwarded-Server": EVIL, "X-Original-Host": EVIL,
    "X-Forwarded-Port": "666", "X-Forwarded-Prefix": "/evil", "Forwarded": f"host={EVIL}",
    "X-Original-URL": "/admin/", "X-Rewrite-URL": "/admin/", "X-HTTP-Method-Override": "DELETE",
    "X-Forwarded-Proto": "gopher", "X-Forwarded-For": "10.0.0.1",
}  # fmt: skip
PAGES = (
    "/", "/deals/", "/flows/?investor=europe&target=CN", "/methods/", "/robots.txt", "/data/",
    "/sitemap.xml", "/deals/feed.atom", "/api/v1/regions/", "/api/v1/deals/", "/account/login/",
    "/nothing/",
)  # fmt: skip


@pytest.mark.parametrize(
    "host", [EVIL, "testserver.evil.example", "testserver@evil.example", "a b"]
)
@pytest.mark.parametrize("path", ["/", "/account/password/reset/", "/api/v1/deals/", "/admin/"])
def test_another_name_is_refused(host, path):
    answer = Client(raise_request_exception=False).get(path, headers={"host": host})
    assert answer.status_code == 400
    assert EVIL not in answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_what_a_proxy_might_say_changes_no_answer_and_stands_in_none(client, path):
    def seen(**headers: str) -> tuple[int, str]:
        answer = client.get(path, headers=headers)
        body = b"".join(answer) if answer.streaming else answer.content
        return answer.status_code, re.sub(r'(csrf\w*" value=")[^"]+', "", body.decode())

    plain = seen()
    assert seen(**FORWARDED) == plain
    assert EVIL not in plain[1]


def test_a_link_to_set_a_password_leads_here(client, mailoutbox):
    user = make_person("ada")
    user.email = "ada@example.org"
    user.save()
    client.post("/account/password/reset/", {"email": "ada@example.org"}, headers=FORWARDED)
    links = re.findall(r"\w+://\S+", mailoutbox[0].body)
    assert links
    assert all(link.startswith("http://testserver/account/") for link in links)


def test_an_invitation_leads_here(client, mailoutbox):
    client.force_login(make_person("root", "administrator"))
    form = {"name": "vera", "email": "vera@example.org", "role": "editor"}
    client.post("/desk/people/", form, headers=FORWARDED)
    (mail,) = mailoutbox
    links = re.findall(r"\w+://\S+", mail.body)
    assert links
    assert all(link.startswith("http://testserver/account/") for link in links)


def test_a_server_that_answers_to_any_name_does_not_pass_the_check_of_a_deployment(settings):
    settings.ALLOWED_HOSTS = ["*"]
    with pytest.raises(SystemCheckError, match="answers to any name"):
        call_command("check", "--deploy", "--tag", "security")
