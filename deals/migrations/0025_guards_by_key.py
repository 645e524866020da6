"""What new participations and citations may not belong to is looked up by key.

While nearly all versions are prepared ones, PostgreSQL expects next to none that is published, and
read all versions to find them, for every thousand rows that an import brought.
"""

from django.db import migrations

BY_KEY = "".join(
    f"ALTER FUNCTION deals_guard_added() SET {plan} = off;"
    for plan in ("enable_hashjoin", "enable_mergejoin", "enable_seqscan")
)


class Migration(migrations.Migration):
    dependencies = [("deals", "0024_prepared_fact")]

    operations = [
        migrations.RunSQL(BY_KEY, "ALTER FUNCTION deals_guard_added() RESET ALL;"),
    ]
