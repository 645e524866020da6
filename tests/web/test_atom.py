"""Feeds: valid Atom, every change once, names that cannot run, and pages that miss nothing."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from deals import actions
from deals.feeds.publish import publish
from deals.flows import touched
from deals.models import Release
from tests.desk.runs import make_person
from tests.factories import make_deal, make_deals, submit_version

pytestmark = pytest.mark.django_db
NS = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script> & =1+1 \u202e"


def read(response) -> ElementTree.Element:
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/atom+xml"
    return ElementTree.fromstring(response.content)


def entries(client, address: str = "/deals/feed.atom", **params: str) -> list[ElementTree.Element]:
    return read(client.get(address, params)).findall(f"{NS}entry")


def text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"{NS}{name}") or ""


def links(element: ElementTree.Element) -> dict[str, str]:
    return {link.get("rel", ""): link.get("href", "") for link in element.findall(f"{NS}link")}


def categories(found: list[ElementTree.Element]) -> list[str]:
    return [entry.find(f"{NS}category").get("term") for entry in found]


def change(version, **facts):
    """The next version of a deal, published."""
    new = submit_version(version.deal, **{"target": version.target_name} | facts)
    publish([new.pk], by="editor", reason="A better source.")
    return new


def test_a_feed_has_all_that_rfc_4287_asks_for(client) -> None:
    make_deal(target="Horizon", investors=[("Bosch", "DE")], amount="12e6", round_type="series_a")
    feed = read(client.get("/deals/feed.atom"))
    for name in ("id", "title", "updated"):
        assert text(feed, name), name
    assert feed.find(f"{NS}author/{NS}name").text == "InvestTrack"
    assert links(feed)["self"] == "http://testserver/deals/feed.atom"
    (entry,) = feed.findall(f"{NS}entry")
    for name in ("id", "title", "updated", "summary"):
        assert text(entry, name), name
    assert text(entry, "id").startswith("tag:")
    assert datetime.fromisoformat(text(entry, "updated")).tzinfo is not None


def test_an_entry_says_what_a_reader_wants_to_know(client) -> None:
    version = make_deal(
        target="Horizon", investors=[("Bosch", "DE"), (None, None)], amount="12e6",
        round_type="series_a", date="2019-05",
    )  # fmt: skip
    (entry,) = entries(client)
    assert text(entry, "title") == "New: Horizon (China), Series A, US$12\u202fm"
    summary = text(entry, "summary")
    assert "Bosch (Germany)" in summary
    assert "May 2019" in summary
    assert links(entry)["alternate"] == f"http://testserver/deals/{version.deal.public_id}/"


def test_every_kind_of_change_is_told_once_the_newest_first(client) -> None:
    one, other = make_deals([{"target": "One"}, {"target": "Other"}])
    change(one, amount="5e6")
    boss = make_person("boss", "manager")
    actions.retract(deal=one.deal, by=boss, reason="Entered twice.")
    actions.restore(deal=one.deal, by=boss, reason="It was not.")
    actions.merge(deal=other.deal, into=one.deal, by=boss, reason="The same round.")
    found = entries(client)
    assert categories(found) == ["merged", "restored", "retracted", "updated", "created", "created"]
    assert len({text(entry, "id") for entry in found}) == 6
    assert "Changed: amount" in text(found[3], "summary")
    assert one.deal.public_id in text(found[0], "summary")
    assert "Entered twice." in text(found[2], "summary")


def test_a_filter_holds_and_a_deal_that_left_it_is_told_to_have_left(client) -> None:
    mine = make_deal(target="Mine", target_country="CN", investors=[("Bosch", "DE")])
    make_deal(target="Another", target_country="US", investors=[("Bosch", "DE")])
    change(mine, target_country="JP")
    found = entries(client, investor="europe", target="CN")
    assert categories(found) == ["left", "created"]
    assert text(found[0], "title").startswith("No longer in this view: Mine")
    assert categories(entries(client, investor="europe", target="JP")) == ["updated"]


def test_pages_lead_through_all_entries_while_others_publish(client) -> None:
    make_deals([{"target": f"Deal {number}"} for number in range(120)])
    seen: list[str] = []
    address = "/deals/feed.atom"
    pages = 0
    while address:
        feed = read(client.get(address))
        seen += [text(entry, "id") for entry in feed.findall(f"{NS}entry")]
        address = links(feed).get("next", "")
        pages += 1
        make_deal(target=f"Meanwhile {pages}")
    assert (len(seen), len(set(seen)), pages) == (120, 120, 3)


def test_what_lies_far_back_is_found_however_little_is_looked_at_first(client, monkeypatch) -> None:
    monkeypatch.setattr(touched, "NEAR", 2)
    make_deals([{"target": f"Mine {number}", "target_country": "JP"} for number in range(3)])
    make_deals([{"target": f"Deal {number}"} for number in range(30)])
    assert len(entries(client, target="JP")) == 3


def test_an_unchanged_feed_is_not_sent_again(client) -> None:
    make_deal()
    first = client.get("/deals/feed.atom")
    same = client.get("/deals/feed.atom", headers={"if-none-match": first["ETag"]})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    make_deal()
    later = client.get("/deals/feed.atom", headers={"if-none-match": first["ETag"]})
    assert later.status_code == 200
    other = client.get("/deals/feed.atom?kind=all", headers={"if-none-match": later["ETag"]})
    assert other.status_code == 200


def test_names_are_text_and_never_markup(client) -> None:
    make_deal(target=HOSTILE, investors=[(HOSTILE, "DE")], reason=HOSTILE)
    (entry,) = entries(client)
    assert "<script>" in text(entry, "title")
    # A summary is HTML inside XML: read once it must still be escaped.
    assert "<script" not in text(entry, "summary")
    assert "\u202e" not in text(entry, "title") + text(entry, "summary")


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"as_of": "1"}, "as_of"),
        ({"release": "2026.11"}, "release"),
        ({"before": "x"}, "before"),
        ({"before": "0"}, "before"),
        ({"before": "9" * 30}, "before"),
        ({"place": "nowhere"}, "place"),
        ({"place": "as_target"}, "place"),
        ({"q": "a\x01"}, "q"),
        ({"q": "a\x00"}, "q"),
        ({"q": "a" * 10_000}, "q"),
        ({"target": "XX"}, "target"),
        ({"ordering": "-date"}, "ordering"),
    ],
)
def test_what_cannot_be_asked_is_named(client, params, named) -> None:
    response = client.get("/deals/feed.atom", params)
    assert response.status_code == 400
    assert named in response.content.decode()


def test_a_page_costs_the_same_however_many_entries_it_has(
    client, django_assert_max_num_queries
) -> None:
    make_deals([{"target": f"Deal {number}"} for number in range(60)])
    with django_assert_max_num_queries(4):
        assert len(entries(client)) == 50


def test_an_empty_register_has_an_empty_feed_that_does_not_change(client) -> None:
    assert client.get("/deals/feed.atom").content == client.get("/deals/feed.atom").content
    assert entries(client) == []


@pytest.mark.parametrize("page", ["/deals/?sector=robotics", "/flows/?investor=CN&target=europe"])
def test_lists_and_flows_point_to_their_feeds(client, page) -> None:
    make_deal()
    html = client.get(page).content.decode()
    question = page.partition("?")[2].replace("&", "&amp;")
    assert html.count(f'href="/deals/feed.atom?{question}"') == 2
    assert 'rel="alternate" type="application/atom+xml"' in html


def test_releases_have_a_feed(client) -> None:
    Release.objects.create(name="2026.11", seq=1, at=timezone.now(), notes="First <b>one</b>")
    Release.objects.create(name="2026.12", seq=2, at=datetime(2026, 12, 1, tzinfo=UTC))
    found = entries(client, "/data/releases.atom")
    assert [text(entry, "title") for entry in found] == ["Release 2026.12", "Release 2026.11"]
    assert links(found[0])["alternate"] == "http://testserver/data/releases/2026.12/"
    assert "&lt;b&gt;" in text(found[1], "summary")
