"""The index by 0020 took the place of this one."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("deals", "0021_days_by_what_is_asked")]

    operations = [RemoveIndexConcurrently("dealfact", "fact_counted")]
