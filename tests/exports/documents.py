"""Documents with the nastiest texts that the register may hold, made by hypothesis."""

from hypothesis import strategies as st

# Everything that PostgreSQL takes as text; formulas, quotes and separators more often.
NASTY = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    st.text(st.sampled_from("=+-@'\"\\,;|\t\r\n #[]_x0Aé界\u202e\ufeff\ufffe＝"), max_size=8),
    st.sampled_from(["=1+1", "'=1", "''@a", "-5", "#end,1", "_x000D_", "</t>&amp;", " a ", "null"]),
)
NAME = NASTY.filter(bool)
MAYBE = st.none() | NAME
COUNTRY = st.none() | st.sampled_from(["CN", "DE", "FR"])
MONEY = st.none() | st.decimals("0.01", "999999999999999999.99", places=2).map(str)
YES_NO = st.none() | st.booleans()
ENDS = st.none() | st.fixed_dictionaries({"low": MONEY, "high": MONEY})
DATES = st.sampled_from(
    [
        (None, None, "none"),
        ("2019-05-13", "2019-05-13", "day"),
        ("2020-02-01", "2020-02-29", "month"),
        ("2018-10-01", "2018-12-31", "quarter"),
        ("1899-01-01", "1899-12-31", "year"),
        ("2019-12-30", "2020-01-02", "range"),
    ]
).map(lambda one: dict(zip(("first", "last", "precision"), one, strict=True), basis="announced"))
INVESTOR = st.fixed_dictionaries(
    {
        "id": st.none() | st.just("O-1"),
        "name": MAYBE,
        "country": COUNTRY,
        "country_basis": st.just("stated"),
        "ultimate_countries": st.lists(st.sampled_from(["CN", "FR"]), max_size=2),
        "ultimate_basis": st.just("evidence"),
        "state_linked": st.booleans(),
        "lead": YES_NO,
        "contribution": MONEY,
        "stake_percent": st.none() | st.decimals(0, 100, places=4).map(str),
    }
)
SOURCE = st.fixed_dictionaries({"title": NAME, "url": MAYBE, "quote": MAYBE})
RATE = st.fixed_dictionaries(
    {
        "kind": st.just("day"),
        "on": st.just("2019-05-13"),
        "provisional": st.booleans(),
        "note": NASTY,
    }
)
DOCUMENT = st.fixed_dictionaries(
    {
        "id": st.just("D-1"),
        "version": st.integers(1, 99),
        "target": st.fixed_dictionaries(
            {"id": st.just("O-2"), "name": NAME, "country": COUNTRY, "country_basis": st.just("x")}
        ),
        "kind": st.just("funding_round"),
        "round_type": st.none() | st.just("seed"),
        "status": st.just("completed"),
        "status_history": st.lists(st.fixed_dictionaries({"status": NASTY}), max_size=1),
        "date": DATES,
        "recorded_on": st.none() | st.just("2021-01-31"),
        "amount": st.fixed_dictionaries(
            {
                "state": st.just("exact"),
                "low": MONEY,
                "high": MONEY,
                "currency": st.none() | st.just("EUR"),
                "text": NASTY,
                "eur": ENDS,
                "usd": ENDS,
                "cny": ENDS,
                "rate": st.none() | RATE,
            }
        ),
        "investor_list": st.just("complete"),
        "investors": st.lists(INVESTOR, max_size=3),
        "ai": st.just("yes"),
        "ai_basis": MAYBE,
        "sectors": st.lists(st.sampled_from(["robotics", "speech"]), max_size=2),
        "part_of": st.none() | st.just("D-2"),
        "population": MAYBE,
        "generated": st.booleans(),
        "external_id": MAYBE,
        "notes": MAYBE,
        "choices": st.dictionaries(st.sampled_from(["amount", "date"]), NASTY, max_size=1),
        "sources": st.lists(SOURCE, max_size=2),
        "published_at": st.just("2026-11-22T08:00:00Z"),
        "reason": MAYBE,
        "import_id": st.none() | st.integers(1, 10**12),
    }
)
DOCUMENTS = st.lists(DOCUMENT, min_size=1, max_size=8)
