"""The statements of `deals.entry.lookup`.


Each branch gives organizations with the spelling that was met and a rank, the best being the
lowest; together they give the best few. Every branch stops after so many rows in the order of its
index, so that one letter costs no more than ten.
"""

from collections.abc import Sequence
from typing import Any

# A query and its parameters.
Branch = tuple[str, dict[str, Any]]
# What a row was found by, where it is no kind of spelling.
ID = "id"
BY_ID, EXACT, BEGINNING, WORD, READ, READ_BEGINNING, INSIDE, ALIKE = range(8)
# Rows of an index that a branch looks at and takes, and organizations whose deals are counted.
LOOKED_AT, SEEN, COUNTED = 5_000, 400, 100
# The count of a bank that is in everything would take longer than all the rest.
MOST_DEALS = 1_000
# Share of the typed trigrams that has to be found together: a wrong letter or two in seven.
NEAR_ENOUGH = "SET LOCAL pg_trgm.word_similarity_threshold = 0.5"

# The organizations that were merged into others stand for what they are now.
LED = """
RECURSIVE led AS (
    SELECT public_id, id, merged_into_id FROM deals_organization WHERE public_id = ANY(%(ids)s)
    UNION ALL
    SELECT led.public_id, o.id, o.merged_into_id
    FROM led JOIN deals_organization o ON o.id = led.merged_into_id
)
"""
LIVE_DEALS = f"""(
    SELECT count(*) FROM (
        SELECT 1 FROM deals_dealfact f
        WHERE {{his}} AND f.published_seq IS NOT NULL AND f.superseded_seq IS NULL
        LIMIT {MOST_DEALS}
    ) AS few
)"""
AS_TARGET = LIVE_DEALS.format(his="f.target_id = o.id")
AS_INVESTOR = LIVE_DEALS.format(his="f.investors @> ARRAY[o.id]")
DEALS = f"least({AS_TARGET} + {AS_INVESTOR}, {MOST_DEALS}) AS deals"
NAMES = """array(
    SELECT n.name FROM deals_organizationname n WHERE n.organization_id = o.id ORDER BY n.name
) AS names"""
BY_PUBLIC_ID = f"""
WITH {LED}
SELECT led.public_id AS asked, o.public_id, o.name, o.country, o.kind, o.generated, {NAMES}, {DEALS}
FROM led JOIN deals_organization o ON o.id = led.id WHERE led.merged_into_id IS NULL
"""
# Of schemes there are few, and the index of identifiers leads from one to the next.
NAMED = f"""
SELECT * FROM (
    WITH {LED}, scheme AS (
        (SELECT scheme FROM deals_identifier ORDER BY scheme LIMIT 1)
        UNION ALL
        SELECT (SELECT i.scheme FROM deals_identifier i WHERE i.scheme > s.scheme
                ORDER BY i.scheme LIMIT 1) FROM scheme s WHERE s.scheme IS NOT NULL
    )
    SELECT id AS organization_id, public_id AS text, '{ID}' AS way, {BY_ID} AS rank
    FROM led WHERE merged_into_id IS NULL
    UNION ALL
    SELECT i.organization_id, i.scheme || ' ' || i.value, '{ID}', {BY_ID}
    FROM scheme JOIN deals_identifier i USING (scheme) WHERE i.value = ANY(%(ids)s)
) AS named
"""
# Rows in the order of the index, so many at most, of which the first few that may be offered are
# taken: a demonstration has more invented organizations than real ones.
TAKEN = f"""
(SELECT * FROM (
    SELECT organization_id, text, kind FROM deals_searchname WHERE {{where}} LIMIT {LOOKED_AT}
 ) AS s
 WHERE %(invented)s
    OR NOT (SELECT o.generated FROM deals_organization o WHERE o.id = s.organization_id)
 LIMIT {SEEN})
"""
IN_ORDER = "text LIKE %(pattern)s AND kind {kinds} 'name' ORDER BY text USING ~<~"
STARTING = f"""
SELECT organization_id, text, kind AS way, CASE
    WHEN kind = 'name' AND %(typed)s THEN
        CASE WHEN text = %(form)s THEN {EXACT} ELSE {BEGINNING} END
    WHEN kind = 'tail' AND %(typed)s THEN {WORD}
    WHEN text = %(form)s THEN {READ} ELSE {READ_BEGINNING} END AS rank
FROM (
    {TAKEN.format(where=IN_ORDER.format(kinds="="))}
    UNION ALL
    {TAKEN.format(where=IN_ORDER.format(kinds="<>"))}
) AS starting
"""
WITHIN = f"""
SELECT organization_id, text, kind AS way, {INSIDE} AS rank
FROM {TAKEN.format(where="text LIKE %(pattern)s AND kind <> 'tail'")} AS within
"""
# What is spelled most alike comes first, whatever its deals.
SPELLED = f"""
(SELECT organization_id, text, kind AS way, {ALIKE} + 1 - word_similarity(%(form)s, text) AS rank
 FROM {TAKEN.format(where="%(form)s <%% text AND kind IN ('name', 'pinyin')")} AS near
 ORDER BY rank LIMIT {COUNTED})
"""
ORDER = "generated, rank, deals DESC, length(text), name, id"
BEST = f"""
WITH met AS ({{branches}}), one AS (
    SELECT DISTINCT ON (organization_id) * FROM met
    ORDER BY organization_id, rank, length(text), text
), few AS MATERIALIZED (
    SELECT o.id, o.public_id, o.name, o.country, o.kind, o.generated, one.text, one.way, one.rank
    FROM one JOIN deals_organization o ON o.id = one.organization_id
    WHERE o.merged_into_id IS NULL AND (%(invented)s OR NOT o.generated)
    ORDER BY o.generated, one.rank, length(one.text), o.id LIMIT {COUNTED}
), counted AS MATERIALIZED (
    SELECT o.*, {DEALS} FROM few o ORDER BY {ORDER} LIMIT %(limit)s
)
SELECT o.*, {NAMES} FROM counted o ORDER BY {ORDER}
"""


def named(ids: Sequence[str]) -> Branch:
    """By an identifier or a public id."""
    return NAMED, {"ids": list(ids)}


def beginning(form: str, *, read: bool = False) -> Branch:
    """Spellings that begin so; `read` where Chinese characters were typed and this is how they are
    read, which is no proof of a name."""
    return STARTING, {"form": form, "pattern": f"{literal(form)}%", "typed": not read}


def inside(form: str) -> Branch:
    """Spellings that have it anywhere."""
    return WITHIN, {"pattern": f"%{literal(form)}%"}


def literal(form: str) -> str:
    """A form for LIKE. Folded words have no signs, but a name may consist of nothing else."""
    return form.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def alike(form: str) -> Branch:
    """Spellings with many of its trigrams."""
    return SPELLED, {"form": form}


def best(branches: Sequence[Branch], *, limit: int, invented: bool) -> tuple[str, dict[str, Any]]:
    """One statement over several branches, with its parameters."""
    texts: list[str] = []
    params: dict[str, Any] = {"limit": limit, "invented": invented}
    for number, (text, own) in enumerate(branches):
        texts.append(text.replace("%(", f"%(b{number}_"))
        params |= {f"b{number}_{name}": value for name, value in own.items()}
        params[f"b{number}_invented"] = invented
    return BEST.format(branches=" UNION ALL ".join(texts)), params
