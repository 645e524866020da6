"""The page of methods: twenty rules with addresses, and tables that agree with the code."""

import re
from html import unescape
from pathlib import Path

from deals.rules.counting import KINDS, STATUSES
from deals.rules.fx import LAST_RATE_DAY
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.templatetags.formats import day

ROOT = Path(__file__).parents[2]


def body(client):
    response = client.get("/methods/")
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_there_are_twenty_rules_numbered_in_order_each_with_an_address(client, db):
    page = body(client)
    rules = re.findall(r'<article class="rule" id="([\w-]+)">', page)
    assert len(rules) == len(set(rules)) == 20
    numbers = re.findall(r'<span class="rule-number" id="rule-(\d+)">\1</span>', page)
    assert numbers == [str(number) for number in range(1, 21)]
    assert rules[2] == "share"


def test_every_link_to_a_rule_in_pages_and_code_leads_to_one(client, db):
    page = body(client)
    here = set(re.findall(r'id="([\w-]+)"', page))
    folders = (ROOT / "templates", ROOT / "deals")
    files = [
        path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".html")
    ]
    asked = {
        anchor for path in files for anchor in re.findall(r"/methods/#([\w-]+)", path.read_text())
    }
    assert "share" in asked
    # An anchor that is put together ("region-" and a code) needs at least one that begins so.
    begun = {name for name in asked if name.endswith("-")}
    assert asked - begun <= here, asked - here
    assert all(any(name.startswith(begin) for name in here) for begin in begun)


def test_the_links_of_the_page_itself_lead_somewhere_on_it(client, db):
    page = body(client)
    main = page[page.index("<main") : page.index("</main>")]
    here = set(re.findall(r'id="([\w-]+)"', main))
    assert set(re.findall(r'href="#([\w-]+)"', main)) <= here


def test_every_region_stands_there_with_the_dates_of_its_members(client, db):
    page = body(client)
    for region in REGIONS.values():
        assert region.definition in page
    kingdom = page[page.index("United Kingdom (GB)") :]
    assert "31 Jan 2020" in kingdom[:300]
    croatia = page[page.index("Croatia (HR)") :]
    assert "1 Jul 2013" in croatia[:300]


def test_every_word_of_the_closed_lists_stands_there(client, db):
    page = body(client)
    for words in (KINDS, STATUSES, ROUND_TYPES, SECTORS):
        for code, title in words.items():
            assert f"<code>{code}</code>" in page
            assert title in page


def test_it_says_which_statuses_count(client, db):
    page = body(client)
    row = page[page.index("<code>unwound</code>") :][:200]
    assert "Counts." in row
    row = page[page.index("<code>blocked</code>") :][:200]
    assert "in no default total" in row


def test_it_names_the_last_day_with_a_rate(client, db):
    assert f"Rates are loaded up to {day(LAST_RATE_DAY())}." in body(client)


def test_it_takes_no_parameters(client, db):
    assert client.get("/methods/?x=1").status_code == 400
