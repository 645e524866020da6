"""Names of organizations: cleaning, matching keys, scripts, and lists of investors."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.rules.errors import RuleError
from deals.rules.names import clean_name, normalise, script_of, split_investors

SAME = [
    ("Foo Co., Ltd.", "foo"),
    ("FOO  LIMITED", "foo"),
    ("Ｆｏｏ　ＬＴＤ", "foo"),
    ("Robert Bosch GmbH & Co. KG", "robertbosch"),
    ("Silex Microsystems AB (publ)", "silexmicrosystems"),
    ("Novo Holdings A/S", "novoholdings"),
    ("Danone S.A.", "danone"),
    ("Danone S. A.", "danone"),
    ("Allegro Sp. z o.o.", "allegro"),
    ("Delivery Hero SE", "deliveryhero"),
    ("SoftBank Vision Fund L.P.", "softbankvisionfund"),
    ("Pony.ai, Inc.", "ponyai"),
    ("北京旷视科技有限公司", "北京旷视科技"),
    ("北京旷视科技 有限 公司", "北京旷视科技"),
    ("深圳云天励飞技术股份有限公司", "深圳云天励飞技术"),
    ("阿里巴巴集团", "阿里巴巴集团"),
    ("某某投资合伙企业（有限合伙）", "某某投资"),
    ("株式会社ソニー", "ソニー"),
]
ONLY_A_FORM = [
    ("有限公司", "有限公司"),
    ("Inc.", "inc"),
    ("A/S", "as"),
    ("@@@", "@@@"),
    (" ! ", "!"),
]


@pytest.mark.parametrize(("name", "key"), [*SAME, *ONLY_A_FORM])
def test_spellings_of_a_name_meet_in_one_key(name: str, key: str) -> None:
    assert normalise(name) == key


def test_different_names_keep_different_keys() -> None:
    names = [
        "Agile Robots",
        "Agile Robotics",
        "深圳科技",
        "上海科技",
        "臺灣大",
        "台湾大",
        "Zürich Re",
        "Zurich Re",
    ]
    assert len({normalise(name) for name in names}) == len(names)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=30),
        st.lists(
            st.sampled_from(
                ["Foo", "Co", "Ltd.", "S", "A", "甲", "有限", "公司", "合伙企业", ".", "(", "ＡＧ"]
            )
        ).map(" ".join),
    )
)
def test_normalising_twice_changes_nothing_and_never_empties_a_name(name: str) -> None:
    key = normalise(name)
    assert normalise(key) == key
    assert bool(key.strip()) == bool(name.strip())


def test_a_name_is_one_line_without_hidden_characters() -> None:
    assert clean_name("  Foo\t\n Bar\x00 ") == "Foo Bar"
    assert clean_name("evil\u202egnp.exe\u200b\ufeff") == "evilgnp.exe"
    assert clean_name("Café") == clean_name("Cafe\u0301") == "Café"
    assert clean_name("@home +plus =SUM(A1)") == "@home +plus =SUM(A1)"


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "\x00"])
def test_a_blank_name_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        clean_name(text)
    assert caught.value.code == "blank_name"


def test_a_name_above_300_characters_is_refused_with_a_hint() -> None:
    assert len(clean_name("x" * 300)) == 300
    with pytest.raises(RuleError, match="quotation mark") as caught:
        clean_name("<b>" + "x" * 32_754)
    assert caught.value.code == "name_too_long"
    assert len(caught.value.message) < 300


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_gives_a_storable_name_or_a_rule_error(text: str) -> None:
    try:
        name = clean_name(text)
    except RuleError:
        return
    assert clean_name(name) == name
    assert "\x00" not in name
    assert name.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "script"),
    [
        *(
            ("Agile Robots", "Latn"),
            ("松鼠AI智能", "Hans"),
            ("NIO 蔚来", "Latn"),
            ("ソニー株式会社", "Jpan"),
        ),
        *(("삼성", "Kore"), ("Яндекс", "Cyrl"), ("123", "Zyyy"), ("", "Zyyy")),
    ],
)
def test_the_script_of_a_name_is_that_of_most_letters(name: str, script: str) -> None:
    assert script_of(name) == script


def test_investors_in_one_cell_are_split_with_their_countries() -> None:
    assert split_investors("Tencent [CN]; Bosch [DE stated] ;; Yunqi", [";"]) == [
        ("Tencent", "CN"),
        ("Bosch", "DE stated"),
        ("Yunqi", None),
    ]
    assert split_investors("红杉［CN］，启明创投；耀途", ["，", "；"]) == [
        ("红杉", "CN"),
        ("启明创投", None),
        ("耀途", None),
    ]
    assert split_investors("", [";"]) == []
    assert split_investors("Foo; Bar", []) == [("Foo; Bar", None)]


def test_the_comma_of_a_legal_form_does_not_split() -> None:
    assert split_investors("Foo Co., Ltd. [CN], Bar, Inc., Baz", [","]) == [
        ("Foo Co., Ltd.", "CN"),
        ("Bar, Inc.", None),
        ("Baz", None),
    ]


def test_a_separator_inside_brackets_does_not_split() -> None:
    assert split_investors("Sequoia (US, lead), Bosch", [","]) == [
        ("Sequoia (US, lead)", None),
        ("Bosch", None),
    ]
    assert split_investors("Sequoia (US, Bosch", [","]) == [("Sequoia (US", None), ("Bosch", None)]


def test_a_country_without_a_name_is_refused() -> None:
    with pytest.raises(RuleError) as caught:
        split_investors("Foo [CN]; [DE]", [";"])
    assert caught.value.code == "blank_name"


names = st.text("abcXYZ 北京科技.&'", min_size=1, max_size=12).filter(
    lambda name: name.strip() == name and "  " not in name and name.strip(". ")
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(names, st.sampled_from([None, "CN", "DE", "FR stated"])), max_size=6))
def test_a_written_list_of_investors_reads_back(investors: list[tuple[str, str | None]]) -> None:
    cell = "; ".join(f"{name} [{code}]" if code else name for name, code in investors)
    assert split_investors(cell, [";"]) == investors


@pytest.mark.parametrize("separators", [[], [""], ["", ";"]])
def test_a_line_break_without_a_separator_ends(separators: list[str]) -> None:
    assert split_investors("\n", separators) == []
    assert split_investors("One\n; Two\n", separators)[0][0].startswith("One")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.lists(st.sampled_from([",", ";", "，", "、", " / "]), max_size=3))
def test_any_cell_gives_investors_or_a_rule_error(text: str, separators: list[str]) -> None:
    with suppress(RuleError):
        assert all(name.strip() for name, _ in split_investors(text, separators))
