"""Unit and currency that a header gives: “Amount (USD m)”, “金额(万元)”, “Betrag in Mio. EUR”."""

import re
import unicodedata
from decimal import Decimal

from deals.rules.currencies import CURRENCIES

SCALES = {
    "1000": "k tsd tausend thousand thousands 000 000s mille milliers teur keur kusd krmb t",
    "1000000": "m mn mio mln mm million millions millionen meur musd mrmb mil mill",
    "1000000000": "bn b mrd mia md mds billion billions milliarde milliarden milliard milliards",
}
HAN_SCALES = {
    "十亿": "1000000000", "亿": "100000000", "億": "100000000", "千万": "10000000",
    "千萬": "10000000", "百万": "1000000", "百萬": "1000000", "十万": "100000", "万": "10000",
    "萬": "10000", "千": "1000",
}  # fmt: skip
# The longer words stand before those that they contain.
CURRENCY_SIGNS = {
    "us$": "USD", "hk$": "HKD", "nt$": "TWD", "cn¥": "CNY", "人民币": "CNY", "人民幣": "CNY",
    "港元": "HKD", "港币": "HKD", "美元": "USD", "美金": "USD", "欧元": "EUR", "歐元": "EUR",
    "英镑": "GBP", "日元": "JPY", "瑞士法郎": "CHF", "新台币": "TWD", "rmb": "CNY", "€": "EUR",
    "£": "GBP", "$": "USD", "元": "CNY", "¥": "CNY", "￥": "CNY",
}  # fmt: skip
CURRENCY_WORDS = {
    "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "yuan": "CNY",
    "renminbi": "CNY", "pounds": "GBP", "teur": "EUR", "keur": "EUR", "meur": "EUR",
    "musd": "USD", "kusd": "USD", "mrmb": "CNY", "krmb": "CNY",
}  # fmt: skip
PARTICLES = frozenset([*"元万亿美欧千百单位", "in", "en", "rmb", "us", "eq"])
WORD = re.compile(r"[a-z]+|[0-9]+s?")
_SCALE_OF = {word: Decimal(value) for value, words in SCALES.items() for word in words.split()}
# Letters that are a scale only beside a currency: “€ m”, and not “m” or “t” alone.
_SHORT = frozenset({"m", "b", "t", "k", "md", "mil"})


def is_unit_word(word: str) -> bool:
    """Whether a word of a header (any case) only tells the unit or the currency."""
    folded = word.casefold()
    return (
        folded in _SCALE_OF
        or folded in CURRENCY_WORDS
        or folded.upper() in CURRENCIES
        or folded in PARTICLES
    )


def unit_of(header: str) -> tuple[Decimal, str | None]:
    """The factor for bare numbers (1 where none is given) and the currency's code, if any."""
    text = unicodedata.normalize("NFKC", header.replace("￥", "¥")).casefold()
    currency = _currency(text)
    return _scale(text, currency), currency


def _currency(text: str) -> str | None:
    for word in WORD.findall(text):
        if word.upper() in CURRENCIES and word not in {"all", "top", "mad", "cup", "try"}:
            return word.upper()
        if word in CURRENCY_WORDS:
            return CURRENCY_WORDS[word]
    return next((code for sign, code in CURRENCY_SIGNS.items() if sign in text), None)


def _scale(text: str, currency: str | None) -> Decimal:
    for han, value in HAN_SCALES.items():
        if han in text:
            return Decimal(value)
    # M€, k$, €m: a letter glued to a sign is a word of its own here.
    words = WORD.findall(text)
    for word in words:
        if word in _SCALE_OF and (word not in _SHORT or currency):
            return _SCALE_OF[word]
    return Decimal(1)
