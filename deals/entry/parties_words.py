"""The words around investors in articles of four languages: who led, who joined, who else."""

import re

# Signs that stand for such words while a line is taken apart; no text holds them.
LEAD_BEFORE, JOIN_BEFORE, ALSO_BEFORE, NOBODY_BEFORE = "\ue000", "\ue001", "\ue002", "\ue003"
LEAD_AFTER, JOIN_AFTER, LEAD_HERE = "\ue004", "\ue005", "\ue006"
SIGNS = f"[{LEAD_BEFORE}-{LEAD_HERE}]"

_OLD = r"(?:existing|current|previous|returning|earlier|new|both)"
_WHO = r"(?:investors?|shareholders?|backers?|participants?)"
_ROUND = r"(?:round|financing|investment|funding|raise|deal|transaction|tranche)"
_THE_ROUND = rf"(?: in)?(?: (?:the|this|its|a))?(?: [\w+-]+){{0,3}}? {_ROUND}"
_DE_ALSO = r"(?: auch| außerdem| zudem| unter anderem)*"
_HAN_ROUND = r"(?:本轮|此轮|该轮|本次|这轮)"
_HAN_WHO = r"(?:方|机构|人|者)"
_HAN_ARE = r"\s*(?:分别为|分别是|为|是|包括|还有|有|[:：])?\s*"

# In this order: what is longer, or would be taken apart by a later one, stands before.
_WORDS: tuple[tuple[str, *tuple[str, ...]], ...] = (
    (
        LEAD_HERE,
        r"[(（\[【]\s*(?:co-?)?(?:lead(?:[ -]investor)?|领投(?:方)?|chef de file)\s*[)）\]】]",
    ),
    (
        LEAD_AFTER,
        r"\bas (?:the |a )?(?:co-?)?(?:lead|leading|main|anchor) investors?\b",
        r"\bals lead-?investor(?:en)?\b",
        rf"(?:为|是|担任|作为){_HAN_ROUND}?(?:的)?(?:联合|独家)?领投{_HAN_WHO}",
    ),
    # Before the names that they speak of
    (
        LEAD_BEFORE,
        r"\b(?:jointly |co-?)?(?:led|headed|spearheaded|anchored)(?: jointly)? by"
        rf"(?: {_OLD})*(?: {_WHO})?\b",
        r"\blead investors?(?: (?:is|are|was|were))?\s*:?",
        r"\b(?:gemeinsam )?(?:angeführt|geführt)(?: wird| wurde)?(?: die \w+)?(?: gemeinsam)?"
        r" (?:von|durch)\b",
        r"\bunter (?:der )?führung von\b",
        r"\blead-?investor(?:en)? (?:ist|sind|war|waren)\b",
        r"(?:\b(?:a été|ont été|est) )?\b(?:co-?)?(?:men|dirig|pilot)ée?s?"
        r"(?: conjointement)? par\b",
        r"\bconduite? par\b|\bsous la conduite d[eu]\b",
        rf"{_HAN_ROUND}?(?:融资)?(?:的)?(?:联合)?领投{_HAN_WHO}{_HAN_ARE}",
    ),
    (
        JOIN_BEFORE,
        rf"\b(?:other|additional|further|participating|follow-on) {_WHO}"
        r"(?: (?:include[ds]?|including|are|were|is|was))?\s*:?",
        r"\b(?:(?:with|and|plus|saw|including)(?: the)? )?"
        r"(?:(?:additional|further|continued|strong) )?"
        rf"participation (?:from|of|by)\b(?: {_OLD})*(?: {_WHO}\b)?",
        r"\b(?:joined|followed|accompanied|supported) by\b",
        r"\b(?:alongside|along with|together with)\b|(?<=[,;])\s*with(?= )",
        r"\b(?:mit|unter)(?: der)? beteiligung von\b",
        rf"\ban der [\w-]+ beteiligt?e?n? sich{_DE_ALSO}\b",
        rf"\bbeteiligt (?:ist|sind|war|waren){_DE_ALSO}\b"
        rf"|\bbeteiligt haben sich{_DE_ALSO}\b|\b(?:gemeinsam|zusammen) mit\b",
        r"\bavec (?:la )?participation d[eu]\b|\baux côtés d[eu]\b",
        r"\baccompagnée?s? (?:de|par)\b|\brejointe?s? par\b",
        rf"(?:跟投|参投|其他投资|其余投资|其它投资){_HAN_WHO}{_HAN_ARE}",
    ),
    (
        ALSO_BEFORE,
        rf"(?:\band )?\b{_OLD} {_WHO}\b\s*:?",
        r"(?:以及|[和与及])?(?:老|原|现有|原有|既有|新)股东(?:们)?(?:包括|[:：])?",
        r"\bbestehende[rn]? (?:investoren|gesellschaftern?)\b|\bactionnaires historiques\b",
    ),
    (
        NOBODY_BEFORE,
        rf"(?m:^)[^\n{LEAD_BEFORE}-{LEAD_HERE}]*?\b(?:raised|raises|secured|secures|received|closed"
        r"|closes|landed|won)\b[^,;，；\n]*?\bfrom\b",
        rf"\b(?:the )?{_WHO}(?: in {_THE_ROUND})?"
        r" ?(?:(?:include[ds]?|including|are|were)\b\s*:?|:)",
        r"\binvestoren(?: sind| waren)?\s*:|\binvestisseurs\s*:",
        rf"{_HAN_ROUND}?(?:融资)?(?:的)?投资{_HAN_WHO}(?:分别为|为|是|包括|有|[:：])",
        r"\bbacked by\b|\b(?:while|whereas|wobei|während|tandis que)\b",
        rf"{_HAN_ROUND}?(?:融资|投资)?(?<![理自缘经])由",
        r"(?:共同|联合|独家|联手|战略)投资(?![机方人])",
    ),
    # Behind the names that they speak of
    (
        LEAD_AFTER,
        r"\b(?:(?:has|have) )?(?:co-?|jointly )?(?:led|leads|lead|leading|headed)"
        rf"{_THE_ROUND}\b|\bco-?led\b|\bleading\b",
        r"\bführt?e?n? die [\w-]+(?: gemeinsam)? an\b",
        r"\b(?:a|ont) (?:co-?)?mené (?:le|la|ce|cette) [\w-]+",
        r"(?:共同|联合|独家|联席|继续)*领投(?:了)?(?:本轮)?(?:融资)?",
    ),
    (
        JOIN_AFTER,
        r"\b(?:(?:has|have) )?(?:also |both |all )?(?:participated|participating|joined|took part"
        rf"|invested|followed)(?: too| as well)?(?:{_THE_ROUND})?\b",
        r"\bbeteiligt?e?n? sich(?: auch| ebenfalls)?(?: an der [\w-]+)?\b",
        r"\b(?:a|ont)(?: également| aussi)? participé(?: au tour| à la levée)?\b",
        r"(?:继续|持续|联合|共同|超额|追加|也|均|亦)*(?:跟投|参投|追投|跟进(?:投资)?|加持|加码"
        r"|参与(?:了)?(?:本轮)?(?:融资|投资|跟投)?)(?:了)?(?:本轮)?(?:融资)?",
    ),
)
WORDS = tuple((sign, re.compile("|".join(patterns), re.IGNORECASE)) for sign, *patterns in _WORDS)

# Its point ends no sentence, and its comma parts no names.
SUM = re.compile(
    r"\b[0-9]+(?:[.,][0-9]+)*\s*(?:mio|mrd|millionen|milliarden|millions?|milliards?|billions?)\b"
    r"\.?(?:\s*(?:d['’]|of )?(?:euros?|us-dollars?|dollars?|yuan|rmb|[€$£¥])(?!\w))?",
    re.IGNORECASE,
)
BULLET = re.compile(r"^\s*(?:[-–—•*·▪●◦]+|[0-9]{1,2}[.)、])\s+", re.MULTILINE)
SENTENCE_END = re.compile(
    r"(?<![A-Z])(?<!\bCo)(?<!\bInc)(?<!\bLtd)(?<!\bCorp)(?<!\bSt)\.(?=\s+[A-ZÄÖÜÉ]|\s*$)"
    r"|[。！？!?]"
)
BRACKET = re.compile(r"[(（\[【](?P<inside>[^()（）\[\]【】]{1,80})[)）\]】]")

# Others are said to have taken part and are not named, so that the list is partial.
OTHERS = re.compile(
    r"(?:,?\s*\b(?:and|und|et)\s+)?\b(?:among(?:st)? others|(?:many |several |some )?others"
    r"|unter anderem|u\.\s?a\b\.?|et al\.?|etc\.?|d['’]autres)(?!\w)"
    r"|等(?:等)?(?:[0-9一二三四五六七八九十]+家|多家|数家|多位|知名|一线|产业|战略|财务|著名|国内外|新|老)*"
    r"(?:投资)?(?:机构|[方人者]|股东|基金|资本|企业)?(?=$|[，,；;、\s]|[\ue000-\ue006])",
    re.IGNORECASE,
)
SUCH_AS = re.compile(r"\b(?:including|such as|darunter|dont)\b", re.IGNORECASE)
# A piece that only says that there is somebody, or that nobody says who.
UNNAMED = re.compile(
    r"(?:an? |the )?(?:undisclosed|unnamed|anonymous|unspecified)\b.*"
    r"|(?:other|several|various|additional|further|numerous|many|some|existing|new|private|angel"
    r"|a (?:group|number|syndicate) of|business|weitere|andere|mehrere|bestehende|autres|plusieurs)"
    r"\b.*\b(?:investors?|funds?|angels?|shareholders?|backers?|institutions?|offices|investoren"
    r"|gesellschafter|investisseurs|fonds)"
    r"|(?:investors?|shareholders?|investoren|investisseurs)"
    r"|(?:其他|其它|多家|数家|若干|多位|未披露|未公开|未透露|匿名).*|.*(?:未披露|未公开|未透露)",
    re.IGNORECASE,
)
# A piece that is the rest of a sentence and no name.
REST = re.compile(
    r"\b(?:raised|raises|secured|announced|announces|closed|completed|round|funding|financing"
    r"|series [a-h]|will|has|have|was|were|said|plans|which|that|runde|finanzierungsrunde"
    r"|serie[- ][a-h]|tour de table|sammelt|erhält|levée|lève|levé)\b"
    r"|完成|宣布|获得|获.*融资|轮融资|融资额|^本轮|^融资",
    re.IGNORECASE,
)
# Small words in front of a name, or behind it; only as such, since “The” begins a name.
EDGE = re.compile(
    r"^(?:(?:and|und|et|by|from|the|die|der|von|durch|par|with|mit|avec|also|plus|both|sowie"
    r"|as well as|ainsi que|including|such as|darunter|dont|zudem)\s+"
    r"|(?:以及|还有|包括|其中|及)\s*|[&+]\s*)+"
)
ENDING = re.compile(
    r"(?:\s+(?:also|and|und|et|all|both|has|have|the|in|sich)|以及|[与及均也亦还曾])+$"
)
HAN_JOIN = re.compile("以及|[和与及]")
# Behind 和 these make one name of it: 上海联和投资.
HAN_COMMON = re.compile("(?:投资|资本|基金|集团|控股|创投|科技|股份|证券|银行)+")
