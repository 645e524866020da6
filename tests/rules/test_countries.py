import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.rules.countries import COUNTRIES, LANGUAGES, code_only, country_code, country_name
from deals.rules.errors import RuleError


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_country_is_recognised_by_the_name_that_pages_show(lang: str) -> None:
    wrong = {
        code: country_name(code, lang)
        for code in COUNTRIES
        if country_code(country_name(code, lang)) != code
    }
    assert wrong == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_survive_other_case_and_lost_spaces_and_hyphens(lang: str) -> None:
    for code in COUNTRIES:
        name = country_name(code, lang)
        assert country_code(f"  {name.upper()} ") == code
        assert country_code(name.replace("-", " ")) == code


def test_every_country_is_recognised_by_both_codes_in_any_case() -> None:
    for country in COUNTRIES.values():
        assert country_code(country.alpha2) == country.alpha2
        assert country_code(country.alpha3.lower()) == country.alpha2
    assert len(COUNTRIES) == 250
    assert COUNTRIES["XK"].alpha3 == "XKX"


def test_alpha_3_codes_agree_with_a_table_written_by_hand() -> None:
    by_hand = """
        AUT AT BEL BE BGR BG CHE CH CHN CN CYP CY CZE CZ DEU DE DNK DK ESP ES EST EE FIN FI
        FRA FR GBR GB GRC GR HKG HK HRV HR HUN HU IRL IE ITA IT LTU LT LUX LU LVA LV MAC MO
        MLT MT NLD NL NOR NO POL PL PRT PT ROU RO SVK SK SVN SI SWE SE TWN TW USA US JPN JP
        KOR KR PRK KP SGP SG CYM KY VGB VG JEY JE NAM NA COD CD COG CG ARE AE
    """
    words = iter(by_hand.split())
    for alpha3, alpha2 in zip(words, words, strict=True):
        assert country_code(alpha3) == alpha2


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Turkey", "TR"), ("Türkiye", "TR"), ("Turkiye", "TR"), ("英国", "GB"), ("英國", "GB"),
        ("UK", "GB"), ("U.K.", "GB"), ("Großbritannien", "GB"), ("Grossbritannien", "GB"),
        ("Royaume-Uni", "GB"), ("England", "GB"), ("EL", "GR"), ("Ivory Coast", "CI"),
        ("Côte d'Ivoire", "CI"), ("cote d’ivoire", "CI"), ("香港", "HK"), ("中国香港", "HK"),
        ("Hong Kong SAR", "HK"), ("China, Hong Kong SAR", "HK"), ("澳门", "MO"), ("Macau", "MO"),
        ("台湾", "TW"), ("臺灣", "TW"), ("中国台湾", "TW"), ("Taiwan, Province of China", "TW"),
        ("South Korea", "KR"), ("Korea, Republic of", "KR"), ("Korea", "KR"), ("韩国", "KR"),
        ("Democratic People's Republic of Korea", "KP"), ("Russia", "RU"),
        ("Russian Federation", "RU"), ("USA", "US"), ("U.S.", "US"), ("美国", "US"),
        ("United States of America (USA)", "US"), ("Mainland China", "CN"), ("PRC", "CN"),
        ("P.R. China", "CN"), ("中华人民共和国", "CN"), ("VR China", "CN"),
        ("Republic of China", "TW"), ("People's Republic of China", "CN"),
        ("Czech Republic", "CZ"), ("Holland", "NL"), ("The Netherlands", "NL"),
        ("Österreich", "AT"), ("Oesterreich", "AT"), ("Viet Nam", "VN"), ("BVI", "VG"),
        ("Republic of Latvia", "LV"), ("Latvia, Republic of", "LV"), ("Kosovo", "XK"),
        ("Congo, Democratic Republic of the", "CD"), ("Republic of the Congo", "CG"),
        ("Macedonia", "MK"), ("Swaziland", "SZ"), ("Burma", "MM"), ("Cabo Verde", "CV"),
        ("ＣＮ", "CN"), ("Alemania", "DE"), ("Paesi Bassi", "NL"), ("Szwajcaria", "CH"),
    ],
)  # fmt: skip
def test_names_and_aliases_that_files_use(written: str, code: str) -> None:
    assert country_code(written) == code


@pytest.mark.parametrize(
    ("legacy", "code"),
    [("ROM", "RO"), ("ZAR", "CD"), ("TMP", "TL"), ("BUR", "MM"), ("GER", "DE"), ("SUI", "CH"),
     ("BAH", "BS"), ("TAN", "TZ"), ("UAE", "AE"), ("KSV", "XK"), ("FXX", "FR"), ("DDR", "DE")],
)  # fmt: skip
def test_withdrawn_and_unofficial_codes(legacy: str, code: str) -> None:
    assert country_code(legacy) == code


def test_an_unofficial_code_never_takes_the_place_of_an_official_one() -> None:
    path = Path(__file__).parents[2] / "deals" / "data" / "countries.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    official = {row[column] for row in rows for column in ("alpha2", "alpha3")}
    unofficial = [code for row in rows for code in row["other_codes"].split("|") if code]
    assert len(official) == 2 * len(rows)
    assert official.isdisjoint(unofficial)
    assert len(unofficial) == len(set(unofficial))
    for row in rows:
        for name in filter(None, row["aliases"].split("|")):
            assert country_code(name) == row["alpha2"], name


def test_na_is_namibia_unless_the_file_says_that_it_means_not_known() -> None:
    assert country_code("NA") == "NA"
    assert country_code("NA", unknown=["na"]) is None
    assert country_code("n/a", unknown=["N/A"]) is None
    with pytest.raises(RuleError):
        country_code("n/a")


@pytest.mark.parametrize("text", ["", "   ", "unknown", "Unknown", "\u3000"])
def test_blank_and_unknown_give_no_country(text: str) -> None:
    assert country_code(text) is None


@pytest.mark.parametrize(
    ("text", "candidates"),
    [("Congo", "CD CG"), ("刚果", "CD CG"), ("Virgin Islands", "VG VI"), ("AN", "BQ CW SX"),
     ("Channel Islands", "GG JE"), ("YUG", "HR RS SI"), ("CS", "CZ SK RS"), ("SCG", "RS ME")],
)  # fmt: skip
def test_a_name_of_several_countries_is_an_error_that_names_them(
    text: str, candidates: str
) -> None:
    with pytest.raises(RuleError) as error:
        country_code(text)
    assert error.value.code == "ambiguous_country"
    for code in candidates.split():
        assert f"{code} ({COUNTRIES[code].name})" in error.value.message


@pytest.mark.parametrize("text", ["Europe", "欧洲", "SF Bay Area", "USD", "Asia", "-", "ZZ", "Q"])
def test_what_is_no_country_is_an_error_that_quotes_it(text: str) -> None:
    with pytest.raises(RuleError) as error:
        country_code(text)
    assert error.value.code == "unknown_country"
    assert f"“{text}”" in error.value.message


@pytest.mark.parametrize(("typo", "meant"), [("Grmany", "DE"), ("Untied States", "US")])
def test_a_typing_error_gets_a_suggestion_and_is_never_corrected(typo: str, meant: str) -> None:
    with pytest.raises(RuleError, match=rf"did you mean .*\({meant}\)\?"):
        country_code(typo)


def test_codes_only_ignores_names() -> None:
    assert code_only("uk") == "GB"
    assert code_only("DEU") == "DE"
    assert code_only("China") is None


def test_english_names_are_short_where_charts_need_them_and_others_follow_the_standard() -> None:
    assert country_name("HK") == COUNTRIES["HK"].name == "Hong Kong"
    assert country_name("MO") == "Macao"
    assert country_name("CN", "zh-hans") == "中国"
    assert country_name("DE", "fr") == "Allemagne"
    assert country_name("GB", "de") == "Vereinigtes Königreich"


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_country_nothing_or_a_sentence(text: str) -> None:
    try:
        code, sentence = country_code(text), "."
    except RuleError as error:
        code, sentence = None, error.message
    assert code is None or code in COUNTRIES
    assert sentence.endswith((".", "?"))
    assert "\n" not in sentence


def test_countries_of_real_files_are_all_recognised(shared_data: Path) -> None:
    with (shared_data / "feeds" / "unicorn_rounds.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    found = {
        text: country_code(text, unknown=["Not Published"])
        for row in rows
        for text in (row["company_country"], row["investor_country"])
    }
    assert found["Russian Federation"] == "RU"
    assert found["Not Published"] is None
    assert [text for text, code in found.items() if code is None] == ["Not Published"]


def test_alpha_3_codes_of_real_files_are_recognised_and_shifted_cells_are_not(
    shared_data: Path,
) -> None:
    path = shared_data / "feeds" / "cb2015" / "acquisitions.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        texts = {row["company_country_code"] for row in csv.DictReader(file)}
    refused = set()
    for text in texts:
        try:
            country_code(text)
        except RuleError:
            refused.add(text)
    assert "ROM" in texts
    assert refused == {"SF Bay Area"}
