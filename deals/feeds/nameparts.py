"""A name taken apart for comparison: what distinguishes it, and what many names share."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from deals.rules.names import normalise

# Words that say what kind of house it is, by the kind; "general" says nothing at all.
LINES = {
    "money": """capital ventures venture vc partners partner fund funds investment investments
        investors asset assets equity holdings 资本 创投 创业投资 风险投资 投资 投资管理 资产管理
        股权投资 投资基金 基金 基金管理 创业 私募""",
    "trade": """technology technologies tech software systems labs lab networks network
        semiconductor semiconductors 科技 技术 信息技术 网络科技 网络 软件 智能科技 电子 半导体
        信息科技 数据科技""",
    "general": """group holding management international global services solutions industries
        enterprises the and of for co company limited 集团 控股 管理 国际 实业 企业 企业管理
        咨询 中心 发展""",
}
LINE_OF = {word: line for line, words in LINES.items() for word in words.split()}
# One place has one name here, whatever the script.
_PLACES_TEXT = """
    china=china hongkong=hongkong europe=europe asia=asia germany=germany
    deutschland=germany france=france uk=uk usa=usa america=usa india=india japan=japan
    israel=israel london=london berlin=berlin paris=paris munich=munich
    中国=china 香港=hongkong 亚洲=asia 欧洲=europe
    北京=beijing 上海=shanghai 深圳=shenzhen 杭州=hangzhou 广州=guangzhou 南京=nanjing
    苏州=suzhou 武汉=wuhan 成都=chengdu 天津=tianjin 厦门=xiamen 重庆=chongqing 西安=xian
    青岛=qingdao 宁波=ningbo 无锡=wuxi 长沙=changsha 合肥=hefei 珠海=zhuhai 东莞=dongguan
    佛山=foshan 济南=jinan 大连=dalian 浙江=zhejiang 江苏=jiangsu 广东=guangdong 山东=shandong
    福建=fujian 四川=sichuan 湖南=hunan 湖北=hubei 安徽=anhui
"""
PLACES = dict(pair.split("=") for pair in _PLACES_TEXT.split())
PLACES |= {place: place for place in PLACES.values()}
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")
# Japanese and Korean names use Chinese characters, and are not read in pinyin.
OTHER_EAST = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
HAN_SHARED = sorted(
    (word for word in {*LINE_OF, *PLACES} if HAN.match(word)), key=len, reverse=True
)
HAN_PLACES = [word for word in HAN_SHARED if word in PLACES]
AT_END = re.compile(rf"({'|'.join(HAN_SHARED)})[省市]?$")
AT_START = re.compile(rf"^({'|'.join(HAN_PLACES)})[省市]?")
SMALL_WORDS = frozenset({"the", "and", "of", "for", "de", "der", "und", "et"})
_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
ROMAN = {numeral: number for number, numeral in enumerate(_NUMERALS, start=1)}
HAN_NUMBER = re.compile("(?:第([一二三四五六七八九十]))|(?:([一二三四五六七八九十])[期号])")
HAN_DIGITS = {char: number for number, char in enumerate("一二三四五六七八九十", start=1)}


@dataclass(frozen=True, slots=True)
class Parts:
    """`words` without legal form, `core` those that distinguish; Chinese names are one word.

    `han` is whether the core is to be compared as Chinese characters.
    `weak`, `places` and `lines` are what was set aside, and the kinds of house that it names;
    `numbers` are all that the name contains, Roman and Chinese ones included, in order of size.
    """

    name: str
    key: str
    words: tuple[str, ...]
    core: tuple[str, ...]
    weak: tuple[str, ...]
    places: frozenset[str]
    lines: frozenset[str]
    numbers: tuple[int, ...]
    han: bool


@lru_cache(maxsize=65_536)
def parts(name: str) -> Parts:
    """Take a name apart. A name that consists of shared words only is distinguished by all."""
    key = normalise(name)
    han = bool(HAN.search(key)) and not OTHER_EAST.search(key)
    if han:
        words: tuple[str, ...] = (key,)
        core, weak = _han_core(key)
        # "IDG资本" is distinguished by its letters.
        han = bool(HAN.search(core[0]))
    else:
        words = _words(name, key)
        core = tuple(word for word in words if word not in LINE_OF and word not in PLACES)
        weak = tuple(word for word in words if word not in core)
    places = frozenset(PLACES[word] for word in weak if word in PLACES)
    lines = frozenset(LINE_OF[word] for word in weak if word in LINE_OF) - {"general"}
    numbers = _numbers(key, words)
    return Parts(name, key, words, core or words, weak, places, lines, numbers, han)


@lru_cache(maxsize=65_536)
def reading(text: str, *, tones: bool = False) -> str:
    """Chinese characters as pinyin without spaces ("腾讯" is "tengxun", with tones "teng2xun4");
    other letters stay as they are."""
    # Half a second and fifty megabytes, which only those who compare names should pay.
    from pypinyin import Style, lazy_pinyin

    style = Style.TONE3 if tones else Style.NORMAL
    return "".join(lazy_pinyin(text, style=style, v_to_u=False)).replace(" ", "")


@lru_cache(maxsize=65_536)
def halves(name: str) -> tuple[str, ...]:
    """The Chinese and the other part of a name that is written in both: "旷视 (Megvii)"."""
    own = parts(name)
    core = own.core[0]
    if not own.han or len(HAN.sub("", core)) < 3:
        return ()
    pieces = [*HAN.findall(name), *HAN.split(name)]
    # What consists of shared words only names nobody.
    return tuple(piece.strip() for piece in pieces if _distinguishes(piece))


def _distinguishes(piece: str) -> bool:
    if not any(char.isalnum() for char in piece):
        return False
    core = parts(piece).core
    return len("".join(core)) > 1 and any(w not in LINE_OF and w not in PLACES for w in core)


def _words(name: str, key: str) -> tuple[str, ...]:
    """The words that make the key, so without legal form; accents are left out."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    found = "".join(c if c.isalnum() or _is_mark(c) else " " for c in folded).split()
    joined, words = "", []
    for word in found:
        if joined == key:
            break
        joined += word
        words.append(word)
    if joined != key:
        words = [key]
    return tuple(_plain(word) for word in _initials_joined(words)) or (key,)


def _initials_joined(words: list[str]) -> list[str]:
    """Letters that stand alone are initials of one word: "a b c capital" gives "abc capital"."""
    joined: list[str] = []
    open_initials = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and open_initials:
            joined[-1] += word
        else:
            joined.append(word)
        open_initials = single
    return joined


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not _is_mark(c)) or word


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def _han_core(key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Places at both ends and shared words at the end are set aside, while two characters stay."""
    core, weak = key, []
    for pattern in (AT_START, AT_END):
        while (match := pattern.search(core)) and len(core) - len(match.group()) > 1:
            weak.append(match[1])
            core = core[match.end() :] if pattern is AT_START else core[: match.start()]
    return (core,), tuple(weak)


def _numbers(key: str, words: tuple[str, ...]) -> tuple[int, ...]:
    found = [int(digits) for digits in re.findall(r"[0-9]{1,9}", key)]
    found += [HAN_DIGITS[a or b] for a, b in HAN_NUMBER.findall(key)]
    for before, word in pairwise(words):
        # A lone I, V or X is a number after a word that is counted, and an initial elsewhere.
        if word in ROMAN and (len(word) > 1 or before in LINE_OF):
            found.append(ROMAN[word])
    return tuple(sorted(found))
