"""Words of closed lists: sectors, round types, kinds and statuses, as suppliers write them.

Sectors and round types are deals/data/sectors.csv and round_types.csv; kinds and statuses are
those of counting.py.
"""

import re
import unicodedata
from collections.abc import Mapping

from deals.rules.counting import KINDS, STATUSES
from deals.rules.errors import RuleError, quoted
from deals.rules.tables import read_table, several

_SECTOR_ROWS = read_table("sectors")
_ROUND_ROWS = read_table("round_types")

SECTORS: dict[str, str] = {row["code"]: row["title"] for row in _SECTOR_ROWS}
ROUND_TYPES: dict[str, str] = {row["code"]: row["title"] for row in _ROUND_ROWS}
ROUND_STAGES: dict[str, str] = {row["code"]: row["stage"] for row in _ROUND_ROWS}

KIND_WORDS = {
    "funding_round": "funding|financing|equity round|融资|融资轮",
    "acquisition": "acquired|takeover|M&A|merger|merger or acquisition|buyout|收购|并购|Übernahme",
    "joint_venture": "JV|合资|合资公司|合资企业|Gemeinschaftsunternehmen|coentreprise",
    "listed_stake": "PIPE|post-IPO equity|stake in listed company|定向增发|定增",
    "secondary": "secondary market|secondary sale|share transfer|post-IPO secondary|股权转让",
    "debt": "loan|debt financing|post-IPO debt|债权融资|贷款",
    "grant": "subsidy|补助",
    "ipo": "listing|going public|IPO上市|上市",
    "greenfield": "greenfield lab|new site|绿地投资",
    "licence": "license|licensing|licence agreement|IP transfer|许可",
    "partnership": "collaboration|cooperation|distribution agreement|合作",
    "exit": "divestment|divested|退出",
}
STATUS_WORDS = {
    "rumoured": "rumored|rumor|rumour|传闻",
    "announced": "pending|proposed|signed|planned|已宣布|进行中|未完成",
    "completed": "closed|complete|done|finished|已完成|完成|成功",
    "withdrawn": "cancelled|canceled|abandoned|lapsed|撤回|取消",
    "blocked": "prohibited|vetoed|refused|被否决|被禁止|untersagt",
    "terminated": "failed|collapsed|终止|失败",
    "divestment_ordered": "divestiture ordered|ordered to divest|被责令剥离",
    "unwound": "reversed|divested after order|已撤销",
}

# 不明确 is how one large Chinese supplier writes that the round is not known.
NOT_STATED = frozenset({"", "unknown", "undisclosed", "notdisclosed", "不明确", "未披露", "未透露"})

# Series A, Series A-2, Series C+ Round, Pre-A轮, A++轮, B1轮, Round D, Série B, A-Runde.
LETTERED = re.compile(
    r"(?P<pre>pre)?(?:series?|round)?(?P<letter>[a-k])\d?(?P<plus>\+*)(?:轮|輪|round|runde)?"
    r"(?:融资|融資|funding|financing|及以后)?"
)


def round_type(text: str) -> str | None:
    """The code of a round type; None when the text is blank or says that it is not known.

    Suppliers also write kinds of deal into this column (debt, grant, IPO, 并购). They are "other"
    here; what such a deal counts as is its kind, which a profile maps from the same column.
    Raises RuleError "unknown_round_type".
    """
    key = _key(text)
    if key in NOT_STATED:
        return None
    if (code := _ROUNDS.get(key)) is not None:
        return code
    if (lettered := LETTERED.fullmatch(key)) is not None:
        return _lettered(lettered["letter"], bool(lettered["pre"]), bool(lettered["plus"]))
    raise _refused("round type", text, ROUND_TYPES)


def sector(text: str) -> str:
    """The code of one sector. Raises RuleError "unknown_sector"."""
    return _lookup("sector", text, _SECTORS, SECTORS)


def kind(text: str) -> str:
    """The code of a kind of deal. Raises RuleError "unknown_kind"."""
    return _lookup("kind", text, _KINDS, KINDS)


def status(text: str) -> str:
    """The code of a status. Raises RuleError "unknown_status"."""
    return _lookup("status", text, _STATUSES, STATUSES)


def _lettered(letter: str, pre: bool, plus: bool) -> str:
    if pre:
        return f"pre_{letter}" if f"pre_{letter}" in ROUND_TYPES else "venture"
    code = f"series_{letter}" if f"series_{letter}" in ROUND_TYPES else "series_e_plus"
    return f"{code}_plus" if plus and f"{code}_plus" in ROUND_TYPES else code


def _key(text: str) -> str:
    """Letters, digits and plus signs of a word, without case, accents, spaces or punctuation."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.sub(r"[^\w+]|_", "", bare.casefold())


def _index(titles: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    """What each spelling means: codes, titles, and the words in a cell separated by "|"."""
    return {
        _key(word): code
        for code, title in titles.items()
        for word in (code, title, *several(words[code]))
    }


def _lookup(what: str, text: str, index: Mapping[str, str], titles: Mapping[str, str]) -> str:
    if (code := index.get(_key(text))) is None:
        raise _refused(what, text, titles)
    return code


def _refused(what: str, text: str, titles: Mapping[str, str]) -> RuleError:
    given = f"{quoted(text)} is" if text.strip() else "A blank is"
    return RuleError(
        f"unknown_{what.replace(' ', '_')}",
        f"{given} not a {what} of the register: use one of {', '.join(titles)}.",
    )


_SECTORS = _index(SECTORS, {row["code"]: row["aliases"] for row in _SECTOR_ROWS})
_ROUNDS = _index(ROUND_TYPES, {row["code"]: row["aliases"] for row in _ROUND_ROWS})
_KINDS = _index(KINDS, KIND_WORDS)
_STATUSES = _index(STATUSES, STATUS_WORDS)
