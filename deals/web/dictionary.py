"""The data dictionary: every field of a deal's document, what it holds, and how it is written."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is the path in the document; `kind` how a value is written; null where unknown."""

    name: str
    kind: Promise
    meaning: Promise


TEXT, CODE, DAY = _("text"), _("code"), _("day, ISO 8601")
MONEY, YES_NO, NUMBER = _("decimal as text"), _("true or false"), _("whole number")
FIELDS = (
    Field("id", CODE, _("The deal’s public identifier. It never changes.")),
    Field("version", NUMBER, _("The number of this version of the deal.")),
    Field("target.id", CODE, _("The target’s public identifier.")),
    Field("target.name", TEXT, _("Its name as the source states it.")),
    Field("target.country", CODE, _("Its headquarters as of the deal, ISO 3166-1.")),
    Field("target.country_basis", CODE, _("Stated for this deal, or known of the organization.")),
    Field("kind", CODE, _("Kind of deal.")),
    Field("round_type", CODE, _("Type of funding round.")),
    Field("status", CODE, _("Status now.")),
    Field("status_history", _("list"), _("Earlier statuses with dates, authority and reason.")),
    Field("date.first", DAY, _("First day on which it may have been.")),
    Field("date.last", DAY, _("Last such day; the same for a date known to the day.")),
    Field("date.precision", CODE, _("day, month, quarter, year, range or none.")),
    Field("date.basis", CODE, _("Announced or completed.")),
    Field("recorded_on", DAY, _("When the supplier recorded the deal.")),
    Field("amount.state", CODE, _("exact, approximate, range or undisclosed.")),
    Field("amount.low", MONEY, _("The amount, or the low end of its range.")),
    Field("amount.high", MONEY, _("The amount, or the high end of its range.")),
    Field("amount.currency", CODE, _("ISO 4217.")),
    Field("amount.text", TEXT, _("As it stands in the source file.")),
    Field("amount.eur", MONEY, _("Both ends in euro; null where they cannot be converted.")),
    Field("amount.usd", MONEY, _("Both ends in US dollars.")),
    Field("amount.cny", MONEY, _("Both ends in renminbi.")),
    Field("amount.rate", _("record"), _("The rate’s kind, day and note; whether provisional.")),
    Field("investor_list", CODE, _("complete, partial or none.")),
    Field("investors[].id", CODE, _("Public identifier; null for one whom nobody names.")),
    Field("investors[].name", TEXT, _("Name as the source states it.")),
    Field("investors[].country", CODE, _("Headquarters as of the deal.")),
    Field("investors[].country_basis", CODE, _("Stated, known of the organization, or unknown.")),
    Field("investors[].ultimate_countries", _("codes"), _("Countries of the owners at the top.")),
    Field("investors[].ultimate_basis", CODE, _("On evidence, dispersed, or not researched.")),
    Field("investors[].state_linked", YES_NO, _("Whether a state holds a stake above it.")),
    Field("investors[].lead", YES_NO, _("Whether it led the round.")),
    Field("investors[].contribution", MONEY, _("What it paid, in the deal’s currency.")),
    Field("investors[].stake_percent", MONEY, _("The part of the target that it got.")),
    Field("ai", CODE, _("Whether the target works on AI: yes, no, unknown.")),
    Field("ai_basis", TEXT, _("On what that judgement rests.")),
    Field("sectors", _("codes"), _("Sectors of the target.")),
    Field("part_of", CODE, _("The umbrella deal that this one is a part of.")),
    Field("population", CODE, _("The population it belongs to; null for the case list.")),
    Field("generated", YES_NO, _("Invented for demonstration.")),
    Field("external_id", TEXT, _("The supplier’s own identifier.")),
    Field("notes", TEXT, _("What else a reader should know.")),
    Field("choices", _("record"), _("By fact: why this value was chosen where sources disagree.")),
    Field("sources[].field", CODE, _("The fact it is about; null for the deal as a whole.")),
    Field("sources[].title", TEXT, _("Title of the page, or name of the supplier’s file.")),
    Field("sources[].url", TEXT, _("Address of the page.")),
    Field("sources[].publisher", TEXT, _("Who published it.")),
    Field("sources[].published_on", DAY, _("When it was published.")),
    Field("sources[].accessed_on", DAY, _("When somebody last read it.")),
    Field("sources[].quote", TEXT, _("Its own words.")),
    Field("sources[].locator", TEXT, _("Where in it: a page, or rows of a file.")),
    Field("sources[].stated", TEXT, _("What it states, where another value was chosen.")),
    Field("published_at", _("time, UTC"), _("When this version took effect.")),
    Field("reason", TEXT, _("Why this version was published.")),
    Field("import_id", NUMBER, _("The import that brought it.")),
)
