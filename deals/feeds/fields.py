"""The facts that a profile can map, and the rule of each: the rules of a person's form, too."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from deals.rules import vocab
from deals.rules.amounts import parse_currency
from deals.rules.countries import country_code
from deals.rules.dates import parse_date
from deals.rules.errors import RuleError, quoted

FIELDS = (
    "target_name", "target_id", "target_country", "announced_on", "date_basis", "amount",
    "currency", "investor_name", "investor_id", "investor_country", "investors", "round_type",
    "kind", "status", "status_history", "sectors", "ai", "ai_basis", "investor_list", "lead",
    "contribution", "stake", "external_id", "part_of", "source_url", "source_title",
    "source_field", "source_quote", "recorded_on", "notes",
)  # fmt: skip
AI = ("yes", "no", "unknown")
INVESTOR_LISTS = ("complete", "partial", "none")
DATE_BASES = ("announced", "completed")
COUNTRY_BASES = ("stated", "headquarters")
YES = frozenset({"yes", "y", "true", "1", "lead", "x", "ja", "oui", "是"})
NO = frozenset({"no", "n", "false", "0", "nein", "non", "否"})
# Of bytes: address and title stand together in an index, whose entries PostgreSQL limits.
LONGEST_URL = 1_000
STAKE_PLACES = Decimal("0.0001")


def choice(words: tuple[str, ...]) -> Callable[[str], str]:
    """A rule that takes one of a few words, in any case."""

    def rule(text: str) -> str:
        word = text.strip().casefold()
        if word not in words:
            raise RuleError("unknown_word", f"{quoted(text)} can only be {' or '.join(words)}.")
        return word

    return rule


def yes_no(text: str) -> bool | None:
    """True, False, or None for a blank."""
    word = text.strip().casefold()
    if not word or word in YES or word in NO:
        return None if not word else word in YES
    raise RuleError("not_yes_or_no", f"{quoted(text)} is neither yes nor no.")


def ai(text: str) -> str:
    """yes, no or unknown; a blank is unknown, and true and false are understood."""
    word = text.strip().casefold()
    if word in AI or not word:
        return word or "unknown"
    if word in YES | NO:
        return "yes" if word in YES else "no"
    raise RuleError("unknown_word", f"{quoted(text)} can only be yes, no or unknown.")


def stake(text: str) -> Decimal | None:
    """A share of the target in percent, above 0 and up to 100, four places; None for a blank."""
    bare = text.strip().removesuffix("%").strip().replace(",", ".")
    if not bare:
        return None
    try:
        value = Decimal(bare)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 < value <= 100:
        raise RuleError(
            "stake_not_understood", f"{quoted(text)} is not a percentage above 0 and up to 100."
        )
    return value.quantize(STAKE_PLACES)


def recorded_on(text: str) -> date | None:
    """The supplier's own record date; of a month or year its last day, when it was surely known."""
    return parse_date(text, order=None).last


def sectors(words: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    """A rule for a cell of several sectors; `words` maps a supplier's word to ours first."""

    def rule(text: str) -> tuple[str, ...]:
        entries = [words(entry.strip()) for entry in re.split(r"[;；|,，、]", text)]
        return tuple(dict.fromkeys(vocab.sector(entry) for entry in entries if entry))

    return rule


def text_up_to(limit: int) -> Callable[[str], str]:
    """A rule that keeps any text that the register has room for."""

    def rule(text: str) -> str:
        if len(text) > limit:
            raise RuleError(
                "text_too_long",
                f"{quoted(text, 40)} has {len(text)} characters, more than {limit}.",
            )
        return text

    return rule


def url(text: str) -> str:
    """The address of a web page."""
    if text and (
        len(text.encode()) > LONGEST_URL
        or not re.fullmatch(r"https?://[^\s/]+\S*", text, re.IGNORECASE)
    ):
        raise RuleError(
            "not_an_address",
            f"{quoted(text)} is not the address of a web page: it begins with http:// or https:// "
            "and has at most 1,000 bytes.",
        )
    return text


def identifier(scheme: str) -> Callable[[str], str]:
    """A rule that says whose id it is: "scheme:value"; "" for a blank."""
    keep = text_up_to(250)
    return lambda text: f"{scheme}:{keep(text)}" if text else ""


CLOSED: dict[str, Callable[[str], Any]] = {
    "target_country": country_code,
    "investor_country": country_code,
    "country_basis": choice(COUNTRY_BASES),
    "date_basis": choice(DATE_BASES),
    "investor_list": choice(INVESTOR_LISTS),
    "currency": parse_currency,
    "round_type": vocab.round_type,
    "kind": vocab.kind,
    "status": vocab.status,
    "ai": ai,
    "lead": yes_no,
    "sectors": sectors(lambda word: word),
}


def check_word(field: str, word: str) -> None:
    """Whether a profile may give this word for a field. "" always means: not known."""
    if word and field in CLOSED:
        CLOSED[field](word)
