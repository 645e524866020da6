"""First step of reading an amount: from its text to numbers, scales, currencies and shades."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from deals.rules.amount_words import Kind, Token, not_understood, tokens
from deals.rules.errors import RuleError, quoted

# A spreadsheet's accounting format pads the sign with a TAB and groups by the sheet's own locale:
# "$<TAB>1.740" was 1,740 on the screen. Without the TAB, 1.740 stays 1.74.
_ACCOUNTING = re.compile(r"\s*([$€£¥])\t\s*([0-9]{1,3}(?:\.[0-9]{3})+)\s*")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord("￥"): "¥",
    ord("￡"): "£",
    ord("￠"): "¢",
    ord("～"): "~",
    ord("〜"): "~",
    ord("∼"): "~",
}
# "¥2.0B (≈$282M)" and "1.2亿元，约合1800万美元" repeat the amount in another currency.
_ASIDE = re.compile(r"\(([^()]*)\)")
_CODE = r"(?:usd|eur|cny|rmb|gbp|hkd|dollar|euro|yuan)"
_REPEATED = re.compile(
    rf"[0-9].*(?:[$€£¥≈~=%约合元币镑]|\b{_CODE})|(?:[$€£¥≈~=约合]|{_CODE}|about|around|approx|equiv)"
    r".*[0-9]|tens of|hundreds of|[数几]"
)
_CONVERTED = re.compile(r"(?<=\S)\s*(?:≈|,?\s*(?:约合|折合|equivalent to)).*")


@dataclass(slots=True)
class Quantity:
    """A number with its scale while the text is being read; either may be missing."""

    number: str | None = None
    scale: Decimal | None = None
    many: Decimal | None = None
    word: str = ""
    spelled: bool = False


@dataclass(slots=True)
class Reading:
    """What has been found in one text."""

    quantities: list[Quantity] = field(default_factory=list)
    currencies: list[tuple[str, ...]] = field(default_factory=list)
    about: bool = False
    level: bool = False
    secret: bool = False
    between: bool = False
    joined: bool = False


def fold(text: str) -> str:
    """Casefolded, full-width signs and digits made plain, all white space one space."""
    if accounting := _ACCOUNTING.fullmatch(text):
        text = accounting[1] + accounting[2].replace(".", "")
    return " ".join(text.translate(_FULL_WIDTH).casefold().split())


def read(text: str) -> Reading:
    """What ``text`` says, before any number is interpreted; the first amount stated wins."""
    clean = fold(text)
    if re.fullmatch(r"\(\D{0,4}[0-9][0-9.,]*\)", clean):
        raise negative(text)
    # An aside with another amount goes; one that only names the currency or a shade stays.
    stated = _ASIDE.sub(lambda aside: "" if _REPEATED.search(aside[1]) else f" {aside[1]} ", clean)
    stated = _CONVERTED.sub("", stated)
    reading = Reading()
    for token in tokens(stated, text):
        _take(reading, token, text)
    if reading.secret and stated != clean and re.search("[0-9]", clean):
        raise not_understood(text)
    return reading


def _take(reading: Reading, token: Token, text: str) -> None:
    last = reading.quantities[-1] if reading.quantities else None
    match token.kind:
        case Kind.NUMBER | Kind.COUNT:
            if last is None or last.number is not None or last.many is not None:
                last = Quantity()
                reading.quantities.append(last)
            last.number, last.spelled = str(token.value), token.kind is Kind.COUNT
        case Kind.SCALE:
            if last is None:
                last = Quantity()
                reading.quantities.append(last)
            if last.scale is not None:
                raise not_understood(text, token.text)
            assert isinstance(token.value, Decimal)
            last.scale, last.word = token.value, token.text
        case Kind.MANY | Kind.FIGURES:
            assert isinstance(token.value, Decimal)
            scale = Decimal(1) if token.kind is Kind.FIGURES else None
            reading.quantities.append(Quantity(many=token.value, scale=scale))
        case Kind.CURRENCY:
            assert isinstance(token.value, tuple)
            reading.currencies.append(token.value)
        case Kind.DASH | Kind.AND:
            _join(reading, token, text)
        case Kind.ABOUT:
            # A plus sign in front of a number is only a sign.
            reading.about |= token.text != "+" or last is not None
        case Kind.BETWEEN:
            reading.between = True
        case Kind.LEVEL:
            reading.level = True
        case Kind.SECRET:
            reading.secret = True


def _join(reading: Reading, token: Token, text: str) -> None:
    if token.kind is Kind.AND and not reading.between:
        raise not_understood(text, token.text)
    if not reading.quantities:
        if token.text == "~":
            reading.about = True
            return
        raise negative(text) if token.text in "-–—−" else not_understood(text, token.text)
    if len(reading.quantities) > 1:
        raise not_understood(text, token.text)
    reading.joined = True


def negative(text: str) -> RuleError:
    """The error for an amount below zero, also in an accountant's brackets."""
    return RuleError(
        "negative_amount",
        f"{quoted(text)} is negative: the amount of a deal is above zero, or blank if not known.",
    )
