"""The index of parts by 0014 took the place of this one."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("deals", "0014_parts_from_an_index")]

    operations = [RemoveIndexConcurrently("dealfact", "fact_part_of")]
