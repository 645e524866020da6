"""Names as people type them, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals.feeds.folding import fold, initials, key_of, read_forms, spellings_of, typed_forms


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L'Oréal S.A.", "l oreal s a"),
        ("ØRSTED  a/s", "orsted a s"),
        ("Łódź-Æther", "lodz aether"),
        ("Ｄｅｅｐ\u200bＳｅｅｋ", "deepseek"),
        ("Straße & Söhne", "strasse sohne"),
        ("ガンホー", "ガンホー"),
        ("삼성전자", "삼성전자"),
        ("Яндекс", "яндекс"),
        ("คาราบาว", "คาราบาว"),
        ("★_%", "★_%"),
        ("\u202e abc", "abc"),
    ],
)
def test_case_accents_signs_and_unseen_marks_make_no_difference(text, folded):
    assert fold(text) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("shendu qiusuo", "shenduqiusuo"),
        ("shēndù qiúsuǒ", "shenduqiusuo"),
        ("shen1 du4 qiu2 suo3", "shenduqiusuo"),
        ("lǚxíng", "lvxing"),
        ("Müller", "mueller"),
        ("Deep Seek Co., Ltd.", "deepseek"),
    ],
)
def test_what_is_typed_is_looked_for_in_each_of_its_forms(typed, form):
    assert form in typed_forms(typed)


def test_traditional_and_simplified_characters_meet_in_their_reading():
    assert read_forms("騰訊") == read_forms("腾讯") == ["tengxun"]
    assert read_forms("Tencent") == read_forms("サムスン電子") == []


def test_a_chinese_name_is_spelled_whole_by_tails_in_pinyin_and_by_initials():
    found = spellings_of("杭州深度求索人工智能有限公司")
    assert found["杭州深度求索人工智能"] == "name"
    assert found["求索人工智能有限公司"] == "tail"
    assert found["shenduqiusuorengongzhineng"] == "pinyin"
    assert found["sdqsrgzn"] == "initials"
    assert "有限公司" not in found


def test_a_name_in_letters_is_spelled_from_each_word_but_the_legal_form():
    found = spellings_of("Bayerische Motoren Werke AG")
    assert found["motoren werke ag"] == found["werke ag"] == "tail"
    assert found["bmw"] == "initials"
    assert "ag" not in found


def test_initials_leave_small_words_out():
    assert initials("bank of china") == "bc"
    assert initials("深度") == "sd"


LETTERS = "abzÀéßøŁ 北京深度科技资本абвγδ한국コカ.-&()ก็\u0301"
NAMES = st.text(st.sampled_from(LETTERS) | st.characters(codec="utf-8"), min_size=1, max_size=40)


@given(NAMES)
def test_every_name_is_among_what_is_looked_for_when_it_is_typed(name):
    found = spellings_of(name)
    if not name.strip() or not fold(name):
        return
    assert typed_forms(name)[0] in found
    assert any(form in found for form in typed_forms(key_of(name)))
    for form in read_forms(name):
        assert found[form] in ("pinyin", "name", "tail")
    assert all(text and len(text) <= 300 for text in found)
