"""The form of the explorer: what a page leaves out comes when it is opened, or with all of it."""

import re
from collections import Counter

import pytest

pytestmark = pytest.mark.django_db
LATER = {
    "kind": "?shown=funding_round",
    "target": "?shown=CN",
    "investor": "?shown=DE",
    "filters": "",
}
ASKED = "/flows/?investor=DE&target=CN"


def fields(html):
    """How often each box, field or option of the question stands in it."""
    form = html.partition('id="question-status"')[0]
    boxes = re.findall(r'<input type="checkbox" name="(\w+)" value="([\w-]+)"', form)
    texts = re.findall(r'<(?:select|input type="text") name="(\w+)"', form)
    return Counter([*boxes, *((name, "") for name in texts)])


def fetched(client, part):
    response = client.get(f"/flows/form/{part}/{LATER[part]}", headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def test_what_is_left_out_and_the_page_are_together_the_whole_form(client):
    whole = fields(client.get(f"{ASKED}&form=whole").content.decode())
    short = client.get(ASKED).content.decode()
    assert dict(re.findall(r'data-later="/flows/form/(\w+)/([^"]*)"', short)) == LATER
    parts = [fields(fetched(client, part)) for part in LATER]
    assert all(parts)
    assert sum(parts, fields(short)) == whole
    assert set(whole.values()) == {1}
    assert len(whole) > 130


def test_the_whole_form_stays_whole_and_is_no_part_of_an_address_to_share(client):
    response = client.get(f"{ASKED}&form=whole&kind=funding_round")
    assert response.headers["Location"] == f"{ASKED}&form=whole"
    page = client.get(f"{ASKED}&form=whole")
    assert b'<input type="hidden" name="form" value="whole">' in page.content
    assert b"data-later" not in page.content
    assert b'<link rel="canonical" href="/flows/?investor=DE&amp;target=CN">' in page.content
    assert page.headers["ETag"] != client.get(ASKED).headers["ETag"]
    swapped = client.get(f"{ASKED}&form=whole", headers={"HX-Request": "true"})
    assert swapped.headers["HX-Push-Url"] == ASKED


@pytest.mark.parametrize("asked", ["currency=USD", "sector=lidar", "as_of=0", "compare=none"])
def test_filters_that_say_something_are_sent_with_the_page(client, asked):
    page = client.get(f"{ASKED}&{asked}", follow=True).content.decode()
    assert "/flows/form/filters/" not in page
    assert ("currency", "") in fields(page)


@pytest.mark.parametrize("part", LATER)
def test_who_opens_a_part_by_its_address_finds_the_whole_form(client, part):
    assert client.get(f"/flows/form/{part}/").headers["Location"] == "/flows/?form=whole"


def test_a_part_is_of_no_use_to_who_sends_markup(client):
    given = {"shown": "<script>"}
    response = client.get("/flows/form/target/", given, headers={"HX-Request": "true"})
    assert b"script" not in response.content
