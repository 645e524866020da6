"""Every page is valid HTML, with names for everything that needs one and an outline in order."""

import pytest
from django.test import Client

from tests.desk.runs import make_person
from tests.desk.things import make_things
from tests.threats.headers import faults
from tests.web.markup import problems
from tests.web.pages import addresses, make_world, visited

pytestmark = pytest.mark.django_db
# A name as bad as a supplier's file can hold.
HOSTILE = "<script>alert(1)</script>\"'&<b>"


def wrong(client: Client, paths: list[str]) -> dict[str, list[str]]:
    pages = visited(client, paths)
    # An answer without a frame around it is what htmx swaps into a page.
    said = {
        path: problems(html, whole="<html" in html) + faults(response)
        for path, response in pages
        if (html := response.content.decode())
    }
    return {path: found for path, found in said.items() if found}


def test_every_page_for_readers_is_valid(client):
    paths = addresses(make_world(lambda text: f"{text} {HOSTILE}" if text else text))
    assert wrong(client, paths) == {}


def test_the_parts_that_are_swapped_into_a_page_are_valid(client):
    make_world()
    for path in ("/flows/?investor=europe&target=CN", "/flows/?from=abc"):
        response = client.get(path, headers={"HX-Request": "true"})
        html = response.content.decode()
        assert [said for said in problems(html, whole=False) if "leads nowhere" not in said] == []


def test_every_page_of_the_desk_is_valid(client, monkeypatch):
    things = make_things(monkeypatch)
    client.force_login(make_person("manager", "manager"))
    paths = [path for name, path in things.items() if name.startswith("desk")]
    assert wrong(client, [*paths, "/account/login/"]) == {}


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p id=a></p><p id=a></p>", "id 'a' stands 2 times"),
        ('<a href="#b">b</a>', "href '#b' leads nowhere"),
        ("<label for=c>c</label>", "label for='c' leads nowhere"),
        ("<svg role=img></svg>", "svg without a name"),
        ("<table><tr><td>1</td></tr></table>", "table without a caption: '1'"),
        ("<input name=d>", "input 'd' without a label"),
        ("<script>1</script>", "a script inside the page"),
        ("<p onclick=x>1</p>", "p has a handler onclick"),
        ('<img alt="" src="https://cdn.example/x.png">', "img loads from elsewhere"),
        ("<p>None</p>", "'None' is printed"),
        ("<p></b>", "unexpected-end-tag"),
    ],
)
def test_what_is_wrong_is_found(html, said):
    assert any(said in found for found in problems(html, whole=False))


def test_an_outline_that_skips_a_level_is_found():
    page = "<!doctype html><html><title>x</title><main><h1>a</h1><h3>b</h3></main></html>"
    assert problems(page) == ["no language", "headings go from h1 to h3"]
