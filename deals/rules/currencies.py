"""Currencies: the codes we accept, and the signs and words that stand for them."""

from collections.abc import Mapping

from deals.rules.errors import RuleError, quoted

# The currencies for which the ECB publishes or has published a rate, then all others of ISO 4217
# but ALL and TOP, which are English words first, then those that the euro replaced before the
# ECB's series begin. Without a rate an amount is kept and counted as not convertible.
_CODES = """
    AUD BGN BRL CAD CHF CNY CYP CZK DKK EEK EUR GBP HKD HRK HUF IDR ILS INR ISK JPY KRW LTL LVL
    MTL MXN MYR NOK NZD PHP PLN ROL RON RUB SEK SGD SIT SKK THB TRL TRY USD ZAR
    AED ARS BDT BHD BYN CLP COP EGP GEL GHS JOD KES KWD KZT LKR MAD MOP NGN OMR PEN PKR QAR RSD
    SAR TND TWD UAH UZS VND
    AFN AMD AOA AWG AZN BAM BBD BIF BMD BND BOB BSD BTN BWP BZD CDF CRC CUP CVE DJF DOP DZD ERN
    ETB FJD FKP GIP GMD GNF GTQ GYD HNL HTG IQD IRR JMD KGS KHR KMF KPW KYD LAK LBP LRD LSL LYD
    MDL MGA MKD MMK MNT MRU MUR MVR MWK MZN NAD NIO NPR PAB PGK PYG RWF SBD SCR SDG SHP SLE SOS
    SRD SSP STN SVC SYP SZL TJS TMT TTD TZS UGX UYU VES VUV WST XAF XCD XOF XPF YER ZMW ZWL
    ATS BEF DEM ESP FIM FRF GRD IEP ITL LUF NLG PTE
"""
CURRENCIES = frozenset(_CODES.split())

# One line a meaning: the codes that the words may stand for, the usual one first ("?" when there
# is none), then the words. "$" is the US dollar unless the file says that it is another dollar.
_LINES = """
USD AUD CAD HKD SGD NZD TWD MXN ARS CLP COP MOP = $ dollar dollars
CNY JPY = ¥ 圆 圓
CNY TWD HKD MOP = 元 块
? SEK NOK DKK ISK = kr kr. kroner
SEK = krona kronor skr swedish_krona swedish_kronor 瑞典克朗
NOK DKK = krone
NOK = nkr norwegian_kroner norwegian_krone 挪威克朗
DKK = dkr danish_kroner danish_krone 丹麦克朗
USD = 美元 美金 美刀 us$ us-$ u.s.$ usd$
USD = us-dollar us-dollars us u.s. us_dollar us_dollars u.s._dollar u.s._dollars
EUR = € euro euros eur€ 欧元 歐元
GBP = £ gb£ pound pounds sterling british_pound british_pounds pounds_sterling 英镑 英鎊
CNY = cn¥ rmb¥ cny¥ rmb cnh yuan yuans renminbi chinese_yuan 人民币 人民幣 元人民币 元人民幣
JPY = jp¥ jpy¥ yen japanese_yen 日元 日圆 日圓 円
HKD = hk$ hkd$ hong_kong_dollar hong_kong_dollars 港元 港币 港幣
MOP = mop$ pataca patacas 澳门元 澳门币
TWD = nt$ tw$ twd$ ntd new_taiwan_dollar new_taiwan_dollars 新台币 新臺幣 新台幣 台币 台幣
SGD = s$ sg$ sgd$ singapore_dollar singapore_dollars 新加坡元 新元 坡币
AUD = a$ au$ aud$ australian_dollar australian_dollars 澳元
CAD = c$ ca$ cad$ canadian_dollar canadian_dollars 加元
NZD = nz$ nzd$ new_zealand_dollar new_zealand_dollars 纽元 新西兰元
BRL = r$ br$ real reais
MXN = mx$ mxn$
CHF = sfr sfr. fr. swiss_franc swiss_francs schweizer_franken franken 瑞士法郎 瑞郎
? CHF FRF BEF LUF = franc francs 法郎
KRW = ₩ won korean_won south_korean_won 韩元 韓元 韩币 韓幣
INR = ₹ indian_rupees indian_rupee 印度卢比 卢比
RUB = ₽ ruble rubles rouble roubles 卢布
TRY = ₺
? TRY ITL TRL = lira
ILS = ₪ shekel shekels nis 谢克尔
THB = ฿ baht 泰铢
VND = ₫ dong 越南盾
PLN = zł zloty złoty 兹罗提
CZK = kč
HUF = ft forint
UAH = ₴
KZT = ₸
PHP = ₱
NGN = ₦
MYR = rm ringgit 林吉特
ZAR = rand 兰特
AED = 迪拉姆
SAR = 沙特里亚尔
IDR = rp 印尼盾
"""


def _meanings() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {code.casefold(): (code,) for code in CURRENCIES}
    for line in _LINES.strip().splitlines():
        codes, words = line.split(" = ")
        for word in words.split():
            table[word.replace("_", " ")] = tuple(codes.split())
    return table


# Word (casefolded) -> the codes that it may mean; the first is the usual one, or "?".
CURRENCY_WORDS: Mapping[str, tuple[str, ...]] = _meanings()


def choose(meanings: list[tuple[str, ...]], fallback: str | None, text: str) -> str | None:
    """The one currency that all of ``meanings`` allow; ``fallback`` when nothing was stated.

    What the text states wins over the fallback, which only decides between several meanings:
    "$5m" is USD, in a file of Canadian dollars CAD.
    """
    if not meanings:
        return fallback
    common = set(meanings[0]).intersection(*meanings[1:]) - {"?"}
    if not common:
        raise RuleError(
            "currency_conflict",
            f"{quoted(text)} names two different currencies: keep the one in which the amount "
            "was stated.",
        )
    if len(common) == 1:
        return common.pop()
    if fallback in common:
        return fallback
    usual = next((words[0] for words in meanings if words[0] in common), None)
    if usual is None:
        raise RuleError(
            "ambiguous_currency",
            f"The currency in {quoted(text)} may be {' or '.join(sorted(common))}: write its "
            "three-letter code.",
        )
    return usual


def parse_currency(text: str) -> str:
    """The ISO 4217 code for a code, a sign or a name ("$", "美元", "Euro", "RMB").

    Raises RuleError ``unknown_currency`` or ``ambiguous_currency``.
    """
    word = " ".join(text.replace("￥", "¥").replace("＄", "$").split()).casefold()
    # GBp is pence: read as GBP, every amount of the file would be a hundred times too large.
    meanings = CURRENCY_WORDS.get(word) if text.strip() != "GBp" else None
    if meanings is None:
        raise RuleError(
            "unknown_currency",
            f"{quoted(text)} is not a currency we know: write its three-letter ISO 4217 code, "
            "such as EUR, USD or CNY.",
        )
    code = choose([meanings], None, text)
    assert code is not None
    return code
