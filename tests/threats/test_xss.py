"""A name, a quote or an address that runs as a script.

Every page is parsed with names that are scripts by tests/web/test_valid_html.py, every field of
every form of the desk by tests/desk/test_abuse.py, every picture by tests/pictures/
test_every_picture.py; a real Chromium walks over all of them in tests/browser/test_every_page.py
and finds nothing that ran and nothing that the policy refused. Here: links, and what is no page.
"""

import json

import pytest
from django.test import Client

from deals.models import Source
from tests.api.proposals import Writer, body, pointers
from tests.desk.forms import sent
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
LINKS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:x", " javascript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)",
    "https://", "//evil.example", "file:///etc/passwd",
)  # fmt: skip
SCRIPT = "</script><script>alert(1)</script>\u2028<!--"


@pytest.mark.parametrize("link", LINKS)
def test_a_partners_source_is_a_page_of_the_web(link):
    answer = Writer().propose(body(sources=[{"url": link, "title": "News"}]))
    assert pointers(answer) == ["/sources/0/url"]


@pytest.mark.parametrize("link", LINKS[:4])
def test_a_source_of_the_desk_is_too(link, client):
    client.force_login(make_person("ada"))
    form = sent(**{"sources-0-url": link}) | {"action": "submit"}
    answer = client.post("/desk/deals/new/", form, follow=True)
    assert "is not the address of a web page" in answer.content.decode()
    assert not Source.objects.filter(url__icontains="script").exists()


def test_json_is_never_taken_for_a_page():
    make_deal(target=SCRIPT)
    for path in ("/api/v1/deals/", "/api/v1/deals/?q=" + "<script>", "/api/v1/<script>/"):
        answer = Client().get(path)
        assert "json" in answer["Content-Type"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        json.loads(answer.content)


def test_data_inside_a_page_do_not_end_their_element():
    make_deal(target=SCRIPT, investors=[(SCRIPT, "DE")])
    page = Client().get("/flows/?investor=europe&target=CN&kind=all&ai=all").content.decode()
    assert "</script><script>alert" not in page
