"""The form of the wizard's step “Check”: words, countries, AI, the population, the feed's name."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict

from deals.desk.columns_form import words_of
from deals.desk.faults import Fault
from deals.desk.file_words import FIELDS
from deals.feeds.fields import check_word
from deals.rules.errors import RuleError

Tables = Mapping[str, Any]
POPULATION = ("code", "title", "accessed_on", "ai_definition")
# What the page sends for a word that means "not known"; a profile writes it as "".
NOT_KNOWN = "(not known)"
Meanings = dict[str, str | None]


@dataclass(slots=True)
class CheckForm:
    """As shown. `values` are words of the file with their meaning by fact, "" for one that means
    "not known" and None for one that nobody has decided on; `investors` are names with a country.
    `ai` is always-yes, always-no, always-unknown, column or "" (nothing is said).
    """

    name: str = ""
    delivery: str = "delta"
    values: dict[str, Meanings] = field(default_factory=dict)
    investors: Meanings = field(default_factory=dict)
    ai: str = ""
    ai_column: str = ""
    ai_words: str = ""
    has_population: bool = False
    population: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_draft(cls, tables: Tables) -> "CheckForm":
        """From a profile."""
        rule, population = tables.get("ai", {}), tables.get("population", {})
        when = rule.get("when", {})
        words = when.get("contains", ())
        return cls(
            name=tables.get("name", ""),
            delivery=tables.get("delivery", "delta"),
            values={fact: dict(words) for fact, words in tables.get("values", {}).items()},
            investors=dict(tables.get("investors", {})),
            ai="column" if when else f"always-{rule['always']}" if "always" in rule else "",
            ai_column=when.get("column", ""),
            ai_words="\n".join([words] if isinstance(words, str) else words),
            has_population=bool(population),
            population={key: str(population.get(key, "") or "") for key in POPULATION},
        )

    @classmethod
    def of_post(cls, data: QueryDict) -> "CheckForm":
        """From what was sent; words and their meanings come as lists of one length."""
        form = cls(
            name=data.get("name", "").strip(),
            delivery=data.get("delivery", ""),
            ai=data.get("ai", ""),
            ai_column=data.get("ai_column", ""),
            ai_words=data.get("ai_words", ""),
            has_population="has_population" in data,
            population={key: data.get(f"population-{key}", "").strip() for key in POPULATION},
        )
        for fact in FIELDS:
            sent = _pairs(data, f"value-{fact}")
            if sent:
                form.values[fact] = sent
        form.investors = _pairs(data, "investor")
        return form

    def written_into(self, tables: Tables) -> dict[str, Any]:
        """The draft with what this form says. Meanings of words that the page did not show stay."""
        draft = dict(tables)
        draft |= {"name": self.name, "delivery": self.delivery}
        draft["values"] = _merged(draft.get("values", {}), self.values)
        draft["investors"] = _decided(draft.get("investors", {}), self.investors)
        if rule := self._rule():
            draft["ai"] = rule
        else:
            draft.pop("ai", None)
        draft.pop("population", None)
        if self.has_population:
            generated = {"generated": True} if _generated(tables) else {}
            draft["population"] = _population(self.population) | generated
        return draft

    def _rule(self) -> dict[str, Any]:
        if self.ai == "column":
            return {"when": {"column": self.ai_column, "contains": words_of(self.ai_words)}}
        return {"always": self.ai.removeprefix("always-")} if self.ai else {}

    def faults(self) -> list[Fault]:
        """What can be said of the form itself; the profile's own check comes after it."""
        found = [*self._meanings()]
        if not self.name:
            found.append(Fault("name", "Give the format a name, such as the supplier’s."))
        if self.ai == "column" and not self.ai_column:
            found.append(Fault("ai_column", "Choose the column that tells which deals are AI."))
        if self.ai == "column" and not words_of(self.ai_words):
            found.append(Fault("ai_words", "Give the words that mean AI, one a line."))
        if self.has_population:
            found += self._population_faults()
        return found

    def _meanings(self) -> list[Fault]:
        rules = {f"value-{fact}": (fact, words) for fact, words in self.values.items()}
        rules["investor"] = ("investor_country", self.investors)
        found = []
        for name, (fact, words) in rules.items():
            for at, meaning in enumerate(words.values()):
                try:
                    check_word(fact, meaning or "")
                except RuleError as error:
                    found.append(Fault(f"{name}-{at}", error.message))
        return found

    def _population_faults(self) -> list[Fault]:
        found = []
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", self.population["code"]):
            message = "Give the population a short code of small letters, digits, - and _."
            found.append(Fault("population-code", message))
        if not self.population["title"]:
            found.append(Fault("population-title", "Say what the population is, in a few words."))
        day = self.population["accessed_on"]
        try:
            date.fromisoformat(day or "2000-01-01")
        except ValueError:
            message = f"“{day}” is not a day: write it like 2026-03-31."
            found.append(Fault("population-accessed_on", message))
        return found


def _pairs(data: QueryDict, name: str) -> Meanings:
    words, meanings = data.getlist(f"{name}-word"), data.getlist(f"{name}-meaning")
    return {word: _meaning(sent.strip()) for word, sent in zip(words, meanings, strict=False)}


def _meaning(sent: str) -> str | None:
    return "" if sent == NOT_KNOWN else sent or None


def _merged(old: Tables, new: Mapping[str, Meanings]) -> dict[str, dict[str, str]]:
    """Words with their meanings, by fact."""
    facts = dict.fromkeys([*old, *new])
    merged = {fact: _decided(old.get(fact, {}), new.get(fact, {})) for fact in facts}
    return {fact: words for fact, words in merged.items() if words}


def _decided(old: Mapping[str, str], new: Meanings) -> dict[str, str]:
    """Old meanings in their order, changed or taken away as `new` says.

    Words that are new go first: the first match wins, and an old one may be a wildcard.
    """
    added = {word: text for word, text in new.items() if word not in old and text is not None}
    kept = {word: new.get(word, text) for word, text in old.items()}
    return added | {word: text for word, text in kept.items() if text is not None}


def _population(sent: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {key: text for key, text in sent.items() if text}
    if "accessed_on" in found:
        # What is no day is kept as it was typed, to be shown beside the sentence that says so.
        with suppress(ValueError):
            found["accessed_on"] = date.fromisoformat(found["accessed_on"])
    return found


def _generated(tables: Tables) -> bool:
    return bool(tables.get("population", {}).get("generated"))
