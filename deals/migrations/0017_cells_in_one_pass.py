"""Adding up cells compares what a statement changed with the parts of deals in one pass.

For each part all changed rows were read again, so that an import took the square of its size as
soon as it had parts: 450,000 deals more than ten minutes, in which nobody else could publish.
"""

import re
from importlib import import_module

from django.db import migrations

BEFORE = import_module("deals.migrations.0005_fast_questions")
# A row that this statement brought stands in the table as in `changed`, so both can be compared
# whole; sets are hashed or sorted, however large a statement is.
IN_ONE_PASS = {
    f"""SELECT part_of_id FROM deals_dealfact p WHERE part_of_id IS NOT NULL AND {BEFORE.LIVE}
            AND NOT EXISTS (SELECT FROM changed c WHERE c.sign = 1 AND c.version_id = p.version_id)
        UNION""": f"""SELECT part_of_id FROM (
            SELECT version_id, part_of_id FROM deals_dealfact
            WHERE part_of_id IS NOT NULL AND {BEFORE.LIVE}
            EXCEPT SELECT version_id, part_of_id FROM changed
            WHERE sign = 1 AND part_of_id IS NOT NULL
        ) stayed
        UNION""",
    """    signed AS (
""": f"""    umbrellas AS MATERIALIZED (
        SELECT t.sign, f.version_id FROM turned t JOIN deals_dealfact f ON f.deal_id = t.part_of_id
        WHERE {BEFORE.LIVE}
        EXCEPT SELECT u.sign, c.version_id FROM changed c, (VALUES (-1), (1)) u (sign)
        WHERE c.sign = 1
    ),
    signed AS (
""",
    f"""        FROM turned t JOIN deals_dealfact f ON f.deal_id = t.part_of_id
        WHERE {BEFORE.LIVE}
            AND NOT EXISTS (SELECT FROM changed c WHERE c.sign = 1 AND c.version_id = f.version_id)
""": """        FROM umbrellas t JOIN deals_dealfact f USING (version_id)
""",
}


def _functions(changes: dict[str, str]) -> str:
    """The three functions of before, replaced where they stand, with these changes."""
    text = BEFORE.TRIGGERS
    for old, new in changes.items():
        if text.count(old) != len(BEFORE.EVENTS):
            raise ValueError(f"Not in all functions: {old}")
        text = text.replace(old, new)
    found = re.findall(r"CREATE FUNCTION (deals_cells_\w+\(\).*?END \$\$;)", text, re.DOTALL)
    return "\n".join(f"CREATE OR REPLACE FUNCTION {one}" for one in found)


class Migration(migrations.Migration):
    dependencies = [("deals", "0016_version_proposed")]

    operations = [migrations.RunSQL(_functions(IN_ONE_PASS), _functions({}))]
