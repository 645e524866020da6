"""Everything that a column of a file, or a profile for every row, can say, in words to choose."""

from deals.feeds.fields import AI, DATE_BASES
from deals.rules.counting import KINDS, STATUSES
from deals.rules.vocab import ROUND_TYPES, SECTORS

# Facts of deals/feeds/fields.py, in the groups and the order of the drop-down list.
FACT_GROUPS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "The deal",
        {
            "target_name": "Target: name",
            "target_country": "Target: country",
            "announced_on": "Date of the deal",
            "kind": "Kind of deal",
            "round_type": "Round",
            "status": "Status",
            "external_id": "Supplier’s id of the deal",
            "target_id": "Target: id (LEI, Crunchbase …)",
            "date_basis": "What the date is of",
            "status_history": "Status history",
            "part_of": "Id of the deal that this is a part of",
            "recorded_on": "Day of the supplier’s record",
            "notes": "Notes",
        },
    ),
    (
        "Money",
        {
            "amount": "Amount",
            "currency": "Currency",
            "contribution": "Investor’s contribution",
            "stake": "Investor’s stake in percent",
        },
    ),
    (
        "Investors",
        {
            "investor_name": "Investor: name (one per row)",
            "investor_country": "Investor: country",
            "investors": "Investors (several in one cell)",
            "lead": "Lead investor",
            "investor_list": "Whether all investors are named",
            "investor_id": "Investor: id (LEI, Crunchbase …)",
        },
    ),
    (
        "AI and sectors",
        {
            "ai": "AI company: yes, no or unknown",
            "sectors": "Sectors",
            "ai_basis": "Why it is AI, or not",
        },
    ),
    (
        "Sources",
        {
            "source_url": "Source: address",
            "source_title": "Source: title",
            "source_field": "Fact that the source states",
            "source_quote": "What the source says",
        },
    ),
)
FACTS = {fact: label for _, facts in FACT_GROUPS for fact, label in facts.items()}

CODES = {
    "kind": KINDS,
    "status": STATUSES,
    "round_type": ROUND_TYPES,
    "sectors": SECTORS,
    "ai": {word: word for word in AI},
    "date_basis": {word: word for word in DATE_BASES},
    "lead": {"yes": "yes", "no": "no"},
    "investor_list": {
        "complete": "complete: all investors are named",
        "partial": "partial: only some are named",
        "none": "none: no investor is named",
    },
    "country_basis": {
        "headquarters": "headquarters, as suppliers record them",
        "stated": "stated by a source for each deal",
    },
}  # fmt: skip
UNITS = (
    ("1", "as written"),
    ("1000", "in thousands"),
    ("10000", "in ten thousands (万)"),
    ("1000000", "in millions"),
    ("100000000", "in hundred millions (亿)"),
    ("1000000000", "in billions"),
)
ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16 (Excel’s “Unicode text”)"),
    ("cp1252", "Windows-1252: Western European"),
    ("cp1250", "Windows-1250: Central European"),
    ("cp1251", "Windows-1251: Cyrillic"),
    ("iso8859-15", "ISO 8859-15: Western European"),
    ("mac_roman", "Mac Roman"),
    ("gb18030", "GB 18030: simplified Chinese"),
    ("big5", "Big5: traditional Chinese"),
    ("shift_jis", "Shift JIS: Japanese"),
    ("euc_kr", "EUC-KR: Korean"),
)
DELIMITERS = ((",", "comma ,"), (";", "semicolon ;"), ("tab", "tab"), ("|", "bar |"))
DECIMALS = ((".", "point: 1,234.56"), (",", "comma: 1.234,56"))
ORDERS = (
    ("dmy", "day, month, year: 3 April 2024"),
    ("mdy", "month, day, year: 4 March 2024"),
    ("ymd", "year, month, day"),
)
# Facts that may be the same for every row, and what is taken when nothing is said.
CONSTANT_TITLES = {
    "kind": "Kind of deal",
    "status": "Status",
    "currency": "Currency",
    "target_country": "Country of the target",
    "investor_list": "Investors named",
    "country_basis": "Basis of investors’ countries",
}
CONSTANT_BLANKS = {
    "kind": "funding round, unless a column says otherwise",
    "status": "completed, unless a column says otherwise",
    "currency": "such as USD",
    "target_country": "such as CN",
    "investor_list": "complete, unless a column says otherwise",
    "country_basis": "stated by a source for this deal",
}
