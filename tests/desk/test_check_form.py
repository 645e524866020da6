"""The step “Check” as a form: meanings of words, countries by name, AI, and the population."""

import tomllib

from django.http import QueryDict

from deals.desk.check_form import NOT_KNOWN, CheckForm
from deals.feeds.profile_toml import load_profile
from deals.feeds.profile_write import profile_toml

PROFILE = """
name = "Supplier"
delivery = "full"
[deal]
key = ["Firma"]
[columns]
target_name = "Firma"
round_type = "Runde"
[values.round_type]
"Start*" = "seed"
"Sonst" = ""
[values.status]
"zu" = "completed"
[investors]
"Bosch*" = "DE"
[population]
code = "all"
title = "All of it"
accessed_on = 2024-01-31
generated = true
[ai]
when = { column = "Branche", contains = ["KI", "AI"] }
"""


def tables():
    return tomllib.loads(PROFILE)


def sent(form: CheckForm, *, words=(), **changes) -> CheckForm:
    """What a browser would send of the form as it is shown; `words` are (fact, word, meaning)."""
    data = QueryDict(mutable=True)
    for fact, meanings in [*form.values.items(), ("", form.investors)]:
        name = f"value-{fact}" if fact else "investor"
        for word, meaning in meanings.items():
            data.appendlist(f"{name}-word", word)
            data.appendlist(f"{name}-meaning", NOT_KNOWN if meaning == "" else meaning)
    for fact, word, meaning in words:
        name = f"value-{fact}" if fact else "investor"
        data.appendlist(f"{name}-word", word)
        data.appendlist(f"{name}-meaning", meaning)
    data.update(
        {
            "name": form.name, "delivery": form.delivery, "ai": form.ai,
            "ai_column": form.ai_column, "ai_words": form.ai_words,
        }
    )  # fmt: skip
    if form.has_population:
        data["has_population"] = "on"
    for key, text in form.population.items():
        data[f"population-{key}"] = text
    for name, value in changes.items():
        data[name.replace("__", "-")] = value
    return CheckForm.of_post(data)


def fields(form: CheckForm) -> list[str]:
    return [fault.field for fault in form.faults()]


def test_a_profile_comes_out_as_it_went_in():
    form = sent(CheckForm.of_draft(tables()))
    assert form.faults() == []
    before, after = (load_profile(profile_toml(t)) for t in (tables(), form.written_into(tables())))
    for name in ("name", "delivery", "values", "investors", "population", "ai", "columns"):
        assert getattr(after, name) == getattr(before, name), name


def test_a_new_meaning_goes_before_an_old_wildcard_and_an_old_one_can_be_changed():
    words = [("round_type", "Start B", "series_b"), ("", "Sequoia", "USA")]
    form = sent(CheckForm.of_draft(tables()), words=words)
    draft = form.written_into(tables())
    assert list(draft["values"]["round_type"].items()) == [
        ("Start B", "series_b"), ("Start*", "seed"), ("Sonst", "")
    ]  # fmt: skip
    assert draft["investors"] == {"Sequoia": "USA", "Bosch*": "DE"}
    form.values["round_type"] |= {"Start*": "series_a", "Sonst": None}
    changed = form.written_into(tables())["values"]["round_type"]
    assert changed == {"Start B": "series_b", "Start*": "series_a"}


def test_a_word_that_nobody_decided_on_is_not_written():
    form = sent(CheckForm.of_draft(tables()), words=[("kind", "Deal", ""), ("", "Gobi", "")])
    draft = form.written_into(tables())
    assert "kind" not in draft["values"]
    assert draft["investors"] == {"Bosch*": "DE"}


def test_a_meaning_that_is_no_word_of_the_register_is_named_at_its_field():
    words = [("currency", "Taler", "THALER"), ("currency", "Geld", "EUR"), ("", "X", "Wunderland")]
    form = sent(CheckForm.of_draft(tables()), words=words)
    assert fields(form) == ["value-currency-0", "investor-1"]


def test_a_rule_on_tags_needs_a_column_and_words():
    form = sent(CheckForm.of_draft(tables()), ai_column="", ai_words="\n \n")
    assert fields(form) == ["ai_column", "ai_words"]
    assert "ai" not in sent(form, ai="").written_into(tables())
    assert sent(form, ai="always-yes").written_into(tables())["ai"] == {"always": "yes"}


def test_a_population_is_checked_when_it_is_declared_and_dropped_when_it_is_not():
    form = CheckForm.of_draft(tables())
    wrong = {"population__code": "A b", "population__title": "", "population__accessed_on": "1.2."}
    assert fields(sent(form, **wrong)) == [
        "population-code", "population-title", "population-accessed_on"
    ]  # fmt: skip
    form.has_population = False
    assert sent(form, **wrong).faults() == []
    assert "population" not in sent(form).written_into(tables())


def test_invented_data_stays_called_so():
    draft = sent(CheckForm.of_draft(tables())).written_into(tables())
    assert draft["population"]["generated"] is True
