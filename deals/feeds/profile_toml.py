"""A profile is read from TOML here; `docs/feeds.md` describes every key.

Whatever is wrong in a profile is refused by name before the file is opened, because a profile
that is half understood would import half-understood deals.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from deals.feeds.fields import FIELDS, check_word
from deals.feeds.profile import AiRule, Pattern, PopulationFacts, Profile, SkipRule
from deals.feeds.refusals import Refused
from deals.feeds.toml_section import Section
from deals.feeds.toml_text import read_toml
from deals.rules.errors import RuleError

ROWS = ("participation", "deal")
DELIMITER_NAMES = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "\\t": "\t"}


def load_profile(text: str) -> Profile:
    """Read a profile. Raises `Refused` with the first thing that is wrong."""
    table = read_toml(text)
    top = Section(table, "the profile")
    name = top.text("name").strip()
    if not name:
        raise top.refuse("name", "is empty: say which supplier's format this is.")
    columns = _columns(top)
    rows = top.word("rows", ROWS, "participation" if "investor_name" in columns else "deal")
    code = _slug(top, "code", top.text("code", _slugged(name)))
    profile = Profile(
        name=name[:200],
        code=code,
        rows=rows,
        delivery=top.word("delivery", ("delta", "full"), "delta"),
        encoding=top.text("encoding", "auto"),
        delimiter=_delimiter(top),
        skip_rows=top.number("skip_rows", 0),
        fill_down=top.texts("fill_down"),
        skip_when=_skip_when(top),
        investors_separator=_separators(top),
        sources_separator=top.maybe("sources_separator"),
        unknown=frozenset(word.strip().casefold() for word in top.texts("unknown")),
        key=_key(top, columns),
        columns=columns,
        **_dates_and_amounts(top),
        constants=_constants(top),
        population=_population(top),
        values=_values(top),
        investors=_investor_countries(top),
        ai=_ai(top),
        id_scheme=_slug(top, "ids", top.text("ids", code))[:32],
        text=text,
    )
    top.close()
    _refuse_contradictions(profile)
    return profile


def _columns(top: Section) -> dict[str, str]:
    section = top.section("columns")
    if section is None:
        raise Refused(
            "Profile: the table [columns] is missing: it says which column is which fact."
        )
    found = {field: section.maybe(field) for field in FIELDS}
    columns = {field: column for field, column in found.items() if column is not None}
    section.close()
    for field, column in columns.items():
        if not column.strip():
            raise section.refuse(field, "is empty: name a column of the file.")
    if "target_name" not in columns:
        raise section.refuse("target_name", "is missing: every deal has a target.")
    return {field: column.strip() for field, column in columns.items()}


def _key(top: Section, columns: dict[str, str]) -> tuple[str, ...]:
    section = top.section("deal")
    if section is None:
        if "external_id" in columns:
            return (columns["external_id"],)
        raise Refused(
            "Profile: the table [deal] is missing: say which columns identify a deal, with "
            "key = [“column”, …] or external_id = “column”."
        )
    key = section.texts("key")
    external_id = section.maybe("external_id")
    section.close()
    if bool(key) == bool(external_id):
        raise Refused("Profile: [deal] needs either key = [“column”, …] or external_id = “column”.")
    if external_id:
        columns.setdefault("external_id", external_id.strip())
        return (external_id.strip(),)
    return tuple(_key_column(part.strip(), columns) for part in key)


def _key_column(part: str, columns: dict[str, str]) -> str:
    """A column of the file, or the column that a fact of the register is mapped to."""
    return part if part in columns.values() else columns.get(part, part)


def _dates_and_amounts(top: Section) -> dict[str, Any]:
    dates = top.section("dates") or Section({}, "[dates]")
    order = dates.word("order", ("ymd", "dmy", "mdy", ""), "") or None
    dates.close()
    amounts = top.section("amounts") or Section({}, "[amounts]")
    decimal = amounts.word("decimal", (".", ","), ".")
    raw = amounts.raw("unit")
    amounts.close()
    try:
        unit = Decimal(1) if raw is None else Decimal(str(raw))
    except InvalidOperation:
        unit = Decimal(0)
    if isinstance(raw, bool) or not unit.is_finite() or unit <= 0:
        raise amounts.refuse("unit", f"has to be a number above zero, and is {raw!r}.")
    return {"date_order": order, "unit": unit, "decimal": decimal}


def _delimiter(top: Section) -> str:
    text = top.text("delimiter", "auto")
    chosen = DELIMITER_NAMES.get(text, text)
    if chosen != "auto" and (len(chosen) != 1 or chosen in '"\r\n'):
        raise top.refuse("delimiter", f"is “{text}”, and can be auto, tab or one character.")
    return chosen


def _separators(top: Section) -> tuple[str, ...]:
    separators = top.texts("investors_separator", (";", "；"))
    if not all(separators):
        raise top.refuse("investors_separator", "holds an empty text.")
    return separators


def _skip_when(top: Section) -> SkipRule | None:
    section = top.section("skip_when")
    if section is None:
        return None
    rule = SkipRule(
        section.text("column").strip(),
        frozenset(word.strip().casefold() for word in section.texts("in")),
    )
    section.close()
    if not rule.words:
        raise section.refuse("in", "is missing: list the words, such as [“”, “-”].")
    return rule


def _constants(top: Section) -> dict[str, str]:
    section = top.section("constants")
    if section is None:
        return {}
    constants = {}
    for field in [*FIELDS, "country_basis"]:
        if (value := section.maybe(field)) is not None:
            constants[field] = _checked(section, field, field, value)
    section.close()
    return constants


def _population(top: Section) -> PopulationFacts | None:
    section = top.section("population")
    if section is None:
        return None
    code = _slug(section, "code", section.text("code"))
    accessed = section.raw("accessed_on")
    try:
        day = date.fromisoformat(accessed) if isinstance(accessed, str) else accessed
    except ValueError:
        day = 0
    if day is not None and type(day) is not date:
        raise section.refuse("accessed_on", f"has to be a day like 2014-03-01, not {accessed!r}.")
    facts = PopulationFacts(
        code,
        section.text("title"),
        day,
        section.text("ai_definition", ""),
        section.flag("generated"),
    )
    section.close()
    for key, text, limit in (
        ("title", facts.title, 300),
        ("ai_definition", facts.ai_definition, 500),
    ):
        if len(text) > limit:
            raise section.refuse(key, f"has {len(text)} characters, more than {limit}.")
    return facts


def _values(top: Section) -> dict[str, tuple[Pattern, ...]]:
    section = top.section("values")
    if section is None:
        return {}
    values = {}
    for field in FIELDS:
        mapped = section.pairs(field)
        where = f"[values.{field}]"
        for word, meaning in mapped.items():
            _checked(Section({}, where), f"“{word}”", field, meaning)
        if mapped:
            values[field] = tuple(_patterns(mapped))
    section.close()
    return values


def _investor_countries(top: Section) -> tuple[Pattern, ...]:
    mapped = top.pairs("investors")
    for name, country in mapped.items():
        _checked(Section({}, "[investors]"), f"“{name}”", "investor_country", country)
    return tuple(_patterns(mapped))


def _ai(top: Section) -> AiRule | None:
    section = top.section("ai")
    if section is None:
        return None
    always = section.maybe("always")
    when = section.section("when")
    section.close()
    if (always is None) == (when is None):
        raise Refused(
            "Profile: [ai] needs either always = “yes”, “no” or “unknown”, or when = {…}."
        )
    if when is None:
        assert always is not None
        return AiRule(_checked(section, "always", "ai", always), None, ())
    column, words = when.text("column").strip(), when.texts("contains")
    when.close()
    if not words or not all(word.strip() for word in words):
        raise when.refuse("contains", "needs at least one word.")
    return AiRule(None, column, words)


def _checked(section: Section, key: str, field: str, word: str) -> str:
    """A word of the profile obeys the rule that the file's cells obey."""
    try:
        check_word(field, word)
    except RuleError as error:
        raise section.refuse(key, f"is not valid. {error.message}") from None
    return word


def _patterns(mapped: dict[str, str]) -> Iterator[Pattern]:
    for word, meaning in mapped.items():
        yield _pattern(word.strip()), meaning.strip()


def _pattern(word: str) -> re.Pattern[str]:
    """Only * is special: brackets and question marks occur in suppliers' words."""
    first, *others = (re.escape(part) for part in word.split("*"))
    # The first place where a part stands is as good as any later one, and so is never left again:
    # else *a*a*a*b would try the cells of a hostile file for hours.
    between = "".join(f"(?>.*?{part})" for part in others[:-1])
    last = f".*{others[-1]}" if others else ""
    return re.compile(first + between + last, re.IGNORECASE | re.DOTALL)


def _slugged(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:64] or "feed"


def _slug(section: Section, key: str, code: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", code):
        raise section.refuse(
            key, f"is “{code}”, and can hold small letters, digits, - and _, at most 64."
        )
    return code


def _refuse_contradictions(profile: Profile) -> None:
    if profile.rows == "participation" and not {"investor_name", "investors"} & set(
        profile.columns
    ):
        raise Refused(
            "Profile: rows = “participation” needs investor_name in [columns]; for one row per "
            "deal write rows = “deal”."
        )
