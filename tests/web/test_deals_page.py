"""The list of deals: search, filters with counts, pages, and the deals behind a number."""

import re
from html import unescape

import pytest

from deals.models import Organization, OrganizationName
from tests.factories import make_deal, make_deals, make_population

EVERYTHING = "/deals/?ai=all&kind=all&status=all"


def get(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status, unescape(response.content.decode())[:2000]
    return unescape(response.content.decode())


def targets(page):
    """Names of the deals on a page, in order."""
    return re.findall(r'data-title><a href="/deals/D-\w{8}/">([^<]+)</a>', page)


@pytest.fixture
def register(db):
    return make_deals(
        [
            {"target": "Alpha", "investors": [("Fonds", "FR")], "date": "2019-05-13",
             "amount": "220000000", "currency": "USD", "round_type": "series_c"},
            {"target": "Beta", "target_country": "DE", "investors": [("Hillhouse", "CN")],
             "date": "2021-07"},
            {"target": "Gamma", "target_country": "DE", "investors": [("Silex", "CN")],
             "kind": "acquisition", "status": "blocked", "ai": "no", "date": "2022-11-09"},
        ]
    )  # fmt: skip


def test_the_whole_register_is_listed_newest_first(client, register):
    page = get(client, EVERYTHING)
    assert targets(page) == ["Gamma", "Beta", "Alpha"]
    assert "3 deals of the register." in page


def test_a_row_shows_date_countries_kind_amount_and_status(client, register):
    page = get(client, EVERYTHING)
    assert "US$220\u202fm" in page
    assert "€196\u202fm" in page
    assert "Jul 2021" in page
    assert "Hillhouse" in page
    assert "Series C" in page
    assert 'class="tone-bad">Blocked by an authority' in page
    assert "not AI" in page


def test_defaults_that_hide_deals_are_named_and_can_be_lifted(client, register):
    page = get(client, "/deals/")
    assert targets(page) == ["Beta", "Alpha"]
    assert "1 more deal would be here, but only funding rounds are shown" in page
    assert EVERYTHING.replace("&", "&amp;") in client.get("/deals/").content.decode()
    assert "would be here" not in get(client, EVERYTHING)


def test_a_place_explains_which_deals_stand_behind_a_number(client, register):
    make_deal(target="Delta", investors=[(None, None)], date="2020-02-02")
    page = get(client, "/deals/?investor=europe&target=CN&place=unknown")
    assert targets(page) == ["Delta"]
    assert "Deals Europe → China" in page
    assert "not all of their investors are known, so one may be from Europe" in page
    assert "/flows/?investor=europe&target=CN" in page
    assert "1 deal. " in " ".join(page.split())
    assert "1 deal of this flow." in " ".join(
        get(client, "/deals/?investor=europe&target=CN").split()
    )


def test_each_choice_carries_the_number_of_deals_it_would_list(client, register):
    page = get(client, EVERYTHING)
    assert '<option value="acquisition">Acquisition (control gained) (1)</option>' in page
    assert '<option value="funding_round">Funding round (2)</option>' in page
    assert '<option value="DE">Germany (2)</option>' in page
    assert '<option value="all" selected>All kinds (3)</option>' in page


@pytest.mark.parametrize("text", ["alpha", "Fonds", "阿尔法", "阿尔", "S-77"])
def test_a_search_finds_names_in_any_script_and_identifiers(client, register, text):
    target = Organization.objects.get(name="Alpha")
    OrganizationName.objects.create(organization=target, name="阿尔法", key="阿尔法", script="Hans")
    make_deal(target="Alpha", external_id="S-77", date="2018-01-01")
    found = targets(get(client, f"/deals/?q={text}"))
    assert found
    assert set(found) == {"Alpha"}


def test_a_search_finds_a_deal_by_its_number(client, register):
    public_id = register[1].deal.public_id
    assert targets(get(client, f"/deals/?q={public_id.lower()}")) == ["Beta"]


def test_pages_lead_forward_and_back_through_every_deal_once(client, db):
    make_deals([{"target": f"T{n:02d}", "date": f"2020-01-{1 + n % 28:02d}"} for n in range(60)])
    seen, url, pages = [], "/deals/", []
    while url:
        page = get(client, url)
        pages.append(targets(page))
        seen += pages[-1]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = following and following.group(1)
    assert [len(names) for names in pages] == [25, 25, 10]
    assert len(set(seen)) == 60
    back = re.search(r'rel="prev" href="([^"]+)"', page).group(1)
    assert targets(get(client, back)) == pages[1]


def test_the_order_can_be_turned_round(client, register):
    assert targets(get(client, "/deals/?ordering=date")) == ["Alpha", "Beta"]


def test_blank_and_default_fields_of_the_form_lead_to_the_short_address(client, register):
    response = client.get("/deals/?q=&kind=funding_round&target=DE&ordering=-date&from=")
    assert (response.status_code, response["Location"]) == (302, "/deals/?target=DE")
    response = client.get("/deals/?kind=acquisition&kind=debt")
    assert response["Location"] == "/deals/?kind=acquisition,debt"


def test_several_kinds_stay_chosen_in_the_form(client, register):
    page = get(client, "/deals/?kind=acquisition,debt&status=all&ai=all")
    assert "selected>Acquisition (control gained) or Debt</option>" in page
    assert targets(page) == ["Gamma"]


def test_every_filter_in_use_can_be_taken_away_alone(client, register):
    page = client.get("/deals/?target=DE&from=2021").content.decode()
    assert '<a class="chip" href="/deals/?from=2021">target: Germany' in page
    assert '<a class="chip" href="/deals/?target=DE">from: 2021' in page


def test_an_empty_list_says_what_to_do(client, register):
    page = get(client, "/deals/?q=nobody")
    assert "No deal is listed under these conditions" in page
    assert "see the whole register" in page


def test_generated_deals_are_seen_only_by_asking_and_are_marked(client, register):
    make_deal(target="Demo", population=make_population("demo", generated=True))
    assert "Demo</a>" not in get(client, EVERYTHING)
    page = get(client, "/deals/?population=demo")
    assert targets(page) == ["Demo"]
    assert "Demonstration data: generated, not real." in page
    assert 'class="mark mark-generated">generated' in page


def test_an_earlier_point_of_the_ledger_lists_what_it_had(client, register):
    seq = register[1].published_seq
    assert targets(get(client, f"/deals/?as_of={seq}")) == ["Beta", "Alpha"]
    assert targets(get(client, f"/deals/?as_of={seq - 1}")) == ["Alpha"]


def test_a_page_asks_the_database_a_few_times(client, register, django_assert_num_queries):
    # Head of the ledger, population; what the search stands for; facets three times; the page;
    # the as-of strip.
    make_deal(target="Demo", population=make_population("demo", generated=True))
    with django_assert_num_queries(7):
        client.get("/deals/?population=demo&q=demo")
    with django_assert_num_queries(4):
        client.get("/deals/?population=demo&q=demo")
    # How many deals each population has is the same for every question.
    with django_assert_num_queries(5):
        client.get("/deals/?population=demo")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("place=nowhere", "place"),
        ("cursor=bad", "cursor"),
        ("page_size=0", "page_size"),
        ("page_size=501", "page_size"),
        ("page_size=99999999999999999999", "page_size"),
        ("page_size=x", "page_size"),
        ("ordering=name", "ordering"),
        ("q=%00", "q"),
        ("q=a%07b", "q"),
        ("q=" + "x" * 10_000, "q"),
        ("kind=sale", "kind"),
        ("target=ATLANTIS", "target"),
        ("population=none", "population"),
        ("colour=red", "colour"),
        ("as_of=999999", "as_of"),
        ("min_amount=" + "9" * 40, "min_amount"),
    ],
)
def test_what_cannot_be_used_is_named_in_a_400(client, register, query, parameter):
    page = get(client, f"/deals/?{query}", 400)
    assert f"<code>{parameter}</code>" in page


def test_a_cursor_belongs_to_its_own_question(client, db):
    make_deals([{"target": f"T{n}"} for n in range(30)])
    page = client.get("/deals/").content.decode()
    cursor = re.search(r"cursor=([^\"&]+)", page).group(1)
    assert client.get(f"/deals/?cursor={cursor}").status_code == 200
    assert client.get(f"/deals/?ordering=date&cursor={cursor}").status_code == 400


def test_one_of_several_countries_is_enough_and_the_list_says_so(client, register):
    page = get(client, "/deals/?investor=DE,FR&target=CN&place=unknown")
    assert "Deals Germany or France → China" in page
    assert "so one may be from Germany or France" in page
