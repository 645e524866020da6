"""Numbers are given in commit order: a reader who follows the ledger never misses an entry."""

import threading

import pytest
from django.db import connection

from deals.feeds.publish import publish
from deals.models import Change, DealVersion
from tests.factories import submit_version

PUBLISHERS, EACH = 4, 5


@pytest.mark.django_db(transaction=True)
def test_a_following_reader_sees_every_entry_of_concurrent_publishers() -> None:
    work = [[submit_version().pk for _ in range(EACH)] for _ in range(PUBLISHERS)]
    done = threading.Event()
    failures: list[BaseException] = []
    followed: list[int] = []

    def write(ids: list[int]) -> None:
        try:
            for pk in ids:
                publish([pk], by="system")
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    def follow() -> None:
        try:
            while True:
                last = done.is_set()
                after = followed[-1] if followed else 0
                entries = Change.objects.filter(seq__gt=after).order_by("seq")
                followed.extend(entries.values_list("seq", flat=True))
                if last:
                    return
        finally:
            connection.close()

    reader = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(ids,)) for ids in work]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert failures == []
    everything = list(Change.objects.order_by("seq").values_list("seq", flat=True))
    assert followed == everything == list(range(1, PUBLISHERS * EACH + 1))
    assert DealVersion.objects.live().count() == PUBLISHERS * EACH
