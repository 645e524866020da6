"""Work that holds a lock of its session refuses a connection that may be given to somebody else."""

import pytest
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from deals.exports import manifest
from deals.feeds import lease
from deals.models import Feed, ImportRun
from deals.models.session import PooledError, own_session

pytestmark = pytest.mark.django_db


def test_a_connection_of_one_s_own_is_taken():
    own_session()
    own_session(connection)


def test_behind_a_pool_an_import_and_a_release_refuse_in_a_sentence(settings):
    settings.DATABASE_POOLED = True
    feed = Feed.objects.create(code="f", name="F", profile="")
    run = ImportRun.objects.create(
        feed=feed, state="queued", file_name="f", created_at=timezone.now()
    )
    with pytest.raises(PooledError, match="leads to a pool"):
        lease.claim(run.pk)
    with pytest.raises(CommandError), manifest.alone(1):
        pass
    run.refresh_from_db()
    assert (run.state, run.fence) == (ImportRun.State.QUEUED, 0)
