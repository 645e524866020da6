"""The question as a form: every choice can be made, kept and taken back."""

import pytest
from django.http import QueryDict

from deals.flows.query import FlowQuery
from deals.flows.removed import removed
from deals.flows.scope import resolve
from deals.web.narrowed import narrowings
from deals.web.picks import Pick, form_values
from deals.web.question import (
    Choice,
    Field,
    china_ways,
    kept_fields,
    more_fields,
    more_picks,
    presets,
    sentence_fields,
)
from deals.wording import definition_phrases, finding, hue, place_in_sentence
from tests.factories import make_deal, make_population

FLOW = FlowQuery(investor=("europe",), target=("CN",))


def fields(query: FlowQuery) -> dict[str, Field]:
    every = [*sentence_fields(query).values(), *more_picks(query), *more_fields(query)]
    return {field.name: field for field in every}


def selected(field: Field) -> list[str]:
    if isinstance(field, Pick):
        return [box.value for _, boxes in field.groups for box in boxes if box.ticked]
    return [option.value for option in field.options if option.selected]


@pytest.mark.django_db
def test_each_part_of_the_form_shows_what_is_asked():
    query = FlowQuery.from_params(
        {"investor": "US,JP", "target": "CN", "kind": "acquisition,secondary", "status": "blocked",
         "sector": "lidar", "round": "seed,angel", "compare": "none", "ai": "all",
         "state_linked": "yes", "as_of": "7"}
    )  # fmt: skip
    found = fields(query)
    shown = {n: selected(f) for n, f in found.items() if isinstance(f, Choice | Pick)}
    assert shown == {
        "kind": ["acquisition", "secondary"],
        "ai": ["all"],
        "target": ["CN"],
        "investor": ["JP", "US"],
        "population": [""],
        "sector": ["lidar"],
        "round": ["seed", "angel"],
        "status": ["blocked"],
        "attribution": ["immediate"],
        "compare": ["none"],
        "currency": ["EUR"],
        "state_linked": ["yes"],
    }
    assert found["as_of"].value == "7"
    assert found["investor"].said == "Japan or the United States"
    assert found["kind"].said == "acquisitions and purchases of existing shares"


@pytest.mark.django_db
def test_every_value_that_the_form_offers_can_be_asked():
    make_population("demo", generated=True)
    for field in fields(FlowQuery()).values():
        if isinstance(field, Pick):
            values = [box.value for _, boxes in field.groups for box in boxes]
        else:
            values = [option.value for option in getattr(field, "options", ())]
        for value in values:
            FlowQuery.from_params({field.name: value})


@pytest.mark.django_db
def test_a_country_that_only_a_link_names_has_a_box_of_its_own():
    assert selected(fields(FlowQuery(investor=("BR",)))["investor"]) == ["BR"]


@pytest.mark.django_db
def test_the_form_as_it_stands_asks_the_default_question():
    sent = QueryDict(mutable=True)
    for field in fields(FlowQuery()).values():
        sent.setlist(field.name, selected(field) if not hasattr(field, "hint") else [field.value])
    assert FlowQuery.from_params(form_values(sent)) == FlowQuery()


def test_all_stands_alone_when_a_form_sends_it_beside_other_words():
    values = form_values(QueryDict("kind=all&kind=acquisition&status=blocked&sector=all"))
    assert FlowQuery.from_params(values) == FlowQuery(kind=("all",), status=("blocked",))


def test_a_part_without_a_field_is_kept():
    query = FlowQuery(organization="O-1", release="2026.11")
    assert kept_fields(query) == {"organization": "O-1", "release": "2026.11"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "params",
    [
        {"from": "2017"},
        {"from": "2018-03", "to": "2019"},
        {"sector": "lidar,speech", "status": "blocked"},
        {"min_amount": "1000", "ai": "all"},
        {"state_linked": "no", "known_by": "2020", "round": "seed"},
    ],
)
def test_each_narrowing_leads_to_the_question_without_it(params):
    query = FlowQuery.from_params({"investor": "europe", "target": "CN"} | params)
    found = narrowings(query, removed(query, resolve(query)))
    # "from" and "to" are one filter; dropping "AI companies only" is no narrowing.
    names = {"window" if name in ("from", "to") else name for name in params if name != "ai"}
    assert {one.name for one in found if not one.default} == {
        "size" if name == "min_amount" else name for name in names
    }
    for one in found:
        left = dict(pair.split("=") for pair in one.without.split("?")[1].split("&"))
        changed = set(left.items()) ^ set(query.to_params().items())
        assert {name for name, _ in changed} <= {
            "window": {"from", "to"}, "size": {"min_amount", "max_amount"},
        }.get(one.name, {one.name})  # fmt: skip
        assert changed


@pytest.mark.django_db
def test_a_filter_says_what_it_leaves_out_in_words():
    make_deal(date="2016-05-01")
    make_deal(date="2018-05-01", kind="acquisition")
    query = FLOW.but(from_="2017", to="2022")
    found = {one.name: one for one in narrowings(query, removed(query, resolve(query)))}
    assert found["window"].label == "In 2017–2022"
    assert found["window"].left_out.text == "leaves out 1 deal"
    assert [part.text for part in found["window"].parts] == ["1 before"]
    assert found["kind"].label == "Only funding rounds"
    assert found["status"].left_out.text == "leaves out none"


def test_china_can_be_asked_with_and_without_hong_kong_and_macao():
    without, with_both = china_ways(FLOW)
    assert (without.current, with_both.current) == (True, False)
    assert with_both.page == "/flows/?investor=europe&target=china-hk-mo"
    back, _ = china_ways(FLOW.but(target=("china-hk-mo",)))
    assert back.page == "/flows/?investor=europe&target=CN"
    assert china_ways(FlowQuery(investor=("US",), target=("JP",))) == []


def test_other_institutes_definitions_are_asked_inside_the_same_population():
    ways = {way.label.split(":")[0]: way.page for way in presets(FLOW.but(population="demo"))}
    assert ways["MERICS 2023"].endswith("from=2017&to=2022&population=demo")
    assert "investor=US" in ways["CSET 2023"]


def test_the_definition_is_the_same_sentence_in_linked_pieces():
    phrases = definition_phrases(FLOW.but(from_="2017", to="2022"), "Population test")
    assert "".join(phrase.text for phrase in phrases) == (
        "Deals counted: funding rounds, completed (also if unwound later), into"
        " artificial-intelligence companies in China, announced in 2017–2022, that had at least"
        " one investor with headquarters in Europe (EU-27, UK, Switzerland, Norway); each deal"
        " once, within the population “Population test”."
    )
    american = definition_phrases(FLOW.but(investor=("US",)), "")
    assert "headquarters in the United States" in "".join(phrase.text for phrase in american)
    links = {phrase.text: phrase.href for phrase in phrases if phrase.href}
    assert links["funding rounds"] == "/methods/#kind"
    assert links["Europe (EU-27, UK, Switzerland, Norway)"] == "/methods/#region-europe"


@pytest.mark.django_db
def test_every_link_of_a_definition_leads_to_a_place_on_the_page_of_methods(client):
    page = client.get("/methods/").content.decode()
    for query in (FLOW, FLOW.but(investor=("DE", "FR"), attribution="ultimate")):
        for phrase in definition_phrases(query, ""):
            assert not phrase.href or f'id="{phrase.href.partition("#")[2]}"' in page, phrase


def test_directions_have_their_own_hue():
    assert hue(FlowQuery(investor=("europe",), target=("CN",))) == "hue-eu-cn"
    assert hue(FlowQuery(investor=("china-hk-mo",), target=("DE", "GB"))) == "hue-cn-eu"
    assert hue(FlowQuery(investor=("US",), target=("CN",))) == "hue-neutral"
    assert hue(FlowQuery()) == "hue-neutral"


def test_places_read_as_in_a_sentence():
    assert place_in_sentence(("europe",), "x") == "Europe"
    assert place_in_sentence(("US", "GB"), "x") == "the United States and the United Kingdom"
    assert place_in_sentence((), "anywhere") == "anywhere"


def test_the_finding_says_n_of_N_or_that_it_is_only_documented():
    query = FlowQuery(investor=("europe",), target=("CN",))
    share = {"deals": {"n": 81, "N": 2165, "share": "0.037413"}}
    assert finding(query, share) == (
        "3.7\u202f% of funding rounds into AI companies in China had an investor from Europe:"
        " 81 of 2,165"
    )
    within = finding(query.but(from_="2017", to="2022"), share)
    assert "an investor from Europe in 2017–2022: 81 of 2,165" in within
    cases = {"deals": {"n": 20, "N": 22, "share": None}}
    assert finding(query, cases).startswith("20 documented funding rounds into AI companies")
    assert finding(query, {"deals": {"n": 0, "N": 0, "share": None}}).startswith("No documented")
