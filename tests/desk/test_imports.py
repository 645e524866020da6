"""The list of imports: what waits for a decision stands first, everything else newest first."""

import re
from html import unescape

import pytest

from deals.models import ImportRun
from tests.desk.runs import make_person, make_run

pytestmark = pytest.mark.django_db
LIST = "/desk/imports/"


@pytest.fixture
def editor(client):
    person = make_person("anna")
    client.force_login(person)
    return person


def get(client, url=LIST, status=200):
    response = client.get(url)
    assert response.status_code == status
    return unescape(response.content.decode())


def files(page):
    return re.findall(r'<a href="/desk/imports/\d+/">([^<]+)</a>', page)


def test_strangers_are_led_to_sign_in(client) -> None:
    response = client.get(LIST)
    assert (response.status_code, response["Location"]) == (302, f"/account/login/?next={LIST}")


def test_people_without_a_role_are_told_which_one_it_takes(client, django_user_model) -> None:
    client.force_login(django_user_model.objects.create_user("guest"))
    assert "editor" in get(client, status=403)


def test_an_empty_desk_says_how_to_begin(client, editor) -> None:
    assert "No file has been imported yet" in get(client)


def test_what_waits_for_a_decision_stands_above_newer_imports(client, editor) -> None:
    make_run("review", file_name="old.csv")
    make_run("published", file_name="new.csv")
    page = get(client)
    assert "Waiting for a decision</h2>" in page
    assert files(page) == ["old.csv", "new.csv", "old.csv"]


def test_a_row_says_who_brought_what_and_what_came_of_it(client, editor) -> None:
    make_run(
        "published", created_by=editor, rows_used=1190, rows_rejected=10,
        deals_created=1150, deals_conflict=2,
    )  # fmt: skip
    page = get(client)
    assert "anna at the desk" in page
    assert "1,150 new, 2 in conflict" in page
    assert ">1,200</td>" in page
    assert ">10</td>" in page
    assert " UTC" in page


def test_a_failed_import_shows_its_cause(client, editor) -> None:
    make_run("failed", problem="Row 7 has no end.")
    assert "Row 7 has no end." in get(client)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=failed", ["failed.csv"]),
        ("state=open", ["running.csv"]),
        ("feed=one", ["one.csv"]),
        ("feed=one&state=failed", []),
        ("state=nonsense", ["one.csv", "running.csv", "failed.csv"]),
        ("before=abc&feed=%00", ["one.csv", "running.csv", "failed.csv"]),
    ],
)
def test_state_and_feed_choose_and_nonsense_chooses_nothing(
    client, editor, query, expected
) -> None:
    make_run("failed", file_name="failed.csv")
    make_run("running", file_name="running.csv")
    run = make_run("rejected", file_name="one.csv")
    run.feed.code = "one"
    run.feed.save()
    assert files(get(client, f"{LIST}?{query}")) == expected


def test_pages_follow_each_other_without_gap_or_overlap(client, editor) -> None:
    run = make_run("rejected")
    for _ in range(59):
        make_run("rejected", feed=run.feed)
    seen, url = [], LIST
    while url:
        page = get(client, url)
        seen += re.findall(r'<a href="/desk/imports/(\d+)/">', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        url = f"{LIST}{found[1]}" if found else ""
    newest_first = [
        str(pk) for pk in ImportRun.objects.order_by("-pk").values_list("pk", flat=True)
    ]
    assert seen == newest_first


def test_a_long_list_takes_a_handful_of_queries(
    client, editor, django_assert_max_num_queries
) -> None:
    for state in ("review", "published", "failed") * 5:
        make_run(state, created_by=editor)
    with django_assert_max_num_queries(10):
        get(client)


def test_a_hostile_file_name_stays_text(client, editor) -> None:
    make_run("published", file_name='<script>alert(1)</script>"\x07.csv')
    content = client.get(LIST).content.decode()
    assert "<script>alert" not in content
    assert "&lt;script&gt;" in content
    assert "\x07" not in content
