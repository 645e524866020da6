"""Groups that a deal can be in several of, as SQL to be joined to `base f`."""

from deals.flows.query import FlowQuery

# A row for each country of an investor that belongs to the side, and one for the deal itself. Only
# a question for anyone has deals of no known country; their row is "".
COUNTRY_ROWS = """
    SELECT c AS country, ARRAY[c]::varchar[] AS held
    FROM unnest(f.countries) c WHERE c = ANY(f.investor_members)
    UNION ALL SELECT '', f.investor_members WHERE cardinality(f.countries) = 0
    UNION ALL SELECT NULL, f.investor_members
"""
COUNTRIES = f"CROSS JOIN LATERAL ({COUNTRY_ROWS}) k"


def sectors_of(query: FlowQuery) -> str:
    """A row for each sector of a deal, of those that were asked for; "" where it has none."""
    asked = "WHERE code = ANY(%(sector)s::varchar[])" if query.sector else ""
    return (
        f"SELECT DISTINCT code AS sector FROM unnest(f.sectors) code {asked}"
        " UNION ALL SELECT '' WHERE cardinality(f.sectors) = 0"
    )
