"""What is found for what somebody types, and in which order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from deals.entry import lookup_sql
from deals.entry.alike import resolve, similar
from deals.entry.lookup import by_public_id, look_up
from deals.feeds.folding import key_of, read_forms
from deals.feeds.nameparts import reading
from deals.feeds.spellings import rebuild
from deals.models import Identifier, Organization
from deals.organizations import merge
from tests.factories import make_deal, make_organization

pytestmark = pytest.mark.django_db


def found(text: str, **how) -> list[str]:
    return [one.name for one in look_up(text, **how)]


@pytest.fixture
def register():
    deepseek = make_organization("DeepSeek", "CN")
    deepseek.names.create(name="深度求索", key="深度求索", script="Hans")
    Identifier.objects.create(organization=deepseek, scheme="wikidata", value="Q131577453")
    for name, country in [
        ("北京智行者科技有限公司", "CN"),
        ("Deep Sea Robotics GmbH", "DE"),
        ("Blue Deep", "FR"),
        ("Müller Söhne AG", "DE"),
        ("Bayerische Motoren Werke AG", "DE"),
        ("騰訊控股", "CN"),
    ]:
        make_organization(name, country)
    rebuild()
    return deepseek


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("deepseek", "DeepSeek"),
        ("DEEP seek Ltd", "DeepSeek"),
        ("深度求索", "DeepSeek"),
        ("深度", "DeepSeek"),
        ("求索", "DeepSeek"),
        ("shenduqiusuo", "DeepSeek"),
        ("shendu qiusuo", "DeepSeek"),
        ("shēndù", "DeepSeek"),
        ("shen1du4", "DeepSeek"),
        ("sdqs", "DeepSeek"),
        ("Q131577453", "DeepSeek"),
        ("https://www.wikidata.org/wiki/Q131577453", "DeepSeek"),
        ("智行", "北京智行者科技有限公司"),
        ("zhixingzhe", "北京智行者科技有限公司"),
        ("腾讯", "騰訊控股"),
        ("tengxun", "騰訊控股"),
        ("muller", "Müller Söhne AG"),
        ("Mueller", "Müller Söhne AG"),
        ("Müller", "Müller Söhne AG"),
        ("motoren", "Bayerische Motoren Werke AG"),
        ("bmw", "Bayerische Motoren Werke AG"),
        ("eepsee", "DeepSeek"),
        ("depseek", "DeepSeek"),
        ("bayrische motoren", "Bayerische Motoren Werke AG"),
    ],
)
def test_an_organization_is_found_however_it_is_typed(register, typed, first):
    assert found(typed)[:1] == [first]


def test_better_reasons_come_first_and_more_deals_among_equal_ones():
    for name in ("Nova", "Nova Robotics", "Nova Capital", "Super Nova", "Xnovax", "Novva"):
        make_organization(name, "DE")
    read = make_organization("诺瓦", "CN")
    assert reading("诺瓦") == "nuowa"
    make_organization("Nuowa Ltd", "CN")
    for _ in range(2):
        make_deal(target="Nova Capital", target_country="DE")
    rebuild()
    order = ["Nova", "Nova Capital", "Nova Robotics", "Super Nova", "Xnovax"]
    assert found("nova")[:5] == order
    assert "Novva" not in order
    assert found("nuowa") == ["Nuowa Ltd", read.name]
    assert found("诺瓦") == [read.name, "Nuowa Ltd"]


def test_each_says_its_country_deals_scripts_and_why_it_was_found(register):
    make_deal(target="DeepSeek", investors=[("Blue Deep", "FR")])
    make_deal(target="Elsewhere", investors=[("DeepSeek", "CN"), ("Blue Deep", "FR")])
    (one,) = look_up("深度")
    assert (one.public_id, one.country, one.deals) == (register.public_id, "CN", 2)
    assert one.others == ("深度求索",)
    assert one.matched == "also called 深度求索"
    said = {text: look_up(text)[0].matched for text in ("deeps", "shendu", "sdqs", "depseek")}
    assert said == {
        "deeps": "",
        "shendu": "深度求索 in pinyin",
        "sdqs": "the initials of 深度求索",
        "depseek": "spelled nearly so",
    }
    assert look_up("Q131577453")[0].matched == "wikidata Q131577453"


def test_a_merged_organization_leads_to_what_it_is_now(register):
    old = make_organization("Magic Square AI", "CN")
    merge(one=old, into=register, by=None, reason="The same.")
    assert found("magic square") == ["DeepSeek"]
    assert found(old.public_id) == ["DeepSeek"]
    assert by_public_id([old.public_id, "O-NONE", ""])[old.public_id].name == "DeepSeek"


def test_invented_organizations_come_only_when_asked_for_and_last():
    make_organization("Nova Invented", "DE", generated=True)
    make_organization("A Real Nova", "DE")
    rebuild()
    assert found("nova") == ["A Real Nova"]
    assert found("nova", invented=True) == ["A Real Nova", "Nova Invented"]
    assert [one.generated for one in look_up("nova", invented=True)] == [False, True]


def test_very_many_invented_organizations_do_not_hide_a_real_one(monkeypatch):
    for number in range(9):
        make_organization(f"Nova {number}", "DE", generated=True)
    make_organization("Nova Z", "DE")
    rebuild()
    whole = lookup_sql.STARTING
    monkeypatch.setattr(
        lookup_sql, "STARTING", whole.replace(f"LIMIT {lookup_sql.SEEN})", "LIMIT 2)")
    )
    assert whole != lookup_sql.STARTING
    assert found("nova") == ["Nova Z"]


@pytest.mark.parametrize(
    "typed",
    ["%", "_", "%%%", "d%k", "\\", "\0", "", "   ", "\u202e", "'; --", "x" * 10_000],
)
def test_signs_are_no_wildcards_and_nothing_is_found_for_nothing(register, typed):
    assert found(typed) == []


def test_a_name_of_signs_is_found_by_its_signs():
    make_organization("%_%", "DE")
    make_organization("★★", "DE")
    rebuild()
    assert found("%_") == ["%_%"]
    assert found("★") == ["★★"]


def test_letters_cost_one_query_and_a_vain_search_two(register, django_assert_num_queries):
    for number in range(9):
        make_organization(f"Deep Number {number}", "DE")
    rebuild()
    with django_assert_num_queries(1):
        assert len(look_up("deep")) == 8
    # And what opens and closes the transaction in which the likeness is set.
    with django_assert_num_queries(5):
        assert look_up("qqqqqq") == []


def test_a_name_without_an_id_means_what_publishing_it_would_mean():
    french = make_organization("Nova", "FR")
    german = make_organization("Nova GmbH", "DE")
    alone = make_organization("Lumen SAS", "FR")
    make_organization("Nova", "DE", generated=True)
    make_deal(target="Nova GmbH", target_country="DE")
    assert [one.public_id for one in resolve("NOVA", None)] == [german.public_id, french.public_id]
    assert resolve("Nova S.A.", "FR").public_id == french.public_id
    assert resolve("nova", "CN") is None
    assert resolve("Lumen", None).public_id == alone.public_id
    assert resolve("Lumen", "DE") is None
    assert [resolve(name, None) for name in ("", " ", "\0", "unheard of")] == [None] * 4


def test_a_new_name_is_warned_of_likely_doubles_and_not_of_others():
    for name, country in [
        ("Robert Bosch Venture Capital GmbH", "DE"),
        ("腾讯", "CN"),
        ("Sequoia Capital Fund II", "US"),
        ("Bosch", "DE"),
    ]:
        make_organization(name, country)
    make_organization("Bosch Venture", "DE", generated=True)
    rebuild()
    alike = {one.name for one in similar("Bosch Venture Capital", "DE")}
    assert alike == {"Bosch", "Robert Bosch Venture Capital GmbH"}
    assert [one.name for one in similar("Tengxun", "CN")] == ["腾讯"]
    assert [one.name for one in similar("腾讯音乐", "CN")] == ["腾讯"]
    assert [one.name for one in similar("Bosch AI", "FR")] == ["Bosch"]
    assert similar("Sequoia Capital Fund III", "US") == []
    assert similar("Ganz Anders", "DE") == similar("\0", None) == []
    assert not any(one.generated for one in similar("Bosch Venture", "DE"))


def test_a_warning_takes_few_queries(register, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        similar("Deep Seek Labs", "CN")
    with django_assert_max_num_queries(3):
        resolve("Deep Seek", "CN")


LETTERS = st.sampled_from("abdeklnorst ÄéøŁ北京深度智能科技资本云海абв한국コカ")


class EveryName(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.text(LETTERS, min_size=2, max_size=14), min_size=1, max_size=4, unique=True))
    def test_every_name_in_any_script_and_its_pinyin_finds_its_organization(self, names):
        names = [" ".join(name.split()) for name in names if key_of(name)]
        made = {name: make_organization(name, "DE") for name in names}
        rebuild([one.pk for one in made.values()])
        for name, one in made.items():
            for typed in {name, name.upper(), *read_forms(name)}:
                ids = [each.public_id for each in look_up(typed, limit=20)]
                assert one.public_id in ids, (typed, name)
        Organization.objects.all().delete()
