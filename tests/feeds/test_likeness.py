"""Two organizations are as alike as what distinguishes their names, and the reasons say so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.feeds.likeness import WORTH_ASKING, Likened, likeness, score
from deals.rules.names import normalise


def alike(one: str, other: str, country: str | None = "CN", else_country: str | None = "") -> int:
    """Score of two names, in one country unless another is given."""
    there = country if else_country == "" else else_country
    return score(Likened((one,), country), Likened((other,), there))[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SenseTime", "SenseTime Group Ltd"),
        ("Sense Time", "Sensetime Technology"),
        ("Robotics Horizon", "Horizon Robotics"),
        ("Société Générale", "Societe Generale SA"),
        ("Volkswagen", "Volkswagon AG"),
        ("Bayerische Motoren Werke AG", "BMW"),
        ("IDG Capital", "IDG资本"),
        ("腾讯", "腾讯科技（深圳）有限公司"),
        ("腾讯", "Tengxun"),
        ("腾讯", "騰訊控股有限公司"),
        ("红杉资本中国", "Hongshan"),
        ("北京旷视科技有限公司", "Megvii (旷视科技)"),
    ],
)
def test_spellings_of_one_organization_are_worth_asking_about(one: str, other: str) -> None:
    assert alike(one, other) >= WORTH_ASKING


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Demo Fund II", "Demo Fund III"),
        ("Demo Fund", "Demo Fund III"),
        ("启明创投一期", "启明创投二期"),
        ("Horizon Ventures", "Horizon Robotics"),
        ("Apollo Capital", "Apollo Technology"),
        ("GGV Capital", "GSR Ventures"),
        ("Sequoia Capital China", "Sequoia Capital India"),
        ("Byton", "Baton"),
        ("东方财富", "东方"),
        ("启明创投", "光明创投"),
        # Without a known alias, these are two names.
        ("红杉资本中国", "Sequoia China"),
        ("腾讯", "Tencent"),
    ],
)
def test_names_of_different_organizations_are_not(one: str, other: str) -> None:
    assert alike(one, other) < WORTH_ASKING


def test_another_name_is_as_good_as_the_first() -> None:
    known = Likened(("红杉资本中国", "Sequoia China"), "CN")
    assert score(known, Likened(("Sequoia China Ltd",), "CN"))[0] == 100


def test_the_country_counts_and_is_named() -> None:
    name = "Horizon Robotics"
    scores = [alike(name, name, "CN", other) for other in ("CN", None, "HK", "FR")]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 100
    assert scores[2] >= WORTH_ASKING > scores[3]
    _, reasons = score(Likened((name,), "CN"), Likened((name,), "FR"))
    assert "China and France" in reasons[-1]


def test_two_ids_of_one_supplier_speak_against_it_and_ids_of_two_do_not() -> None:
    def points(one: str, other: str) -> tuple[int, list[str]]:
        a, b = (Likened(("Foo",), "DE", frozenset({i})) for i in (one, other))
        return score(a, b)

    assert points("cb:1", "lei:2")[0] == 100
    against, reasons = points("cb:1", "cb:2")
    assert (against, reasons[-1]) == (90, "cb lists them under different ids.")


def test_reasons_name_the_names() -> None:
    _, (reason, *_) = score(Likened(("腾讯",), "CN"), Likened(("Tengxun",), "CN"))
    assert "腾讯" in reason
    assert "Tengxun" in reason


VOCABULARY = """
    Horizon Robotics Capital Fund II III 2 China GmbH Co., Ltd. 腾讯 科技 北京 资本 旷视 Åse É A.B.
    株式会社 삼성 Ли ! the ß 一期 ℡
"""
WORDS = st.sampled_from(VOCABULARY.split())
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join) | st.text(min_size=1, max_size=30)
COUNTRIES = st.sampled_from([None, "CN", "HK", "DE", "ZZ"])
SIDES = st.builds(
    lambda names, country, ids: Likened(tuple(names), country, frozenset(ids)),
    st.lists(NAMES.filter(str.strip), max_size=3),
    COUNTRIES,
    st.lists(st.sampled_from(["cb:1", "cb:2", "lei:1"]), max_size=2),
)


@settings(max_examples=200, deadline=None)
@given(SIDES, SIDES)
def test_it_is_the_same_both_ways_and_between_0_and_100(one: Likened, other: Likened) -> None:
    points, reasons = score(one, other)
    assert (points, reasons) == score(other, one)
    assert 0 <= points <= 100
    assert reasons


@settings(max_examples=200, deadline=None)
@given(NAMES.filter(str.strip), NAMES.filter(str.strip), st.sampled_from(["CN", "DE"]))
def test_it_is_100_for_equal_keys_in_one_country_and_only_then(one, other, country) -> None:
    assert alike(one, f"{one} Ltd.", country) == 100 or normalise(one) != normalise(f"{one} Ltd.")
    assert (likeness(one, other)[0] == 100) == (normalise(one) == normalise(other))
    assert alike(one, one, country) == 100
