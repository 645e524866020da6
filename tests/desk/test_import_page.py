"""One import's page: progress while it runs, the balance, impact, errors and deals afterwards."""

import re
from html import unescape

import pytest
from django.urls import reverse

from deals.feeds.publish import publish
from deals.feeds.refusals import Refused
from deals.models import ImportRun
from tests.desk.runs import make_person, make_run, row_error, stage
from tests.factories import make_deal, submit_version
from tests.feeds.supplier import PROFILE

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    person = make_person("anna")
    client.force_login(person)
    return person


def text_of(response):
    """What a reader reads: no tags, single spaces."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def page(client, run, name="desk-import", query="", **headers):
    response = client.get(reverse(name, args=[run.pk]) + query, headers=headers)
    assert response.status_code == 200
    return response


ROUTES = (
    "desk-import", "desk-import-progress", "desk-import-errors", "desk-import-deals",
    "desk-import-profile",
)  # fmt: skip


@pytest.mark.parametrize("name", ROUTES)
def test_every_address_needs_the_role_and_the_import(client, django_user_model, name) -> None:
    run = make_run("review")
    address = reverse(name, args=[run.pk])
    assert client.get(address).status_code == 302
    client.force_login(django_user_model.objects.create_user("guest"))
    assert client.get(address).status_code == 403
    client.force_login(make_person("anna"))
    assert client.get(reverse(name, args=[run.pk + 1])).status_code == 404
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("state", ImportRun.State.values)
def test_every_state_has_a_page_in_every_phase(client, editor, state) -> None:
    for phase in ImportRun.Phase.values:
        # Two imports of one feed cannot be published at once, and these have a feed each.
        run = make_run(state, phase=phase)
        assert run.file_name in text_of(page(client, run))


def test_a_queued_import_says_that_it_waits_and_looks_again(client, editor) -> None:
    response = page(client, make_run("queued"))
    assert "waiting to start" in text_of(response)
    content = response.content.decode()
    assert 'hx-trigger="every' in content
    assert '<noscript><meta http-equiv="refresh"' in content


def test_a_running_import_shows_how_far_it_is(client, editor) -> None:
    run = make_run("running", rows_used=420_000, bytes_read=42, bytes_total=100)
    response = page(client, run, "desk-import-progress", **{"HX-Request": "true"})
    content = response.content.decode()
    assert re.search(r'<progress[^>]+max="100" value="\d+"', content)
    assert "420,000" in content
    assert 'hx-trigger="every' in content


def test_a_screen_reader_hears_of_progress_only_when_there_is_news(client, editor) -> None:
    run = make_run("running", rows_used=42, bytes_read=42, bytes_total=100)
    first = page(client, run, "desk-import-progress", **{"HX-Request": "true"}).content.decode()
    assert 'role="status"' in first
    told = re.search(r'hx-get="[^"?]+(\?said=[^"]+)"', first)[1]
    again = page(client, run, "desk-import-progress", told, **{"HX-Request": "true"})
    assert 'role="status"' not in again.content.decode()


@pytest.mark.parametrize("state", ["review", "published", "failed", "cancelled", "undone"])
def test_at_rest_the_bar_stops_and_the_page_loads_anew(client, editor, state) -> None:
    run = make_run(state)
    address = reverse("desk-import-progress", args=[run.pk])
    response = client.get(address, headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"
    content = page(client, run).content.decode()
    assert address not in content
    assert "http-equiv" not in content


def test_the_progress_address_opened_by_hand_leads_to_the_page(client, editor) -> None:
    run = make_run("running")
    response = client.get(reverse("desk-import-progress", args=[run.pk]))
    assert response["Location"] == f"/desk/imports/{run.pk}/"


def test_both_sums_are_written_out(client, editor) -> None:
    run = make_run(
        rows_used=950, rows_skipped=20, rows_duplicate=10, rows_rejected=20, participations=700,
        deals_created=300, deals_updated=5, deals_unchanged=4, deals_conflict=3, deals_held=2,
        deals_absent=7, organizations_new=44,
    )  # fmt: skip
    said = text_of(page(client, run))
    assert "1,000 rows read = 950 used + 20 skipped + 10 duplicate + 20 rejected" in said
    assert "314 deals in the file = 300 new + 5 updated + 4 unchanged + 3 in conflict" in said
    assert "44 organizations new to the register" in said
    assert "7 deals delivered before are not in this full delivery" in said


def test_a_failed_import_says_why_where_and_how_to_go_on(client, editor) -> None:
    run = make_run("failed", problem="The disk was full.", rows_used=5000, created_by=editor)
    said = text_of(page(client, run))
    assert "The import failed after row 5,000" in said
    assert "The disk was full." in said
    assert "Try again" in said


def test_nobody_else_s_failure_can_be_tried_again_by_an_editor(client, editor) -> None:
    run = make_run("failed", problem="The disk was full.")
    assert "Try again" not in text_of(page(client, run))


def test_the_file_is_described(client, editor) -> None:
    said = text_of(page(client, make_run(delimiter=";", bytes_total=3_400_000)))
    assert "semicolon" in said
    assert "UTF-8" in said
    assert "3.4 MB" in said


def test_the_profile_comes_as_toml(client, editor) -> None:
    response = page(client, make_run(), "desk-import-profile")
    assert response.content.decode() == PROFILE
    assert response["Content-Disposition"].startswith("attachment")


IMPACT = {
    "seq": 0,
    "questions": [
        {
            "title": "Europe → China, 2017–2022", "page": "/flows/?investor=europe&target=CN",
            "before": {"n": 81, "N": 2165, "share": "0.037413"},
            "after": {"n": 84, "N": 2170, "share": "0.038710"},
        },
        {
            "title": "China → Europe", "page": "//elsewhere.example/", "before": None,
            "after": {"n": 0, "N": 0, "share": None},
        },
    ],
    "deals": {"enter_flow": 3, "leave_flow": 0},
}  # fmt: skip


def test_the_impact_stands_before_after_and_in_points(client, editor) -> None:
    response = page(client, make_run(impact=IMPACT))
    said = text_of(response)
    assert "3.74\u202f%" in response.content.decode()
    assert "3.87\u202f%" in response.content.decode()
    assert "+0.13 points" in said
    assert "81 of 2,165" in said
    assert "3 deals enter a headline flow and 0 leave one" in said
    assert "elsewhere.example" not in response.content.decode()


def test_an_impact_of_an_older_register_says_so(client, editor) -> None:
    run = make_run(impact=IMPACT)
    assert "has moved" not in text_of(page(client, run))
    make_deal()
    assert "the register has moved by 1 entry since" in text_of(page(client, run))


@pytest.mark.parametrize("broken", [{}, {"questions": []}, {"questions": [{}], "seq": None}])
def test_an_impact_that_lacks_parts_breaks_nothing(client, editor, broken) -> None:
    page(client, make_run(impact=broken))


def test_errors_are_grouped_with_examples_fatal_ones_apart(client, editor) -> None:
    run = make_run(rows_used=1, rows_rejected=7)
    for row in range(2, 9):
        row_error(run, row, f"lots {row}")
    row_error(run, 9, "XX", column="investor_country", code="unknown_country", fatal=False,
              message="There is no such country; it stays unknown.")  # fmt: skip
    said = text_of(page(client, run))
    assert "7 rows not used" in said
    assert "7 × raised_usd" in said
    assert "lots 2" in said
    assert "Rows used without a fact" in said
    assert said.index("lots 2") < said.index("Rows used without a fact") < said.index("XX")


def test_hostile_values_stay_text(client, editor) -> None:
    run = make_run(rows_rejected=1, deals_created=1)
    row_error(run, 2, "<img src=x onerror=alert(1)>\x00".replace("\x00", "\x1b"))
    stage(run, "created", target_name="<script>alert(2)</script>", investors=[])
    content = page(client, run).content.decode()
    assert "<img src=x" not in content
    assert "<script>alert(2)" not in content
    assert "\x1b" not in content


@pytest.mark.parametrize(
    ("delivery", "said", "not_said"),
    [("delta", "import that file", "whole file"), ("full", "whole file", "import that file")],
)
def test_how_to_send_mended_rows_depends_on_the_feed(
    client, editor, delivery, said, not_said
) -> None:
    run = make_run(rows_rejected=1, profile=f'delivery = "{delivery}"\n{PROFILE}')
    row_error(run, 2)
    text = text_of(page(client, run))
    assert said in text
    assert not_said not in text


def test_what_needs_a_decision_is_the_first_tab(client, editor) -> None:
    run = make_run(deals_created=1, deals_conflict=1)
    stage(run, "created", target_name="Novum")
    deal = make_deal(target="Alpha", amount="5000000")
    stage(run, "conflict", fields=["amount"], deal=deal.deal, target_name="Alpha")
    said = text_of(page(client, run))
    assert "In conflict 1 New 1" in said
    assert "USD 5,000,000 USD 12,340,000" in said
    assert "Novum" not in said


def test_an_update_shows_each_fact_before_and_after(client, editor) -> None:
    version = make_deal(target="Alpha", amount="12300000", investors=[("Bosch", "DE"), ("X", "US")])
    run = make_run(deals_updated=1)
    stage(run, "updated", fields=["amount", "investors"], deal=version.deal)
    said = text_of(page(client, run))
    assert "Amount USD 12,300,000 USD 12,340,000" in said
    assert "X (United States)" in said


def test_after_publication_before_is_still_what_was_before(client, editor) -> None:
    first = make_deal(target="Alpha", amount="12300000")
    second = submit_version(first.deal, target="Alpha", amount="12340000")
    publish([second.pk], by="system", reason="")
    run = make_run("published", deals_updated=1)
    stage(run, "updated", fields=["amount"], deal=first.deal, version=second)
    assert "Amount USD 12,300,000 USD 12,340,000" in text_of(page(client, run))


def test_absent_deals_are_listed_with_what_the_register_says(client, editor) -> None:
    version = make_deal(target="Gone Ltd")
    run = make_run(deals_unchanged=1, deals_absent=1)
    stage(run, "absent", deal=version.deal, rows=[])
    response = page(client, run, "desk-import-deals", "?outcome=absent")
    assert "Gone Ltd" in text_of(response)
    assert f"/deals/{version.deal.public_id}/" in response.content.decode()


def test_deals_page_forwards_and_back_without_gap(client, editor) -> None:
    run = make_run(deals_created=45)
    for number in range(45):
        stage(run, "created", f"k{number:02}", target_name=f"Company {number:02}")
    seen, address, pages = [], "?outcome=created", []
    while address:
        content = unescape(page(client, run, "desk-import-deals", address).content.decode())
        names = re.findall(r"Company \d\d", content)
        seen += names
        pages.append(names)
        found = re.search(r'rel="next" href="[^"?]+(\?[^"]+)"', content)
        address = found[1] if found else ""
    assert seen == [f"Company {number:02}" for number in range(45)]
    back = re.search(r'rel="prev" href="[^"?]+(\?[^"]+)"', content)[1]
    content = unescape(page(client, run, "desk-import-deals", back).content.decode())
    assert re.findall(r"Company \d\d", content) == pages[-2]


@pytest.mark.parametrize(
    "query", ["?outcome=zzz", "?after=9999999", "?before=x&after=-1", "?after=" + "9" * 40]
)
def test_an_address_that_makes_no_sense_shows_the_first_page(client, editor, query) -> None:
    run = make_run(deals_created=1)
    stage(run, "created", target_name="Novum")
    assert "Novum" in text_of(page(client, run, "desk-import-deals", query))


def test_htmx_gets_the_part_and_a_browser_the_page(client, editor) -> None:
    run = make_run(deals_created=1)
    stage(run, "created")
    part = page(client, run, "desk-import-deals", **{"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "<html" in page(client, run, "desk-import-deals").content.decode()


def test_a_page_full_of_everything_takes_a_handful_of_queries(
    client, editor, django_assert_max_num_queries
) -> None:
    run = make_run(rows_rejected=5, deals_conflict=12, deals_updated=12, impact=IMPACT)
    for number in range(12):
        version = make_deal(target=f"T{number}")
        stage(run, "conflict", fields=["amount", "date"], deal=version.deal)
    for row in range(5):
        row_error(run, row, code=f"code_{row}")
    with django_assert_max_num_queries(24):
        page(client, run)


def test_the_rejected_rows_come_under_the_name_of_the_file(client, editor, monkeypatch) -> None:
    monkeypatch.setattr(
        "deals.desk.import_errors.rejected_rows", lambda run: iter([b"row\r\n", b"2\r\n"])
    )
    run = make_run(rows_rejected=1, file_name='Lieferung "März"\r\nX: y.csv')
    response = page(client, run, "desk-import-errors")
    assert response.getvalue() == b"row\r\n2\r\n"
    named = response["Content-Disposition"]
    assert named.startswith("attachment")
    assert "-rejected.csv" in named
    assert "\n" not in named


def test_a_file_that_is_gone_is_said_to_be_gone(client, editor, monkeypatch) -> None:
    def gone(run):
        raise Refused("The file is no longer there: import it again.")
        yield

    monkeypatch.setattr("deals.desk.import_errors.rejected_rows", gone)
    run = make_run(rows_rejected=1)
    response = client.get(reverse("desk-import-errors", args=[run.pk]), follow=True)
    assert "The file is no longer there" in text_of(response)
