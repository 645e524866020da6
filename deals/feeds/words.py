"""Words that suppliers write in any language: for “not known”, for AI, between listed entries."""

import re

UNKNOWN = {
    "en": "undisclosed|not disclosed|unknown|not published|not available|unspecified|n/a|n.a.|tbd"
    "|tba|none|null|nan|not known|confidential|undisclosed amount|undisclosed investors|obfuscated",
    "de": "nicht bekannt|unbekannt|k.a.|k. a.|keine angabe|keine angaben|nicht veröffentlicht"
    "|nicht offengelegt|vertraulich|ohne angabe|o.a.|entfällt|nicht genannt",
    "fr": "non communiqué|non divulgué|non dévoilé|inconnu|n.c.|n/c|n.d.|confidentiel"
    "|non précisé|non renseigné|non publié|non disponible|non communiquée|inconnue",
    "zh": "未透露|未披露|未公开|未公布|未知|不详|不明|不明确|暂无|无|保密|未透露投资方|投资方未知"
    "|未披露投资方|金额未知|暂未披露|投资方未透露|未透露金额|暂未透露|未透露轮次|未詳|未公開|未披露轮次",
    "": "-|--|---|–|—|?|??|/|.|*|…|x.x|#n/a|n/k",
}  # fmt: skip
# Written into the profile even if the sample has none: the rest of the file may.
USUAL = {
    "en": ("undisclosed", "not disclosed", "unknown", "n/a"),
    "de": ("nicht bekannt", "unbekannt", "k. A.", "k.A.", "keine Angabe"),
    "fr": ("non communiqué", "non divulgué", "inconnu", "n.c."),
    "zh": ("未透露", "未披露", "未公开", "未知", "不详"),
    "": ("-", "–", "—"),
}
_UNKNOWN = frozenset(word for words in UNKNOWN.values() for word in words.split("|"))

# Of these a supplier's tags may hold several; none stands inside another word.
AI_WORDS = (
    "Artificial Intelligence", "Machine Learning", "Deep Learning", "Computer Vision",
    "Natural Language Processing", "Generative AI", "Large Language Model", "Neural Network",
    "人工智能", "人工智慧", "机器学习", "深度学习", "大模型", "计算机视觉", "自然语言处理",
    "生成式AI", "Künstliche Intelligenz", "Maschinelles Lernen", "Bildverarbeitung",
    "Sprachmodell", "Intelligence artificielle", "Apprentissage automatique",
    "Apprentissage profond", "Vision par ordinateur", "IA générative",
)  # fmt: skip
# These do ("AI" in "Retail"), so they count only as an entry of their own.
AI_SHORT = frozenset({"ai", "ki", "ia", "a.i.", "ai/ml", "ml", "aigc", "llm"})
# How Chinese suppliers write where in China a company is.
PROVINCES = (
    "北京", "上海", "天津", "重庆", "广东", "江苏", "浙江", "山东", "四川", "湖北", "湖南",
    "河北", "河南", "福建", "安徽", "陕西", "辽宁", "吉林", "黑龙江", "江西", "山西", "云南",
    "贵州", "广西", "海南", "甘肃", "青海", "宁夏", "新疆", "西藏", "内蒙古", "深圳", "广州",
    "杭州", "苏州", "南京", "成都", "武汉", "西安", "厦门", "长沙", "合肥", "无锡", "青岛",
)  # fmt: skip
PIECES = re.compile(r"\s*[;；|、，,\n]\s*|\s+/\s+")


def is_unknown(text: str) -> bool:
    """Whether the text is one of the words for “not known”, in any case."""
    return text.casefold() in _UNKNOWN


def pieces_of(text: str) -> list[str]:
    """The entries of a cell that lists several words, however they are separated."""
    return [piece for piece in PIECES.split(text.strip()) if piece]


def ai_words_in(text: str) -> list[str]:
    """The AI words that a cell contains."""
    folded = text.casefold()
    return [word for word in AI_WORDS if word.casefold() in folded]
