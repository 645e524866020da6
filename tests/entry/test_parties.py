"""Investors out of a line of an article, in four languages: who led, who joined, who is not named.

A line is followed by what it says: + led, - joined, nothing where it does not say; "…" for others.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.entry.parties import LONGEST_LINE, investors_in
from tests.entry.generated_facts import PATIENT

ENGLISH = """
led by Northzone, with participation from Cathay Innovation and GV
= +Northzone -Cathay Innovation -GV
DeepX raised $50m in a Series B round led by Northzone, with participation from GV and existing investors Atomico and Index Ventures.
= +Northzone -GV -Atomico -Index Ventures
The round was led by Sequoia China and joined by Bosch (DE), Cathay Capital (France) and others.
= +Sequoia China -Bosch/DE -Cathay Capital/FR …
Sequoia Capital led the round, while A16z, GV and Lightspeed participated.
= +Sequoia Capital -A16z -GV -Lightspeed
SoftBank Vision Fund 2 and Temasek co-led the investment. Other investors included Hillhouse, Sinovation Ventures and several family offices.
= +SoftBank Vision Fund 2 +Temasek -Hillhouse -Sinovation Ventures …
The company raised $30 million from Robert Bosch Venture Capital GmbH, Nokia Growth Partners, and Qualcomm Ventures.
= Robert Bosch Venture Capital GmbH; Nokia Growth Partners; Qualcomm Ventures
Lakestar leads the round with Creandum and Cherry Ventures participating.
= +Lakestar -Creandum -Cherry Ventures
Led by Tiger Global together with Coatue
= +Tiger Global -Coatue
with Northzone as lead investor, GV, and Atomico
= +Northzone; GV; Atomico
led by existing investor Balderton, existing investors Kima and Point Nine also participated
= +Balderton -Kima -Point Nine
an undisclosed European fund and GV
= GV …
backed by Y Combinator
= Y Combinator
Northzone, GV, Foo Co., Ltd., Bar GmbH
= Northzone; GV; Foo Co., Ltd.; Bar GmbH
Investors: A Capital; B Fund; C Ventures
= A Capital; B Fund; C Ventures
Earlybird (Berlin, Germany), Bosch & Siemens [DE]
= Earlybird/DE; Bosch & Siemens/DE
Northzone (lead), GV
= +Northzone; GV
Investors including Temasek and GIC
= Temasek; GIC …
In June the company received €20m from the European Investment Bank
= European Investment Bank
"""  # noqa: E501
CHINESE = """
领投方为红杉中国，凯辉基金跟投
= +红杉中国 -凯辉基金
本轮融资由红杉中国领投，凯辉基金、高瓴资本等机构跟投，老股东真格基金继续加持
= +红杉中国 -凯辉基金 -高瓴资本 -真格基金 …
智行者完成数亿元B轮融资，由百度领投，国开装备基金、顺为资本跟投
= +百度 -国开装备基金 -顺为资本
红杉中国、启明创投联合领投，老股东IDG资本持续跟投。
= +红杉中国 +启明创投 -IDG资本
由高瓴创投、红杉中国联合领投，云锋基金、光速中国及老股东君联资本跟投
= +高瓴创投 +红杉中国 -云锋基金 -光速中国 -君联资本
上海联和投资、中信证券和国投创业共同投资
= 上海联和投资; 中信证券; 国投创业
投资方包括腾讯、阿里巴巴与红杉资本中国基金等
= 腾讯; 阿里巴巴; 红杉资本中国基金 …
博世（德国）、蔚来资本[CN]参投
= -博世/DE -蔚来资本/CN
"""
GERMAN_AND_FRENCH = """
Angeführt wurde die Runde von Earlybird; beteiligt haben sich auch Bosch Ventures und HV Capital.
= +Earlybird -Bosch Ventures -HV Capital
Die Finanzierungsrunde wurde angeführt von Earlybird, mit Beteiligung von Bosch Ventures und HV Capital u. a.
= +Earlybird -Bosch Ventures -HV Capital …
12,5 Mio. Euro in einer Serie A unter Führung von GGV Capital, beteiligt ist auch die Havelland GmbH.
= +GGV Capital -Havelland GmbH
Lakestar führte die Runde an, Cherry Ventures und Speedinvest beteiligten sich
= +Lakestar -Cherry Ventures -Speedinvest
Le tour de table a été mené par Eurazeo, avec la participation de Bpifrance et d'autres
= +Eurazeo -Bpifrance …
Idinvest et Partech ont participé
= -Idinvest -Partech
"""  # noqa: E501


def examples(text: str) -> list[tuple[str, str]]:
    lines = text.strip().splitlines()
    return list(zip(lines[::2], (line.removeprefix("= ") for line in lines[1::2]), strict=True))


def spelled(line: str) -> tuple[list[str], bool]:
    rows, partial = investors_in(line)
    marks = {"yes": "+", "no": "-", "": ""}
    return [
        marks[row["lead"]] + row["name"] + (f"/{row['country']}" if row["country"] else "")
        for row in rows
    ], partial


def expected(text: str) -> tuple[list[str], bool]:
    bare = text.removesuffix("…").strip()
    names = [part.strip() for part in bare.replace(" -", ";-").replace(" +", ";+").split(";")]
    return names, text.endswith("…")


@pytest.mark.parametrize(
    ("line", "says"),
    [*examples(ENGLISH), *examples(CHINESE), *examples(GERMAN_AND_FRENCH)],
)
def test_a_line_gives_the_investors_that_it_names(line, says):
    assert spelled(line) == expected(says)


def test_a_list_of_lines_with_bullets_is_a_list_of_investors():
    assert spelled("- Northzone (lead)\n• GV\n3. Cathay Innovation [CN]\n\n* Bosch") == (
        ["+Northzone", "GV", "Cathay Innovation/CN", "Bosch"],
        False,
    )


def test_a_name_that_comes_twice_stands_once_with_all_that_is_said_of_it():
    assert spelled("GV, Bosch (DE). Led by GV Ltd and Bosch") == (["+GV", "+Bosch/DE"], False)


def test_rows_have_the_fields_of_the_form_and_no_id():
    (row,), _ = investors_in("GV")
    assert row == {
        "id": "", "name": "GV", "country": "", "lead": "", "contribution": "", "stake": "",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", " ", "\0", "2021", ",;、", "()", "[DE]", "and", "等", "领投"])
def test_a_text_without_names_has_none(text):
    assert investors_in(text)[0] == []


def test_marks_that_cannot_be_seen_are_not_kept():
    assert spelled("led by Nor\u202ethzone\u200b\ue000") == (["+Northzone"], False)


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000, "raised " * 2_000, "with participation " * 900, "led by " * 2_000,
     "and " * 3_000, "a" * 10_000, "、" * 10_000, "红" * 10_000, "the investors in the a b c "
     * 400, "GV, " * 3_000],
)  # fmt: skip
def test_long_pastes_are_read_in_no_time(text):
    rows, _ = investors_in(text)
    assert len(rows) <= LONGEST_LINE


PIECES = st.sampled_from([
    "led by", "GV", "、", "，", ",", " and ", "领投", "跟投", "等", "(DE)", "[", "]", "with", "由",
    "participated", "\n", "- ", ".", "Co.", "Ltd", "undisclosed", "老股东", "其他", "raised from",
    "\u202e", "\ue003", "“", "including", "红杉", "和",
])  # fmt: skip


@settings(PATIENT, max_examples=100)
@given(st.lists(PIECES | st.text("ab Ä红1.,()“’", max_size=5), max_size=15).map("".join))
def test_nothing_makes_it_stumble_and_every_row_has_a_name(line):
    rows, _ = investors_in(line)
    assert all(row["name"].strip() for row in rows)
    assert {row["lead"] for row in rows} <= {"", "yes", "no"}
