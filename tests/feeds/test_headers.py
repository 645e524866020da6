"""Headers of many languages are known as a whole, and by their parts."""

from decimal import Decimal

import pytest

from deals.feeds.fields import FIELDS
from deals.feeds.headers import meanings
from deals.feeds.units import unit_of
from deals.rules.tables import read_table


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Company", "target_name"),
        ("targetName", "target_name"),
        ("Ｃｏｍｐａｎｙ　Ｎａｍｅ", "target_name"),
        ("被投企业国家", "target_country"),
        ("Country of the acquirer", "investor_country"),
        ("acquirer_country_code", "investor_country"),
        ("投资方所在国家", "investor_country"),
        ("Investorenland", "investor_country"),
        ("Pays de la cible", "target_country"),
        ("Date de l'opération", "announced_on"),
        ("DATE D’ANNONCE", "announced_on"),
        ("融资时间", "announced_on"),
        ("Finanzierungsbetrag", "amount"),
        ("Betrag in Mio. EUR", "amount"),
        ("融资金额（万元）", "amount"),
        ("Money Raised Currency", "currency"),
        ("Money Raised (in USD)", "amount"),
        ("dealID", "external_id"),
        ("company_permalink", "target_id"),
        ("Organization Industries", "sectors"),
        ("投資方", "investors"),
        ("Fecha de anuncio", "announced_on"),
        ("調達額", "amount"),
        ("Founded On", "@other"),
        ("Total Funding Amount", "@other"),
        ("Number of Investors", "@other"),
        ("Acquirer industries", "@other"),
        ("投后估值", "@other"),
    ],
)
def test_a_header_is_understood(header, field):
    found = meanings(header)
    best = max(meaning.strength for meaning in found)
    assert field in {meaning.field for meaning in found if meaning.strength == best}


@pytest.mark.parametrize("header", ["", "#", "xyzzy", "…", "🦄", "\x07"])
def test_a_header_without_meaning_has_none(header):
    assert meanings(header) == []


def test_each_fact_is_known_by_its_own_name():
    for field in FIELDS:
        assert [meaning.field for meaning in meanings(field)] == [field]


def test_the_table_of_headers_names_facts_only():
    rows = read_table("headers")
    assert {row["field"] for row in rows if row["field"][0] != "@"} <= set(FIELDS)
    four = {"en", "de", "fr", "zh"}
    for field in ("target_name", "announced_on", "amount", "investor_name", "round_type"):
        assert four <= {row["language"] for row in rows if row["field"] == field}


@pytest.mark.parametrize(
    ("header", "unit", "currency"),
    [
        ("Amount (USD m)", "1000000", "USD"),
        ("金额(万元)", "10000", "CNY"),
        ("金额（百万美元）", "1000000", "USD"),
        ("Betrag in Mio. EUR", "1000000", "EUR"),
        ("Montant (en k€)", "1000", "EUR"),
        ("Montant (M€)", "1000000", "EUR"),
        ("Volume (US$ bn)", "1000000000", "USD"),
        ("raised_usd", "1", "USD"),
        ("Betrag TEUR", "1000", "EUR"),
        ("Amount", "1", None),
        ("Monat", "1", None),
    ],
)
def test_a_header_gives_the_unit_and_the_currency(header, unit, currency):
    assert unit_of(header) == (Decimal(unit), currency)
