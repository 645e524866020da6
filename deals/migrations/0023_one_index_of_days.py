"""The index by 0021 took the place of this one."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("deals", "0022_one_index_to_count")]

    operations = [RemoveIndexConcurrently("dealfact", "fact_target_days")]
