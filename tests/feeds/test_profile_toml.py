"""Every promised key is understood, and whatever is wrong is refused by its name."""

from decimal import Decimal

import pytest

from deals.feeds.profile_toml import load_profile
from deals.feeds.refusals import Refused
from tests.feeds.supplier import PROFILE, profile

PROMISED = """
name = "Crunchbase-like export"
rows = "participation"
encoding = "auto"
delimiter = "auto"
skip_rows = 0
fill_down = ["公司名称"]
skip_when = { column = "融资时间", in = ["", "-"] }
investors_separator = [",", "，", ";"]
unknown = ["未透露", "Not Published", "undisclosed", "-", "n/a"]
[deal]
key = ["company", "month", "amount"]
[columns]
target_name = "company"
target_country = "company_country"
announced_on = "month"
amount = "raised_usd"
currency = "ccy"
investor_name = "investor"
investor_country = "investor_country"
[dates]
order = "ymd"
[amounts]
unit = 1
decimal = "."
[constants]
currency = "USD"
status = "completed"
investor_list = "complete"
[population]
code = "supplier-2014"
title = "Supplier's funding rounds 2004–2013"
accessed_on = "2014-03-01"
ai_definition = "supplier's own tags"
[values.round_type]
"A轮" = "series_a"
"Series A*" = "series_a"
[values.target_country]
"香港*" = "HK"
"台湾*" = "TW"
"欧洲*" = "unknown"
"*" = "CN"
[values.investor_country]
[investors]
"凯辉基金" = "FR"
[ai]
when = { column = "categories", contains = ["Artificial Intelligence", "Machine Learning"] }
"""


def test_the_promised_profile_is_understood_key_by_key() -> None:
    read = load_profile(PROMISED)
    assert (read.name, read.code, read.rows) == (
        "Crunchbase-like export", "crunchbase-like-export", "participation",
    )  # fmt: skip
    assert read.skip_when is not None
    assert read.skip_when.words == {"", "-"}
    assert (read.unit, read.decimal, read.date_order) == (Decimal(1), ".", "ymd")
    assert read.key == ("company", "month", "raised_usd")
    assert read.population is not None
    assert str(read.population.accessed_on) == "2014-03-01"
    assert read.ai is not None
    assert read.ai.words == ("Artificial Intelligence", "Machine Learning")
    assert set(read.needed) >= {"公司名称", "融资时间", "company", "raised_usd", "categories"}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('rows = "participation"', 'rows = "rounds"', "“rounds”, and can be “participation” or"),
        ('rows = "participation"', "row = 1", "no key “row”.*did you mean “rows”"),
        ('name = "Small supplier"', "", "name in the profile is missing"),
        ('name = "Small supplier"', "name = 7", "has to be text"),
        ('target_name = "company"', "", "every deal has a target"),
        ('target_name = "company"', 'target_nam = "company"', "did you mean “target_name”"),
        ('target_name = "company"', 'target_name = " "', "target_name in .columns. is empty"),
        ('key = ["company", "month"]', "", "needs either key"),
        ('key = ["company", "month"]', "key = [1]", "has to be a list of texts"),
        ('currency = "USD"', 'currency = "USX"', "currency in .constants. is not valid"),
        ('status = "completed"', 'status = "closing"', "use one of rumoured, announced"),
        ('investor_list = "complete"', 'investor_list = "most"', "complete or partial or none"),
        ('status = "completed"', "status = true", "has to be text in quotation marks"),
        ('investor_name = "investor"', "", "needs investor_name"),
        ("[constants]", "[constant]", "no key “constant”.*did you mean “constants”"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_refused_by_name(old: str, new: str, sentence: str) -> None:
    assert old in PROFILE
    with pytest.raises(Refused, match=sentence):
        load_profile(PROFILE.replace(old, new, 1))


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ('[dates]\norder = "ydm"', "order in .dates. is “ydm”"),
        ("[amounts]\nunit = 0", "number above zero"),
        ("[amounts]\nunit = true", "number above zero"),
        ('[amounts]\ndecimal = ";"', "can be “.” or “,”"),
        ('[population]\ncode = "A B"\ntitle = "t"', "small letters"),
        ('[population]\ncode = "a"\ntitle = "t"\naccessed_on = "June"', "a day like 2014-03-01"),
        ('[values.round_type]\n"A" = "first"', "“A” in .values.round_type. is not valid"),
        ('[values.target_country]\n"X" = "Atlantis"', "not a country"),
        ('[values.colour]\n"X" = "red"', "no key “colour”"),
        ('[investors]\n"Fund" = "Atlantis"', "“Fund” in .investors. is not valid"),
        ('[ai]\nalways = "maybe"', "yes, no or unknown"),
        ("[ai]", "needs either always"),
        ('[ai]\nwhen = { column = "c", contains = [] }', "at least one word"),
        ("[nonsense]", "no key “nonsense”"),
    ],
)
def test_a_wrong_table_is_refused_by_name(more: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        profile(more=more)


@pytest.mark.parametrize(
    ("top", "sentence"),
    [
        ("skip_rows = -1", "0 or more"),
        ('delimiter = ",,"', "one character"),
        ('delivery = "daily"', "“delta” or “full”"),
        ('skip_when = { column = "month" }', "list the words"),
        ('investors_separator = [""]', "empty text"),
        ('code = "Büro"', "small letters"),
    ],
)
def test_a_wrong_key_at_the_top_is_refused(top: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        profile(top=top)


def test_what_is_not_toml_is_refused_with_its_line() -> None:
    with pytest.raises(Refused, match=r"not valid TOML.*line 2"):
        load_profile('name = "x"\nrows = = 1')


def test_only_the_star_is_special_in_a_pattern() -> None:
    read = profile(more='[values.target_country]\n"a[b]?*" = "DE"')
    ((pattern, country),) = read.values["target_country"]
    assert country == "DE"
    assert pattern.fullmatch("A[B]? and more")
    assert not pattern.fullmatch("ab")


@pytest.mark.parametrize(
    "extra",
    ['encoding = "utf\\u00008"', 'fill_down = ["a\\u0000"]', '[investors]\n"\\u0000" = "FR"'],
)
def test_a_nul_that_toml_can_spell_is_refused(extra: str) -> None:
    text = f"{extra}\n{PROFILE}" if extra[0] != "[" else f"{PROFILE}\n{extra}"
    with pytest.raises(Refused, match="NUL character"):
        load_profile(text)


def test_a_bottomless_profile_is_refused() -> None:
    with pytest.raises(Refused, match="nested too deep"):
        load_profile("x = " + "[" * 20_000)


def test_a_key_names_columns_of_the_file_or_facts_that_are_mapped_to_them() -> None:
    own = PROFILE.replace('key = ["company", "month"]', 'key = ["company", "announced_on", "id"]')
    assert load_profile(own).key == ("company", "month", "id")
