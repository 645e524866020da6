"""The written forms of dates: month names in four languages and the patterns around them."""

import re

_MONTHS = (
    "jan january januar jänner janvier janv 一月",
    "feb february februar février fevrier févr fevr fév 二月",
    "mar march mär märz maerz mars mrz 三月",
    "apr april avril avr 四月",
    "may mai 五月",
    "jun june juni juin 六月",
    "jul july juli juillet juil 七月",
    "aug august août aout 八月",
    "sep sept september septembre 九月",
    "oct october oktober okt octobre 十月",
    "nov november novembre 十一月",
    "dec december dezember dez décembre decembre déc 十二月",
)
MONTHS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}

UNDATED = frozenset(
    {"", "-", "–", "—", "--", "?", "n/a", "na", "n.a.", "k.a.", "null", "none", "nat"}
    | {"unknown", "undated", "not known", "undisclosed", "not disclosed", "unbekannt", "inconnu"}
    | {"未知", "不详", "不明", "未透露", "未披露"}
)

_MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_ORDINAL = r"(?:st|nd|rd|th|er|\.)?"
_GAP = r"[\s,./-]*"


def _patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text) for text in texts)


# Each is matched against the whole casefolded text; groups y, m, d are digits, M is a month name.
WRITTEN = _patterns(
    r"(?P<y>[0-9]{4})年?",
    r"(?P<y>[0-9]{4})\s?[-./年 ]\s?(?P<m>[0-9]{1,2})\s?月?",
    r"(?P<m>[0-9]{1,2})[-./](?P<y>[0-9]{4})",
    r"(?P<y>[0-9]{4})\s?[-./年 ]\s?(?P<m>[0-9]{1,2})\s?[-./月 ]\s?(?P<d>[0-9]{1,2})\s?[日号]?",
    r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
    rf"(?P<d>[0-9]{{1,2}}){_ORDINAL}{_GAP}(?:of |de )?(?P<M>{_MONTH}){_GAP}(?P<y>[0-9]{{4}})",
    rf"(?P<M>{_MONTH}){_GAP}(?P<d>[0-9]{{1,2}})(?:{_ORDINAL}[\s,/-]+)(?P<y>[0-9]{{4}})",
    rf"(?P<M>{_MONTH}){_GAP}(?:of |de )?(?P<y>[0-9]{{4}})",
    rf"(?P<y>[0-9]{{4}})年?{_GAP}(?P<M>{_MONTH})\.?",
    rf"(?P<y>[0-9]{{4}})年?{_GAP}(?P<M>{_MONTH}){_GAP}(?P<d>[0-9]{{1,2}})日?",
)
_QUARTER_WORD = r"(?:q|quarter|quartal|trimestre|季度|季)"
QUARTERS = _patterns(
    rf"[qt]\s?(?P<q>[1-4]){_GAP}(?P<y>[0-9]{{4}})",
    rf"(?P<y>[0-9]{{4}})年?{_GAP}[qt](?P<q>[1-4])",
    rf"(?P<q>[1-4])(?:st|nd|rd|th|er|e|\.)?\s?{_QUARTER_WORD}{_GAP}(?:of |de )?(?P<y>[0-9]{{4}})",
    r"(?P<y>[0-9]{4})年?\s?第?(?P<q>[1-4一二三四])\s?季度?",
    rf"(?P<q>first|second|third|fourth) quarter{_GAP}(?:of )?(?P<y>[0-9]{{4}})",
    rf"(?P<q>erste|zweite|dritte|vierte)[sn]? quartal{_GAP}(?P<y>[0-9]{{4}})",
    rf"(?P<q>premier|deuxième|troisième|quatrième) trimestre{_GAP}(?:de )?(?P<y>[0-9]{{4}})",
)
HALVES = _patterns(
    rf"h\s?(?P<h>[12]){_GAP}(?P<y>[0-9]{{4}})",
    rf"(?P<y>[0-9]{{4}}){_GAP}h(?P<h>[12])",
    rf"(?P<h>[12])h{_GAP}(?P<y>[0-9]{{4}})",
    r"(?P<y>[0-9]{4})年?\s?(?P<h>[上下])半年",
    rf"(?P<h>first|second) half{_GAP}(?:of )?(?P<y>[0-9]{{4}})",
    rf"(?P<h>[12])\. halbjahr{_GAP}(?P<y>[0-9]{{4}})",
    rf"(?P<h>erste|zweite)[sn]? halbjahr{_GAP}(?P<y>[0-9]{{4}})",
    rf"(?P<h>premier|deuxième|second) semestre{_GAP}(?:de )?(?P<y>[0-9]{{4}})",
)
_ORDINALS = (
    "一 上 first erste premier",
    "二 下 second zweite deuxième",
    "三 third dritte troisième",
    "四 fourth vierte quatrième",
)
ORDINALS = {word: number for number, words in enumerate(_ORDINALS, 1) for word in words.split()}
NUMERIC = re.compile(r"(?P<a>[0-9]{1,2})([-./ ])(?P<b>[0-9]{1,2})\2(?P<y>[0-9]{4})\.?")
TWO_DIGIT_YEAR = re.compile(
    r"[0-9]{1,2}([-./ ])[0-9]{1,2}\1[0-9]{2}"
    rf"|(?:[0-9]{{1,2}}{_GAP})?(?:{_MONTH}){_GAP}[0-9]{{2}}"
    r"|[1-4]q\s?[0-9]{2}|[1-2]h\s?[0-9]{2}|[qh][1-4]\s?[’']?[0-9]{2}"
)
# "2021-03/2021-05", "Mar 2021 – May 2021", "2017-2022", "2021年3月至2021年5月".
BETWEEN = re.compile(
    r"(?P<a>.*[^\s~/–—])\s*(?:/|–|—|~|至|到|\s-\s|\sto\s|\sbis\s|\sà\s)\s*(?P<b>\S.*)"
)
YEARS = re.compile(r"(?P<a>[0-9]{4})-(?P<b>[0-9]{4})")
TIME = re.compile(
    r"(?:[t\s]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\s*(?:[ap]\.?m\.?)?"
    r"\s*(?:z|utc|gmt|[+-][0-9]{2}:?[0-9]{2})?)$"
)
# A preposition or the day of the week before a date says nothing that counts.
BEFORE = re.compile(
    r"^(?:(?:on|in|the|im|am|vom|le|en)\s+|(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday"
    r"|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag"
    r"|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\.?,?\s+)+"
)
# A part of a year or month that is not the same days for everybody.
VAGUE = re.compile(
    r"\b(?:spring|summer|autumn|fall|winter|frühjahr|frühling|sommer|herbst|printemps|été|automne"
    r"|hiver|early|late|mid|middle|end|beginning|start|anfang|mitte|ende|début|mi|fin)\b"
    r"|[春夏秋冬]|年[初底末中]|月[初底末中]|[上中下]旬"
)
