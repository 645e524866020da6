"""Pages of releases: files whole and in parts, what differs, and how to cite."""

import csv
import hashlib
import io
import re

import pytest

from deals import actions
from deals.models import Release, ledger
from tests.exports.releases import released
from tests.factories import make_deal
from tests.flows.moves import edit, retract

pytestmark = pytest.mark.django_db
FACTS = {"target": "Momenta", "investors": [("Bosch", "DE")], "date": "2019-05-13"}
NAME = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.RELEASES_DIR = tmp_path
    return tmp_path


def page(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def get(client, path: str, **headers: str):
    response = client.get(path, headers=headers)
    return response, b"".join(response.streaming_content) if response.streaming else b""


def test_the_page_leads_to_every_file_and_prints_its_checksum(client):
    make_deal(**FACTS)
    made = released(notes="First.\n\nSecond paragraph.", doi="10.5281/zenodo.1")
    html = page(client, "/data/releases/2026.11/")
    for file in made.files:
        assert f'href="/data/releases/2026.11/{file["name"]}" download' in html
        assert file["sha256"] in html
    assert 'href="https://doi.org/10.5281/zenodo.1"' in html
    assert "<p>Second paragraph.</p>" in html
    # The number as it was stored.
    assert re.search(r'data-label="n" class="num">1<', html)
    whole = page(client, "/data/")
    assert "/data/releases/2026.11/deals.csv" in whole
    assert "https://doi.org/10.5281/zenodo.1" in whole


def test_a_file_comes_with_its_checksum_as_mark_and_is_kept_for_ever(client, folder):
    make_deal(**FACTS)
    made = released()
    entry = next(file for file in made.files if file["name"] == "deals.csv")
    response, body = get(client, "/data/releases/2026.11/deals.csv", Accept_Encoding="gzip")
    assert hashlib.sha256(body).hexdigest() == entry["sha256"]
    assert response["ETag"] == f'"{entry["sha256"]}"'
    assert response["Content-Length"] == str(entry["bytes"])
    assert "immutable" in response["Cache-Control"]
    assert 'filename="investtrack-2026.11-deals.csv"' in response["Content-Disposition"]
    assert "Content-Encoding" not in response
    again, _ = get(client, "/data/releases/2026.11/deals.csv", If_None_Match=response["ETag"])
    assert again.status_code == 304
    descriptor, _ = get(client, "/data/releases/2026.11/datapackage.json")
    assert "immutable" not in descriptor["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-9", 0, 10), ("bytes=5-", 5, None), ("bytes=-7", -7, None),
        ("bytes=3-999999999", 3, None),
    ],
)  # fmt: skip
def test_the_rest_of_a_file_can_be_asked_for(client, asked, begin, end):
    make_deal(**FACTS)
    released()
    _, whole = get(client, "/data/releases/2026.11/sectors.csv")
    response, part = get(client, "/data/releases/2026.11/sectors.csv", Range=asked)
    assert response.status_code == 206
    assert part == whole[begin:end]
    first = begin % len(whole)
    assert response["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
    assert response["Content-Length"] == str(len(part))


def test_a_part_that_is_not_there_or_of_another_file_is_not_given(client):
    released()
    path = "/data/releases/2026.11/sectors.csv"
    missing, _ = get(client, path, Range="bytes=99999999-")
    assert missing.status_code == 416
    assert missing["Content-Range"].startswith("bytes */")
    assert missing["Cache-Control"] == "no-store"
    assert "Content-Disposition" not in missing
    for ask in ("bytes=5-2", "lines=1-2", "bytes=-", "bytes=0-1,3-4", "bytes=x-"):
        assert get(client, path, Range=ask)[0].status_code == 200, ask
    other, _ = get(client, path, Range="bytes=0-1", If_Range='"another"')
    assert other.status_code == 200


def test_only_listed_files_are_given(client, folder):
    released()
    (folder / "2026.11" / "secret.txt").write_text("x")
    (folder / "other").mkdir()
    for path in ("secret.txt", "..%2Fother", ".done.json", "deals.csv%00"):
        assert client.get(f"/data/releases/2026.11/{path}").status_code == 404, path
    (folder / "2026.11" / "deals.csv").unlink()
    assert client.get("/data/releases/2026.11/deals.csv").status_code == 404
    assert client.get("/data/releases/nothing/").status_code == 404
    assert client.get("/data/releases/2026.11/?x=1").status_code == 400


def test_what_differs_is_told_deal_by_deal_and_in_the_numbers(client):
    moved, gone, double = (make_deal(**FACTS) for _ in range(3))
    kept = make_deal(target="Kept")
    released("2026.10")
    edit(moved, **FACTS | {"investors": [("Bosch", "US")]})
    retract(gone)
    actions.merge(deal=double.deal, into=kept.deal, by=None, reason=NAME)
    make_deal(target=NAME)
    html = page(client, "/data/releases/2026.10/to/now/")
    assert "1 new deal, 1 deal changed, 1 merged into another, 1 retracted." in html
    assert '<code class="wrap">investors</code>' in html
    assert NAME not in html
    assert "&lt;script&gt;" in html
    # 4 European ones of 4, then 2 of 3.
    sums = re.findall(r'<td class="num">(\S+?)</td><td class="num">(\S+?)</td></tr>', html)
    assert ("4", "4") in sums
    assert ("2", "3") in sums
    lines = get(client, "/data/releases/2026.10/to/now.csv")[1].decode().splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("deal,what,company")


def test_no_name_in_that_table_runs_in_a_spreadsheet(client):
    make_deal(**FACTS | {"target": '=HYPERLINK("https://evil.example","Momenta")'})
    _, table = get(client, "/data/releases/0/to/now.csv")
    row = next(csv.DictReader(io.StringIO(table.decode())))
    assert row["company"] == '\'=HYPERLINK("https://evil.example","Momenta")'


def test_points_the_wrong_way_round_lead_to_the_right_page(client):
    released("2026.10")
    make_deal()
    released("2026.11")
    response = client.get("/data/releases/2026.11/to/2026.10/")
    assert response["Location"] == "/data/releases/2026.10/to/2026.11/"
    assert "No deal differs" in page(client, "/data/releases/2026.11/to/now/")
    assert page(client, "/data/releases/0/to/1/")
    for path in ("2026.10/to/nothing/", "x/to/now/", "999/to/now/", "x/to/now.csv"):
        assert client.get(f"/data/releases/{path}").status_code == 404


def test_a_release_without_files_says_so(client):
    make_deal(**FACTS)
    one = Release.objects.create(name="2020.1", seq=ledger.head(), at="2020-01-01T00:00Z")
    assert "This release has no files" in page(client, "/data/releases/2020.1/")
    Release.objects.update(reference={"files_wanted": True})
    assert "being made" in page(client, "/data/releases/2020.1/")
    Release.objects.update(reference={}, problem="The disk is full.")
    assert "The disk is full." in page(client, f"/data/releases/{one.name}/")


def test_rules_that_changed_since_are_named(client):
    made = released()
    assert "have changed" not in page(client, "/data/releases/2026.11/")
    made.reference["tables"]["regions"] = "older"
    made.save()
    assert "these have changed: regions." in page(client, "/data/releases/2026.11/")


def test_the_doi_is_in_citations_of_numbers_of_the_release(client):
    make_deal(**FACTS)
    released(doi="10.5281/zenodo.1")
    bib = page(client, "/flows/cite.bib?investor=europe&target=CN&release=2026.11")
    assert "doi = {10.5281/zenodo.1}" in bib
    assert "release 2026.11 (ledger no. 1, doi:10.5281/zenodo.1)" in bib


def test_the_strip_names_the_release_that_is_asked_for_and_leads_to_today(client):
    make_deal(**FACTS)
    released()
    make_deal(**FACTS)
    html = page(client, "/flows/?investor=europe&target=CN&release=2026.11")
    strip = html[html.index('class="as-of"') : html.index("<main")]
    assert '<a href="/data/releases/2026.11/">Release 2026.11</a>: ledger no. 1' in strip
    assert '<a href="/flows/?investor=europe&amp;target=CN">' in strip
    assert "Data as of ledger no. 2" in page(client, "/flows/?investor=europe&target=CN")


def test_a_page_of_a_release_asks_as_often_with_many_releases(client, django_assert_num_queries):
    for number in range(4):
        make_deal(**FACTS)
        released(f"2026.{number}")
    with django_assert_num_queries(5):
        client.get("/data/releases/2026.3/")


def test_pages_that_count_or_list_show_a_release_as_it_was(client):
    version = make_deal(**FACTS)
    double = make_deal(**FACTS)
    ours = version.target.public_id
    released(files=False)
    edit(version, **FACTS | {"date": "2020-01-01"})
    actions.merge(deal=double.deal, into=version.deal, by=None, reason="One round")
    make_deal(**FACTS)
    later = make_deal(target="Later")
    asked = "?release=2026.11"
    merged = page(client, f"/deals/{double.deal.public_id}/{asked}")
    assert "as release 2026.11 (ledger no. 2) has it" in merged
    first = page(client, f"/deals/{version.deal.public_id}/{asked}")
    assert "13 May 2019" in first
    assert "This is version 1" in first
    assert client.get(f"/deals/{later.deal.public_id}/{asked}").status_code == 404
    for path in ("/organizations/", "/figures/", "/countries/", "/deals/",
                 f"/organizations/{ours}/", "/countries/CN/"):  # fmt: skip
        html = page(client, f"{path}{asked}")
        assert ">Release 2026.11</a>" in html[: html.index("<main")], path
        assert client.get(f"{path}?release=nothing").status_code == 400, path
    assert client.get(f"/deals/{version.deal.public_id}/{asked}&version=1").status_code == 400
    assert client.get(f"/deals/{version.deal.public_id}/?release=x").status_code == 400


def test_counts_of_organizations_are_those_of_the_release(client):
    version = make_deal(**FACTS)
    released(files=False)
    make_deal(**FACTS)
    targets = r'As target" class="num"><a href="([^"]+)">(\d+)<'
    then = page(client, "/organizations/?q=Momenta&release=2026.11")
    now = page(client, "/organizations/?q=Momenta")
    here = f"/organizations/{version.target.public_id}/"
    assert re.findall(targets, then) == [(f"{here}?release=2026.11#as-target", "1")]
    assert re.findall(targets, now) == [(f"{here}#as-target", "2")]
    html = page(client, f"{here}?release=2026.11")
    assert f"organization={version.target.public_id}&amp;release=2026.11" in html
