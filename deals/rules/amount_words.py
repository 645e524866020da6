"""The words of amounts in English, Chinese, German and French: scales, shades and separators."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum, auto
from typing import NamedTuple

from deals.rules.currencies import CURRENCIES, CURRENCY_WORDS
from deals.rules.errors import RuleError, quoted


class Kind(Enum):
    """What a token does in an amount."""

    NUMBER = auto()  # text of a number, its separators not yet interpreted
    COUNT = auto()  # text of a number that is written out, and needs a scale: three, half
    SCALE = auto()  # Decimal: million, 万, bn
    MANY = auto()  # Decimal: "tens of" millions, 数 before 千万
    FIGURES = auto()  # Decimal: a range by itself, "seven-figure"
    CURRENCY = auto()  # the codes that a sign or word may mean
    ABOUT = auto()  # about, nearly, at least, up to
    DASH = auto()  # between the two ends of a range, or a minus
    AND = auto()  # joins the ends of a range only after "between"
    BETWEEN = auto()
    LEVEL = auto()  # 级: "of the order of"
    SECRET = auto()  # undisclosed
    NOTHING = auto()  # words that change nothing


class Token(NamedTuple):
    """One piece of an amount, with the text it was read from."""

    kind: Kind
    value: Decimal | str | tuple[str, ...] | None
    text: str


_SCALES = {
    "1e2": "百 hundred",
    "1e3": "k thousand thousands tsd tausend mille teur 千",
    "1e4": "万 萬",
    "1e6": "m mn mm mil mill mio million millions millionen mln millionenbetrag millionenhöhe",
    "1e9": "b bn bln bil billion billions mrd mia md mds milliard milliards milliarde milliarden"
    " milliardenbetrag milliardenhöhe",
    "1e12": "tn trn tln trillion trillions billionen",
    "1e8": "亿 億",
}
# A comma before these is more likely a decimal comma, see amounts._number.
COMMA_SCALES = frozenset(
    {"mio", "mrd", "mia", "millionen", "milliard", "milliards", "milliarde", "milliarden"}
)
# "millions of dollars", without a number, is some millions.
PLURAL_SCALES = frozenset(
    {"thousands", "millions", "billions", "trillions", "millionen", "milliarden"}
    | {"millionenbetrag", "milliardenbetrag", "millionenhöhe", "milliardenhöhe"}
)
_MANY = {
    "1": "several|a few|few|multi|multiple|single-digit|single digit|einstellig|einstellige"
    "|einstelliger|einstelligen|einstelliges|mehrere|einige|plusieurs|quelques|数|數|几|幾",
    "10": "tens of|double-digit|double digit|zweistellig|zweistellige|zweistelliger"
    "|zweistelligen|zweistelliges|dizaines de|des dizaines de",
    "100": "hundreds of|triple-digit|triple digit|dreistellig|dreistellige|dreistelliger"
    "|dreistelligen|dreistelliges|centaines de|des centaines de",
}
_FIGURES = {
    "1e5": "six-figure|six figure|sechsstellig",
    "1e6": "seven-figure|seven figure|multi-million|multimillion|siebenstellig",
    "1e7": "eight-figure|eight figure|achtstellig",
    "1e8": "nine-figure|nine figure|neunstellig",
    "1e9": "ten-figure|ten figure|multi-billion|multibillion|zehnstellig",
}
# Numbers as articles write them out; "twenty-five" is none of these and stays refused.
_COUNTS = {
    "0.5": "half", "1": "one", "2": "two zwei deux", "3": "three drei trois",
    "4": "four vier quatre", "5": "five fünf cinq", "6": "six sechs", "7": "seven sieben sept",
    "8": "eight acht huit", "9": "nine neun neuf", "10": "ten zehn dix",
}  # fmt: skip
_PLAIN = {
    Kind.ABOUT: "+|about|around|approx|approximately|circa|ca|c|roughly|nearly|almost|over|above"
    "|more than|at least|up to|less than|under|just under|just over|close to|some|rund|etwa"
    "|ungefähr|knapp|fast|gut|über|mehr als|bis zu|mindestens|weniger als|unter|environ|près de"
    "|plus de|moins de|jusqu'à|au moins|presque|quelque|≈|≃|>|<|≥|≤|>=|<=|约|約|约合|約合|近"
    "|将近|將近|接近|超|超过|超過|逾|过|過|上|大约|大約|大概|左右|以上|及以上|以下|余|餘|多|不到|不足|至少|最多|最高",
    Kind.DASH: "-|–|—|−|~|to|bis|à|至|到",
    Kind.AND: "and|und|et|和",
    Kind.BETWEEN: "between|zwischen|entre",
    Kind.LEVEL: "级|級|元级|元級|级别",
    Kind.SECRET: "undisclosed|not disclosed|not-disclosed|non disclosed|non-disclosed"
    "|undisclosed amount|unknown|not known|not published|not available|unspecified"
    "|confidential|obfuscated|tba|tbd|nicht bekannt|unbekannt|nicht veröffentlicht"
    "|nicht offengelegt|keine angabe|keine angaben|vertraulich|non divulgué|non communiqué"
    "|nc|non dévoilé|non publié|inconnu|confidentiel"
    "|未透露|未披露|未公开|未公開|未知|未公布|不详|不詳|不明"
    "|不公开|未对外披露|未对外公布|保密|暂无|無|无",
    Kind.NOTHING: "of|in|de|d|du|des|von|from|a|an|the|ein|eine|einen|einem|einer|un|une|worth"
    "|amount|total|sum|im|wert|montant|betrag|million-dollar|金额|金額|总额|的|,|'|’",
}


def _vocabulary() -> dict[str, Token]:
    table = {word: Token(Kind.CURRENCY, codes, word) for word, codes in CURRENCY_WORDS.items()}
    for kind, groups, separator in (
        (Kind.SCALE, _SCALES, None),
        (Kind.MANY, _MANY, "|"),
        (Kind.FIGURES, _FIGURES, "|"),
    ):
        for value, words in groups.items():
            for word in words.split(separator):
                table[word] = Token(kind, Decimal(value), word)
    for number, words in _COUNTS.items():
        for word in words.split():
            table[word] = Token(Kind.COUNT, number, word)
    for plain, words in _PLAIN.items():
        for word in words.split("|"):
            table[word] = Token(plain, None, word)
    # MUSD, EURm, kEUR: a scale glued to a code.
    for code in map(str.casefold, CURRENCIES):
        for scale in ("k", "m", "mn", "mio", "bn"):
            for glued in (scale + code, code + scale):
                table.setdefault(glued, Token(Kind.SCALE, table[scale].value, code))
    return table


_WORDS: Mapping[str, Token] = _vocabulary()
_LATIN = "a-zà-öø-ÿœłč"
_HAN = "一-鿿"


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_HAN_DIGITS = dict(zip("一二两兩三四五六七八九", "12223456789", strict=True))
_HAN_UNITS = "十百千万亿萬億"
_NUMBER = r"[0-9]{1,3}(?:[ '’][0-9]{3})+(?![0-9])(?:[.,][0-9]+)?|[0-9](?:[0-9.,]*[0-9])?|\.[0-9]+"
_TOKEN = re.compile(
    rf"(?P<space>\s+)"
    rf"|(?P<han_number>(?:(?:{_NUMBER})\s?|[{''.join(_HAN_DIGITS)}])?[{_HAN_UNITS}]+"
    rf"(?:(?:[0-9]+(?:\.[0-9]+)?|[{''.join(_HAN_DIGITS)}])[{_HAN_UNITS}]+)*)"
    rf"|(?P<number>{_NUMBER})"
    rf"|(?P<phrase>(?:{_alternatives([w for w in _WORDS if re.search('[ -]', w) and len(w) > 1])})"
    rf"(?![{_LATIN}]))"
    rf"|(?P<symbol>{_alternatives([w for w in _WORDS if re.search(f'[^{_LATIN}.{_HAN} -]', w)])})"
    rf"|(?P<word>[{_LATIN}]+(?:\.[{_LATIN}]\b)*\.?)"
    rf"|(?P<han>{_alternatives([w for w in _WORDS if re.match(f'[{_HAN}]', w)])})"
    rf"|(?P<dash>[-–—−])"
)


def tokens(clean: str, text: str) -> Iterator[Token]:
    """The tokens of ``clean``, which is ``text`` casefolded, with plain signs and spaces.

    Raises RuleError ``amount_not_understood`` that names the first piece with no meaning.
    """
    position = 0
    while position < len(clean):
        match = _TOKEN.match(clean, position)
        if match is None:
            raise not_understood(text, clean[position : position + 12])
        position = match.end()
        piece = match.group()
        if match.lastgroup == "number":
            yield Token(Kind.NUMBER, piece, piece)
        elif match.lastgroup == "han_number":
            yield from _han_number(piece)
        elif match.lastgroup != "space":
            token = _WORDS.get(piece) or _WORDS.get(piece.rstrip("."))
            if token is None:
                raise not_understood(text, piece)
            yield from _unglued(piece.rstrip("."), token)


def _unglued(piece: str, token: Token) -> Iterator[Token]:
    yield Token(token.kind, token.value, piece)
    if piece == "teur":
        yield Token(Kind.CURRENCY, ("EUR",), piece)
    elif token.kind is Kind.SCALE and token.text.upper() in CURRENCIES:
        yield Token(Kind.CURRENCY, (token.text.upper(),), piece)


def _han_number(piece: str) -> Iterator[Token]:
    """1.2亿, 3千万, 1亿2000万, 三千万; a scale without a number is left alone (近亿, 数千万)."""
    simple = re.fullmatch(rf"(.*?)([{_HAN_UNITS}]+)", piece)
    assert simple is not None
    number, units = simple.group(1).strip(), simple.group(2)
    number = _HAN_DIGITS.get(number, number)
    if re.search(rf"[{_HAN_UNITS}{''.join(_HAN_DIGITS)}]", number):
        yield Token(Kind.NUMBER, f"{_han_total(piece).normalize():f}", piece)
        yield Token(Kind.SCALE, Decimal(1), piece)
        return
    if number:
        yield Token(Kind.NUMBER, number, piece)
    scale = Decimal(1)
    for unit in units:
        scale *= Decimal(10) if unit == "十" else Decimal(str(_WORDS[unit].value))
    yield Token(Kind.SCALE, scale, piece)


def _han_total(piece: str) -> Decimal:
    """The sum of 1亿2000万 or 一亿三千五百万: each 亿 and 万 multiplies what stands before it."""
    for big in ("亿億", "万萬"):
        if match := re.fullmatch(rf"(.*)[{big}](.*?)", piece):
            before = _han_total(match.group(1)) if match.group(1) else Decimal(1)
            after = _han_total(match.group(2)) if match.group(2) else Decimal(0)
            return before * Decimal(str(_WORDS[big[0]].value)) + after
    total = Decimal(0)
    for number, unit in re.findall(rf"([0-9.]+|[{''.join(_HAN_DIGITS)}])?([十百千]?)", piece):
        digits = Decimal(_HAN_DIGITS.get(number, number) or (1 if unit else 0))
        total += digits * {"": 1, "十": 10, "百": 100, "千": 1000}[unit]
    return total


def not_understood(text: str, piece: str = "") -> RuleError:
    """The error for an amount that we cannot read; ``piece`` is the part that stopped us."""
    at = f" at {quoted(piece, 20)}" if piece.strip() else ""
    return RuleError(
        "amount_not_understood",
        f"{quoted(text)} is not an amount we can read{at}: write it like 12.8m EUR, "
        "30-50 million USD or 340万欧元, or leave it blank if the amount is not known.",
    )
