"""Organizations as the API gives them: what is known of each, dated, with sources.

The database writes the JSON itself, in one statement for any number of organizations: compact, and
with exactly the escapes of other documents, so that a digest can be taken of all of them at once.
"""

from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from deals.flows.proposed import ONLY_PROPOSED, public
from deals.flows.search import pattern
from deals.models import Organization

FOUND = """
SELECT id FROM deals_organization WHERE name ILIKE %s OR public_id = upper(%s)
UNION SELECT organization_id FROM deals_organizationname WHERE name ILIKE %s
UNION SELECT organization_id FROM deals_identifier WHERE value = %s
"""
# Files bring new organizations and identifiers without an entry of the ledger.
MARK = """
SELECT coalesce((SELECT max(id) FROM deals_organization), 0),
       coalesce((SELECT max(id) FROM deals_organizationname), 0),
       coalesce((SELECT max(id) FROM deals_identifier), 0)
"""


def _object(**facts: str) -> str:
    """SQL for a JSON object; a fact is an SQL value, or JSON text where it begins with "="."""
    parts = [
        f"""'"{name}":' || """
        + (value[1:] if value[0] == "=" else f"coalesce(to_json({value})::text, 'null')")
        for name, value in facts.items()
    ]
    return "'{' || " + " || ',' || ".join(parts) + " || '}'"


def _list(table: str) -> str:
    return f"='[' || coalesce({table}.list, '') || ']'"


SOURCE = _object(
    title="s.title",
    url="nullif(s.url, '')",
    publisher="nullif(s.publisher, '')",
    published_on="s.published_on",
    accessed_on="s.accessed_on",
)
SOURCE = f"=CASE WHEN s.id IS NULL THEN 'null' ELSE {SOURCE} END"
DOMICILE = _object(
    country="d.country", basis="d.basis", first="d.first", last="d.last", source=SOURCE
)
STAKE = _object(
    id="o.public_id",
    name="o.name",
    country="o.country",
    share_percent="w.share::text",
    controlling="w.controlling",
    # As in `deals.models.attribution.controls`.
    controls="w.controlling OR coalesce(w.share > 50, false)",
    state_linked="w.state_linked",
    first="w.first",
    last="w.last",
    note="nullif(w.note, '')",
    source=SOURCE,
)
DOCUMENT = _object(
    id="p.public_id",
    name="p.name",
    kind="p.kind",
    country="p.country",
    generated="p.generated",
    absorbed=_list("absorbed"),
    names=_list("names"),
    identifiers=_list("numbers"),
    domiciles=_list("places"),
    owners=_list("owners"),
    holdings=_list("holdings"),
)
STAKES = """(
    SELECT w.{here}_id AS id, string_agg({stake}, ',' ORDER BY w.first NULLS LAST, w.id) AS list
    FROM page p JOIN deals_ownership w ON w.{here}_id = p.id
    JOIN deals_organization o ON o.id = w.{there}_id
    LEFT JOIN deals_source s ON s.id = w.source_id GROUP BY 1
)"""
# A merger into what was merged itself is followed to its end.
TEXTS = f"""
WITH RECURSIVE page AS MATERIALIZED (SELECT * FROM deals_organization WHERE WHICH),
below AS (
    SELECT p.id AS top, m.id, m.public_id FROM page p
    JOIN deals_organization m ON m.merged_into_id = p.id
    UNION
    SELECT below.top, m.id, m.public_id FROM below
    JOIN deals_organization m ON m.merged_into_id = below.id
),
absorbed AS (
    SELECT top AS id, string_agg(to_json(public_id)::text, ',' ORDER BY public_id) AS list
    FROM below GROUP BY 1
),
names AS (
    SELECT p.id, string_agg({_object(name="n.name", script="n.script")}, ','
                            ORDER BY n.script, n.id) AS list
    FROM page p JOIN deals_organizationname n ON n.organization_id = p.id GROUP BY 1
),
numbers AS (
    SELECT p.id, string_agg({_object(scheme="i.scheme", value="i.value")}, ','
                            ORDER BY i.scheme, i.value) AS list
    FROM page p JOIN deals_identifier i ON i.organization_id = p.id GROUP BY 1
),
places AS (
    SELECT p.id, string_agg({DOMICILE}, ',' ORDER BY d.basis, d.first NULLS LAST, d.id) AS list
    FROM page p JOIN deals_domicile d ON d.organization_id = p.id
    LEFT JOIN deals_source s ON s.id = d.source_id GROUP BY 1
),
owners AS {STAKES.format(here="owned", there="owner", stake=STAKE)},
holdings AS {STAKES.format(here="owner", there="owned", stake=STAKE)}
SELECT p.id, {DOCUMENT} AS text FROM page p
LEFT JOIN absorbed USING (id) LEFT JOIN names USING (id) LEFT JOIN numbers USING (id)
LEFT JOIN places USING (id) LEFT JOIN owners USING (id) LEFT JOIN holdings USING (id)
"""
OF_A_PAGE = TEXTS.replace("WHICH", "id = ANY(%s)") + "ORDER BY p.id"
IN_PARTS = TEXTS.replace(
    "WHICH",
    "id > %(above)s AND id <= %(upto)s AND merged_into_id IS NULL AND generated = %(generated)s"
    f" AND id NOT IN ({ONLY_PROPOSED})",
)


def organizations(
    *,
    q: str = "",
    countries: Collection[str] = (),
    kinds: Collection[str] = (),
    generated: bool = False,
) -> QuerySet[Organization]:
    """Those that are not merged into another, in the order in which they came to the register, and
    none that only a proposal names.

    `q` finds any name in any script, an identifier, or an id; `generated` has the invented ones
    instead of the real ones.
    """
    found = public(Organization.objects.filter(merged_into=None, generated=generated))
    found = found.order_by("pk")
    if q.split():
        words, exact = pattern(q), q.strip()
        found = found.filter(pk__in=RawSQL(FOUND, [words, exact, words, exact]))
    if countries:
        found = found.filter(country__in=countries)
    if kinds:
        found = found.filter(kind__in=kinds)
    return found


def mark() -> str:
    """Together with the ledger's head: which state of all organizations this is."""
    with connection.cursor() as cursor:
        cursor.execute(MARK)
        return "-".join(map(str, cursor.fetchone()))


def texts(pks: Sequence[int]) -> list[str]:
    """The public records as JSON, oldest first; shares in percent and as texts, unknown is null."""
    with connection.cursor() as cursor:
        cursor.execute(OF_A_PAGE, [list(pks)])
        return [text for _pk, text in cursor]
