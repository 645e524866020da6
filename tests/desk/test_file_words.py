"""Words that the register does not know are found before they become errors of rows."""

import pytest

from deals.desk import file_words as module
from deals.desk.file_words import file_words
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import receive
from deals.feeds.refusals import Refused

PROFILE = """
name = "Supplier"
rows = "participation"
unknown = ["k. A."]
[deal]
key = ["Firma"]
[columns]
target_name = "Firma"
target_country = "Land"
round_type = "Runde"
sectors = "Branche"
currency = "Geld"
investor_name = "Investor"
[values.round_type]
"Start*" = "seed"
"Sonst" = ""
[investors]
"Bosch*" = "DE"
"""
HEADER = "Firma,Land,Runde,Branche,Geld,Investor"
ROWS = [
    "A,China,A-Runde,KI; Chipbau,EUR,Bosch VC",
    "B,Wunderland,Startphase,Chipbau,Taler,Sequoia",
    "C,Wunderland,Sonst,k. A.,k. A.,Sequoia",
    "D,,Runde 17,,,k. A.",
    "D,,Runde 17,,,",
]


def found(rows=ROWS, text=PROFILE, header=HEADER):
    file = receive("a.csv", "\n".join([header, *rows]).encode())
    return file_words(file, load_profile(text))


def test_words_that_nothing_translates_come_with_their_rows():
    words = found()
    assert words.unknown["round_type"] == [("Runde 17", 2)]
    assert words.unknown["target_country"] == [("Wunderland", 2)]
    assert words.unknown["currency"] == [("Taler", 1)]
    assert ("Chipbau", 2) in words.unknown["sectors"]
    assert (words.rows, words.whole) == (5, True)


def test_investors_without_a_country_are_those_that_the_profile_does_not_know():
    assert found().investors == [("Sequoia", 2)]


def test_investors_of_one_cell_are_taken_apart():
    text = PROFILE.replace('investor_name = "Investor"', 'investors = "Investor"')
    rows = ["A,,,,,Bosch VC; Sequoia [US]; Hillhouse", "B,,,,,Hillhouse; X [Wunderland]"]
    assert found(rows, text).investors == [("Hillhouse", 1)]


def test_a_column_of_countries_answers_for_its_rows():
    text = PROFILE.replace(
        'investor_name = "Investor"', 'investor_name = "Investor"\ninvestor_country = "IL"'
    )
    rows = ["A,,,,,Sequoia,US", "B,,,,,Hillhouse,", "C,,,,,Gobi,k. A."]
    words = found(rows, text, f"{HEADER},IL")
    assert words.investors == [("Hillhouse", 1), ("Gobi", 1)]


def test_a_long_file_is_looked_at_in_part_and_that_is_said(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 2)
    monkeypatch.setattr(module, "MOST_ROWS", 4)
    words = found()
    assert (words.rows, words.whole) == (4, False)


def test_a_file_without_a_needed_column_is_refused_by_name():
    with pytest.raises(Refused, match="no column “Runde”"):
        found(header=HEADER.replace("Runde", "Round"))


def test_of_a_wrong_column_only_as_many_words_are_judged_as_are_shown(monkeypatch):
    judged = []
    rule = module.CLOSED["currency"]
    monkeypatch.setitem(module.CLOSED, "currency", lambda word: judged.append(word) or rule(word))
    rows = [f"A,,,,a sentence of its own {n}," for n in range(2_000)]
    rows += ["B,,,,the most frequent,"] * 2 + [f"C,,,,{'long ' * 200},"] * 3
    words = found(rows).unknown["currency"]
    assert words[0] == ("the most frequent", 2)
    assert len(words) == len(judged) == module.MOST_WORDS
