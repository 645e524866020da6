"""Organizations that nothing but a proposal names: nobody outside the desk sees them.

Whoever proposes a deal names companies that may be new to the register. They become organizations
at once, so that a reviewer can look at them; until a deal with one of them is published, or
somebody has written down a name, number, place or owner of it, it is as private as the proposal,
and it stays so when that is turned down. What imports bring is published with them.
"""

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from deals.models import Organization

# The few versions of people that wait or were turned down have an index of their own. How few they
# are no statistics say, and the planner expects a fiftieth of all versions; OFFSET has it look each
# organization up nevertheless, and not join whole tables.
ONLY_PROPOSED = """
SELECT u.id FROM (
    SELECT v.target_id AS id FROM deals_dealversion v
    WHERE v.published_seq IS NULL AND v.import_run_id IS NULL
    UNION
    SELECT p.investor_id
    FROM (SELECT v.id FROM deals_dealversion v
          WHERE v.published_seq IS NULL AND v.import_run_id IS NULL OFFSET 0) v,
    LATERAL (SELECT p.investor_id FROM deals_participation p
             WHERE p.version_id = v.id AND p.investor_id IS NOT NULL OFFSET 0) p
) u
WHERE NOT EXISTS (SELECT FROM deals_dealversion v
                  WHERE v.target_id = u.id
                    AND (v.published_seq IS NOT NULL OR v.import_run_id IS NOT NULL) OFFSET 0)
  AND NOT EXISTS (SELECT FROM deals_participation p JOIN deals_dealversion v ON v.id = p.version_id
                  WHERE p.investor_id = u.id
                    AND (v.published_seq IS NOT NULL OR v.import_run_id IS NOT NULL) OFFSET 0)
  AND NOT EXISTS (SELECT FROM deals_organizationname n WHERE n.organization_id = u.id OFFSET 0)
  AND NOT EXISTS (SELECT FROM deals_identifier i WHERE i.organization_id = u.id OFFSET 0)
  AND NOT EXISTS (SELECT FROM deals_domicile d WHERE d.organization_id = u.id OFFSET 0)
  AND NOT EXISTS (SELECT FROM deals_ownership w WHERE w.owner_id = u.id OFFSET 0)
  AND NOT EXISTS (SELECT FROM deals_ownership w WHERE w.owned_id = u.id OFFSET 0)
  AND NOT EXISTS (SELECT FROM deals_organization o WHERE o.merged_into_id = u.id OFFSET 0)
"""


def public(found: QuerySet[Organization]) -> QuerySet[Organization]:
    """Those of them that everybody may see."""
    return found.exclude(pk__in=RawSQL(ONLY_PROPOSED, []))
