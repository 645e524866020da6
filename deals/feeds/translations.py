"""A supplier's words for round types, kinds, statuses, countries and sectors → ours.

Only what the register does not understand by itself is written down, as patterns of [values.*].
"""

import difflib
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from deals.feeds.content import Column, obeys, place_part, round_words
from deals.feeds.words import PROVINCES, is_unknown, pieces_of
from deals.rules import vocab
from deals.rules.countries import country_code
from deals.rules.tables import read_table, several

# The first that is found in a round type says that the deal is no funding round.
KINDS = {
    "secondary": r"post-ipo secondary|secondary (market|sale)|share transfer|老股|股权转让|隔轮",
    "debt": r"debt|loan|convertible|kredit|darlehen|wandel|dette|prêt|obligation|债|贷款",
    "grant": r"\bgrant|subvention|zuschuss|förder|补助|补贴|initial coin offering|\bico\b",
    "listed_stake": r"post-ipo|\bpipe\b|定增|定向增发|新三板|上市后",
    "pre_ipo": r"pre-?ipo|上市前|ipo前|基石",
    "ipo": r"\bipo\b|initial public offering|börsengang|introduction en bourse|上市",
    "acquisition": r"acqui|merger|m&a|takeover|buy-?out|übernahme|fusion|rachat|并购|收购|合并",
    "joint_venture": r"joint venture|\bjv\b|合资|gemeinschaftsunternehmen|coentreprise",
    "exit": r"\bexit\b|divest|退出|veräußerung|cession",
    "licence": r"licen[cs]|lizenz|许可",
    "partnership": r"partner|kooperation|coopération|合作",
    "greenfield": r"greenfield|绿地",
    "funding_round": r"fund|financ|seed|series|round|runde|tour|levée|venture|equity|融资|轮|投资",
}
STATUSES = {
    "completed": r"complet|closed|done|abgeschlossen|vollzogen|finalis|réalis|clos|完成|成功|已投",
    "announced": r"announc|pending|signed|plan|agreed|angekündigt|vereinbart|annonc|signé|en cours"
    r"|宣布|进行|签约|拟",
    "rumoured": r"rumou?r|talks|gerücht|rumeur|传闻|意向",
    "withdrawn": r"withdr|cancel|abandon|lapsed|zurückgezogen|abgebrochen|abandonn|annul|取消|撤",
    "blocked": r"block|prohibit|veto|untersagt|interdit|否决|禁止",
    "terminated": r"terminat|fail|collaps|gescheitert|échou|终止|失败|中止",
}
# Patterns for types that the sample may lack, for Latin and for Chinese files; the first wins.
USUAL_KINDS = (
    {
        "*debt*": "debt", "*convertible*": "debt", "*loan*": "debt", "*grant*": "grant",
        "*initial coin*": "grant", "*secondary*": "secondary", "*post-ipo*": "listed_stake",
        "*pre-ipo*": "funding_round", "*ipo": "ipo", "*acquisition*": "acquisition",
        "*merger*": "acquisition", "*buyout*": "acquisition",
    },
    {
        "*并购*": "acquisition", "*收购*": "acquisition", "*老股*": "secondary",
        "*股权转让*": "secondary", "*债*": "debt", "*定增*": "listed_stake",
        "*定向增发*": "listed_stake", "*新三板*": "listed_stake", "*上市前*": "funding_round",
        "*pre-ipo*": "funding_round", "*上市后*": "listed_stake", "*上市*": "ipo", "*ipo*": "ipo",
    },
)  # fmt: skip
USUAL_ROUNDS = (
    "Pre-Seed", "Seed", "Pre-Angel", "Angel", "Pre-A", "Pre-B",
    *(f"Series {letter}" for letter in "ABCDEFGHIJ"),
    "Venture", "Corporate", "Private Equity", "Secondary", "Growth", "Strategic", "Funding Round",
    "Convertible Note", "Debt", "Grant", "Post-IPO", "Pre-IPO", "IPO", "Initial Coin Offering",
    "Equity Crowdfunding", "Product Crowdfunding", "Non Equity Assistance",
)  # fmt: skip
LETTERED = re.compile(
    r"\b(?:serie[sn]?|série|round|runde)\s*(?P<a>[a-k])\b|\b(?P<b>[a-k])[\s-]*(?:runde|round)\b"
    r"|(?P<c>[a-k])\+{0,2}轮",
    re.IGNORECASE,
)
SPECIAL = {"香港": "HK", "澳门": "MO", "台湾": "TW"}
MOST = 60


def round_types(column: Column) -> dict[str, str]:
    """Patterns for round types that the register does not know as they stand."""
    found: dict[str, str] = {}
    for text in _unknown_to(vocab.round_type, column):
        words = round_words(text)
        if words != text and obeys(vocab.round_type, words):
            found[f"{words}*"] = str(vocab.round_type(words))
        elif code := _lettered(text) or _closest(text, "round_types"):
            found[text] = code
    if any(word.endswith("*") for word in found):
        # Further rows have further types, written in the same way.
        found = {f"{word}*": str(vocab.round_type(word)) for word in USUAL_ROUNDS} | found
    # "Series A+*" has to come before "Series A*", which takes it as well.
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def kinds_in_rounds(column: Column) -> dict[str, str]:
    """Patterns for kinds of deals that a column of round types names; {} where it names none."""
    found: dict[str, str] = {}
    for text in column.counts:
        kind = _hinted(text, KINDS)
        if kind and kind not in {"funding_round", "pre_ipo", "partnership"}:
            words = round_words(text)
            found[words if words == text else f"{words}*"] = kind
    if not found:
        return {}
    han = any("\u3400" <= char <= "\u9fff" for text in column.counts for char in text)
    return {**found, **USUAL_KINDS[han], "*": "funding_round"}


def kinds(column: Column) -> dict[str, str]:
    """Words for kinds of deals that the register does not know as they stand."""
    found = {text: _hinted(text, KINDS) for text in _unknown_to(vocab.kind, column)}
    renamed = {"pre_ipo": "funding_round"}
    return {text: renamed.get(kind, kind) for text, kind in found.items() if kind}


def statuses(column: Column) -> dict[str, str]:
    """Words for statuses that the register does not know as they stand."""
    found = {text: _hinted(text, STATUSES) for text in _unknown_to(vocab.status, column)}
    return {text: status for text, status in found.items() if status}


def countries(column: Column) -> dict[str, str]:
    """Patterns for places: “Berlin, Germany”, “北京市”, “中国·上海”."""
    found: dict[str, str] = {}
    domestic = False
    for text in column.counts:
        if is_unknown(text) or (len(text) < 40 and obeys(country_code, text)):
            continue
        if any(text.startswith(place) for place in PROVINCES):
            domestic = True
        elif part := place_part(text):
            found[_pattern(text, part)] = str(country_code(part))
    if domestic:
        special = {f"{place}*": code for place, code in SPECIAL.items()}
        found = {**found, **special, **{f"{place}*": "CN" for place in PROVINCES}}
    return found


def sectors(column: Column) -> dict[str, str] | None:
    """Entries that are no sectors of ours, mapped to nothing; None when they are too many."""
    entries: dict[str, str] = {}
    known = 0
    for cell in column.filled:
        for piece in pieces_of(cell):
            words = round_words(piece)
            if obeys(vocab.sector, piece):
                known += 1
            elif obeys(vocab.sector, words):
                known += 1
                entries[piece] = vocab.sector(words)
            elif not is_unknown(piece):
                entries[piece] = ""
    return entries if known and len(entries) <= MOST else None


def _pattern(text: str, part: str) -> str:
    at = text.rindex(part)
    if at == 0:
        return f"{part}*"
    start = at
    while start > 0 and not (text[start - 1].isalnum() or text[start - 1] in ")）"):
        start -= 1
    return f"*{text[start:]}"


def _unknown_to(rule: Callable[[str], Any], column: Column) -> list[str]:
    return [text for text in column.counts if len(text) <= 100 and not obeys(rule, text)]


def _hinted(text: str, hints: dict[str, str]) -> str:
    matched = (code for code, pattern in hints.items() if re.search(pattern, text, re.IGNORECASE))
    return next(matched, "")


def _lettered(text: str) -> str:
    match = LETTERED.search(text)
    letter = next(filter(None, match.groups()), "") if match else ""
    return str(vocab.round_type(f"Series {letter}")) if letter else ""


def _closest(text: str, table: str) -> str:
    spellings = _spellings(table)
    near = difflib.get_close_matches(text.casefold(), spellings, n=1, cutoff=0.85)
    return spellings[near[0]] if near else ""


@cache
def _spellings(table: str) -> dict[str, str]:
    rows: Iterable[dict[str, str]] = read_table(table)
    return {
        word.casefold(): row["code"]
        for row in rows
        for word in (row["title"], *several(row["aliases"]))
        if len(word) > 3
    }
