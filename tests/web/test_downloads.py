"""What a page offers to be taken is what it shows: every form, the same deals, and their number."""

import csv
import io
import json
import re
from html import unescape

import pytest


def links_of(html):
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', html)]


def offered(client, page):
    html = client.get(page).content.decode()
    return [link for link in links_of(html) if link.startswith("/api/v1/exports/")]


@pytest.fixture
def register(published):
    """More deals than a page shows, some of them a flow."""
    for number in range(30):
        published(target=f"Robots {number}", target_country="CN", investors=[("Fund", "DE")])
    published(target="Other", target_country="CN", investors=[("Capital", "CN")])
    published(target="Bought", kind="acquisition")


@pytest.mark.parametrize(
    ("page", "deals"),
    [
        ("/deals/", 31),
        ("/deals/?q=Robots&ordering=date", 30),
        ("/deals/?investor=europe&target=CN&place=target_side_only", 1),
        ("/flows/?investor=europe&target=CN", 30),
    ],
)
def test_each_file_has_all_deals_of_the_page(client, register, page, deals):
    assert f"these {deals} deals" in client.get(page).content.decode() or deals == 1
    links = offered(client, page)
    assert len(links) == 6
    for link in links:
        data = b"".join(client.get(link).streaming_content)
        if ".csv" in link:
            rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1:]
            assert len([row for row in rows if row[0] != "#end"]) == deals, link
        elif ".jsonl" in link:
            assert json.loads(data.splitlines()[-1])["deals"] == deals


def test_a_page_without_deals_offers_no_file(client, register):
    assert offered(client, "/deals/?q=nothing+like+this") == []


def test_a_list_is_taken_whole_wherever_one_is_in_it(client, register):
    first = client.get("/deals/?page_size=10").content.decode()
    following = next(link for link in links_of(first) if "cursor=" in link)
    assert offered(client, following) == offered(client, "/deals/")
