"""`/developers/` and the reference: every address and example that they show works."""

import ast
import re
import shlex
from html import unescape
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from deals.api.schema import table
from deals.api.schema.worded import fields, words
from deals.flows.query import PARAM_OF, FlowQuery
from deals.models import Population
from deals.web.developers_examples import view

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(client) -> str:
    response = client.get("/developers/")
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.fixture
def reference(client) -> str:
    response = client.get("/api/v1/docs/")
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_every_example_that_only_reads_answers(client, shown, reference) -> None:
    lines = re.findall(r"curl [^']*'http://testserver(/[^']+)'", shown + reference)
    reading = {line for line in lines if "Bearer" not in line and "{" not in line}
    assert len(reading) > 20
    public = [one for one in reading if not re.search(r"D-0|O-0|me/|imports|submissions", one)]
    wrong = "/api/v1/deals/?kind=sale"
    for address in public:
        response = client.get(address)
        absent = re.search(r"/releases/2026", address)
        expected = 400 if address == wrong else 404 if absent else 200
        assert response.status_code == expected, address
        if response.streaming:
            response.getvalue()


def test_the_list_beside_the_share_is_of_the_same_question(client, shown) -> None:
    Population.objects.create(code="of-a-supplier", title="All of a supplier's deals")
    shown = unescape(client.get("/developers/").content.decode())
    line = r".*?curl [^']*'http://testserver/api/v1/[^?]*\?([^']+)'"
    share, listed, again = (
        re.search(f'id="{part}"{line}', shown, re.S) for part in ("share", "deals", "again")
    )
    assert share
    assert "population=of-a-supplier" in share[1]
    assert share[1] == listed[1] == again[1]


def test_no_example_keeps_a_problem_under_the_name_of_a_file(shown, reference) -> None:
    lines = (shown + reference).splitlines()
    writing = [line for line in lines if re.search(r"curl.* -[oO]", line)]
    assert len(writing) > 4
    for line in writing:
        assert re.search(r"curl.* (-f|-fO) ", line), line


def test_every_address_of_the_api_and_every_parameter_is_shown(shown) -> None:
    for path, _method in table.OPERATIONS:
        assert f"/api/v1/{path}" in shown
    for name in FlowQuery.__dataclass_fields__:
        assert re.search(rf"<code>[^<]*\b{PARAM_OF.get(name, name)}\b", shown), name


def test_the_reference_has_every_operation_with_its_parameters_statuses_and_four_ways(
    reference,
) -> None:
    parts = dict(
        re.findall(r'<article class="api-one" id="([^"]+)">(.*?)</article>', reference, re.S)
    )
    for (path, method), operation in table.OPERATIONS.items():
        part = parts[operation.id]
        assert f"<code>/api/v1/{path}</code>" in part
        assert f">{method}</span>" in part
        for way in ("curl", "Python", "R", "Power Query"):
            assert f"<summary>{way}</summary>" in part
        for status in (*operation.answers, *operation.problems):
            assert f"<code>{status}</code>" in part, (operation.id, status)
        for one in operation.parameters:
            if "name" in one:
                assert f"<code>{one['name']}</code>" in part, (operation.id, one["name"])


def test_every_link_inside_the_reference_leads_somewhere(reference, shown) -> None:
    there = set(re.findall(r'\bid="([^"]+)"', reference))
    inside = set(re.findall(r'href="#([^"]+)"', reference))
    assert inside - {"content"} <= there
    into = set(re.findall(rf'href="{reverse("api-docs")}#([^"]+)"', shown))
    assert into <= there
    contents = set(re.findall(r'href="#([^"]+)"', shown))
    assert contents <= set(re.findall(r'\bid="([^"]+)"', shown))


def test_the_types_of_problems_are_explained_where_they_point(reference, client) -> None:
    problem = client.get("/api/v1/deals/", {"nonsense": "1"}).json()
    address, _, anchor = problem["type"].partition("#")
    assert address == reverse("api-docs")
    assert f'id="{anchor}"' in reference


def test_shapes_are_told_in_words() -> None:
    assert (
        words({"type": "array", "items": {"type": "string", "format": "date"}}).kind
        == "list of day"
    )
    assert words({"type": ["string", "null"]}).kind == "text or null"
    assert words({"type": "integer", "minimum": 1, "maximum": 500}).kind == "number, 1 to 500"
    assert words({"type": "string", "enum": ["a", "b"]}).choices == ("a", "b")
    assert words({"anyOf": [{"$ref": "#/x/Deal"}, {"type": "null"}]}).part == "Deal"
    shape = {"properties": {"a": {"properties": {"b": {"type": "boolean"}}}}, "required": ["a"]}
    assert [(one.name, one.always) for one in fields(shape)] == [("a", True), ("a.b", False)]


def test_they_are_linked_from_every_page_and_take_no_parameters(client) -> None:
    assert 'href="/developers/"' in client.get("/methods/").content.decode()
    assert client.get("/developers/", {"x": "1"}).status_code == 400


def test_the_pages_cost_few_queries(client, django_assert_max_num_queries) -> None:
    client.get("/developers/")
    for path in ("/developers/", "/api/v1/docs/"):
        with django_assert_max_num_queries(8):
            client.get(path)


def test_no_link_in_the_frame_of_the_pages_is_dead(client) -> None:
    frame = client.get("/").content.decode()
    for address in {a for a in re.findall(r'href="(/[^"#?]*)', frame) if "static" not in a}:
        assert client.get(address, follow=True).status_code == 200, address


def test_a_view_shows_the_code_that_asks_for_just_this(client) -> None:
    typed = "' \"; {deal} </code><b>"
    page = client.get("/deals/", {"q": typed, "kind": "debt"}).content.decode()
    assert "<b>" not in page.partition("Code for this view")[2]
    code = unescape(page.partition("Code for this view")[2])
    assert "kind=debt" in code
    assert "{deal}" in code or "%7Bdeal%7D" in code
    for address in ("/deals/?kind=debt", "/flows/?investor=europe&target=CN"):
        code = unescape(client.get(address).content.decode().partition("Code for this view")[2])
        line = re.search(r"curl 'http://testserver(/[^']+)'", code)
        assert line
        assert client.get(line[1]).status_code == 200


def test_whatever_a_reader_searched_for_stays_a_text_in_that_code() -> None:
    typed = """a'; rm -rf ~ #"$(id)`id`\\ #(0022)"""
    code = dict(view("http://x/api/v1/", f"/api/v1/deals/?{urlencode({'q': typed})}"))
    assert shlex.split(code["curl"])[1:] == [f"http://x/api/v1/deals/?{urlencode({'q': typed})}"]
    call = ast.parse(code["Python"]).body[1].value
    given = next(one for one in call.keywords if one.arg == "params")
    assert ast.literal_eval(given.value) == {"q": typed}
    assert """Query = [q = "a'; rm -rf ~ #""$(id)`id`\\ #(#)(0022)"]""" in code["Power Query"]
