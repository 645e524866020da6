"""Steps that are done two at once are committed in their order, and none without those before."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from time import sleep

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from deals.feeds import abreast, grouping, preparing, queue, steps
from deals.feeds.abreast import OvertakenError, Turn, in_turn
from deals.feeds.run import import_file
from deals.models import Change, Deal, DealDocument, DealFact, ImportRun, PreparedFact, Source
from tests.feeds.supplier import PROFILE, csv_of, file, profile

pytestmark = pytest.mark.django_db(transaction=True)
LAST = "e"


def after(key: str) -> str | None:
    """The key after this one; None after the last."""
    return None if key == LAST else chr(ord(key) + 1) if key else "a"


class Steps:
    """Five steps a, b, c, d, e, of which a journal is kept."""

    def __init__(self, *, follow: bool = True) -> None:
        self.follow, self.journal = follow, list[str]()
        self.threads: set[int] = set()
        self.seconds = {"a": 0.1}
        self.fails = ""

    def step(self, turn: Turn) -> bool:
        key = after(turn.begin)
        if key is None:
            return False
        self.threads.add(threading.get_ident())
        self.journal.append(f"begin {key}")
        turn.next = key
        if self.follow:
            turn.follow()
        sleep(self.seconds.get(key, 0))
        if key == self.fails:
            raise ValueError(key)
        turn.wait()
        self.journal.append(f"end {key}")
        return True

    def run(self, *, abreast: bool = True) -> int:
        return len(list(in_turn(self.step, "", abreast=lambda: abreast)))

    @property
    def ended(self) -> str:
        return "".join(line[-1] for line in self.journal if line.startswith("end"))


def test_they_end_in_their_order_though_the_next_begins_before() -> None:
    five = Steps()
    assert five.run() == 5
    assert five.ended == "abcde"
    assert five.journal.index("begin b") < five.journal.index("end a")
    assert five.journal.index("begin c") > five.journal.index("end a")
    assert len(five.threads) == 2
    assert threading.get_ident() not in five.threads


def test_a_step_that_does_not_say_so_is_followed_when_it_is_committed() -> None:
    five = Steps(follow=False)
    assert five.run() == 5
    assert five.journal == [f"{what} {key}" for key in "abcde" for what in ("begin", "end")]


@pytest.mark.parametrize("alone", ["asked for", "in a transaction"])
def test_one_by_one_in_this_thread(alone: str) -> None:
    five = Steps()
    if alone == "asked for":
        assert five.run(abreast=False) == 5
    else:
        with transaction.atomic():
            assert five.run() == 5
    assert five.journal == [f"{what} {key}" for key in "abcde" for what in ("begin", "end")]
    assert five.threads == {threading.get_ident()}


def test_what_a_step_raises_is_raised_and_the_one_beside_it_is_not_committed() -> None:
    five = Steps()
    five.fails, five.seconds = "b", {"b": 0.1}
    with pytest.raises(ValueError, match="b"):
        five.run()
    assert five.ended == "a"
    assert "begin c" in five.journal


def test_whoever_stops_in_the_middle_leaves_no_thread_and_no_session() -> None:
    five = Steps()
    five.seconds = {"b": 0.2}
    before = threading.active_count(), sessions()
    with closing(in_turn(five.step, "", abreast=lambda: True)) as doing:
        assert isinstance(doing, Iterator)
        next(doing)
    assert five.ended == "a"
    assert threading.active_count() == before[0]
    for _ in range(100):
        # The server's process takes a moment to end.
        if sessions() == before[1]:
            break
        sleep(0.05)
    assert sessions() == before[1]


def test_whoever_stops_in_the_middle_ends_what_the_server_still_does_for_it() -> None:
    """It may wait for somebody for minutes, and whoever was told to end has seconds."""
    slept, begun = list[str](), threading.Event()

    def step(turn: Turn) -> bool:
        turn.next = key = after(turn.begin)
        turn.follow()
        if key == "b":
            begun.set()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(60)")
            slept.append(key)
        return True

    with closing(in_turn(step, "", abreast=lambda: True)) as doing:
        next(doing)
        assert begun.wait(20)
    assert slept == []


def test_a_step_that_is_done_again_is_not_overtaken_by_the_one_behind_it(monkeypatch) -> None:
    monkeypatch.setattr(abreast, "PATIENCE", 0.2)
    journal, late, tried = list[str](), threading.Event(), list[str]()

    def step(turn: Turn) -> bool:
        key = after(turn.begin)
        if key is None or key > "b":
            tried.append("c")
            return False
        tried.append(key)
        turn.next = key
        turn.follow()
        if key == "a":
            assert late.wait(20)
        try:
            turn.wait()
        except OvertakenError:
            # It takes a while to roll back; meanwhile the step before comes to its end after all.
            late.set()
            while "c" not in tried:
                sleep(0.01)
            raise
        journal.append(key)
        return True

    assert len(list(in_turn(step, "", abreast=lambda: True))) == 2
    assert ("".join(journal), "".join(tried)) == ("ab", "abcbc")


def test_a_step_for_which_the_one_before_waits_lets_go_and_is_done_again(monkeypatch) -> None:
    monkeypatch.setattr(abreast, "PATIENCE", 0.2)
    held, tried = threading.Lock(), list[str]()

    def step(turn: Turn) -> bool:
        key = after(turn.begin)
        if key is None:
            return False
        tried.append(key)
        turn.next = key
        turn.follow()
        if key == "a":
            while not held.locked():
                sleep(0.01)
            # No database sees that b waits for this step, which waits for b.
            with held:
                return True
        with held:
            turn.wait()
        return True

    assert len(list(in_turn(step, "", abreast=lambda: True))) == 5
    assert "".join(tried[:4]) in ("abbc", "abbb")


def test_a_step_is_not_committed_where_the_one_before_was_not() -> None:
    first = Turn("")
    with pytest.raises(ValueError, match="a"):
        first.work(lambda turn: int("a") > 0)
    with pytest.raises(OvertakenError):
        Turn("a", first).wait()


def test_a_step_that_was_stopped_is_not_committed() -> None:
    turn = Turn("")
    turn.stop()
    with pytest.raises(OvertakenError):
        turn.wait()


# A row for each investor.
HEADER = "company,company_country,month,raised_usd,investor,investor_country,whole,page"
# Tranches before and behind their umbrella, and pages that are cited in many chunks.
TRANCHES = {5: "Firm 020", 20: "", 33: "Firm 020", 34: "Firm 036"}
WITH_PAGES = PROFILE.replace('currency = "ccy"', 'part_of = "whole"\nsource_url = "page"').replace(
    'key = ["company", "month"]', 'key = ["company"]'
)
ROWS = [
    f"Firm {n:03},CN,2019-05,{n + 1},Fund {n % 7} {place},{place},{TRANCHES.get(n, '')},"
    f"https://example.org/{n // 20}"
    for n in range(60)
    for place in ("DE", "US")
]


def register(monkeypatch: pytest.MonkeyPatch, *, at_once: bool) -> list[object]:
    """All that an import in small steps leaves in an empty register, but for its times."""
    call_command("flush", interactive=False, verbosity=0)
    monkeypatch.setattr(steps, "CHUNK", 7)
    begun = list[bool]()
    if at_once:
        slow_now_and_then(monkeypatch)

    def counted(step: abreast.Step, begin: str, *, abreast: object) -> Iterator[None]:
        begun.append(at_once)
        return in_turn(step, begin, abreast=lambda: at_once)

    monkeypatch.setattr(steps, "in_turn", counted)
    run = import_file(file(csv_of(ROWS, HEADER)), profile(WITH_PAGES), publish=True)
    assert (begun, run.state, run.deals_created) == ([at_once] * 2, "published", 60)
    assert not PreparedFact.objects.exists()
    texts = DealDocument.objects.order_by("pk").values_list("pk", "json")
    return [
        [(pk, re.sub(r"\d{4}-\d\d-\d\dT[^\"]*", "", text)) for pk, text in texts],
        list(DealFact.objects.order_by("pk").values()),
        list(Deal.objects.order_by("pk").values_list("pk", "public_id", "feed_records__key")),
        list(Change.objects.order_by("seq").values_list("seq", "kind", "version", "fields")),
        sorted(Source.objects.values_list("kind", "url", "title")),
        [(run.rows_used, run.rows_duplicate, run.participations, run.organizations_new)],
    ]


def slow_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every other step take long, and see to it that checkpoints still go forwards."""
    for module, name in ((grouping, "write_errors"), (preparing, "make_derived")):
        calls, keys, whole = count(), list[str](), getattr(module, name)

        def slow(*args, work=whole, calls=calls, **how):
            sleep(0.2 if next(calls) % 2 == 0 else 0)
            return work(*args, **how)

        def advance(run, *fields, keys=keys, work=module.advance):
            keys.append(run.checkpoint.get("key", ""))
            assert keys == sorted(keys)
            return work(run, *fields)

        monkeypatch.setattr(module, name, slow)
        monkeypatch.setattr(module, "advance", advance)


def test_two_at_once_leave_what_one_by_one_leaves(monkeypatch) -> None:
    one_by_one = register(monkeypatch, at_once=False)
    assert register(monkeypatch, at_once=True) == one_by_one


def test_an_import_that_dies_in_a_step_goes_on_behind_what_was_committed(monkeypatch) -> None:
    monkeypatch.setattr(steps, "CHUNK", 7)
    derived, calls = preparing.make_derived, list[int]()

    def fails_once(bundles, *, decided_at):
        calls.append(len(bundles))
        if len(calls) == 4:
            raise MemoryError
        return derived(bundles, decided_at=decided_at)

    monkeypatch.setattr(preparing, "make_derived", fails_once)
    delivered, small = file(csv_of(ROWS, HEADER)), profile(WITH_PAGES)
    run = queue.enqueue(delivered, small, publish=True, by=None, ring=lambda _: None)
    for _ in range(2):
        queue.work(run.pk, ring=lambda _: None)
    done = ImportRun.objects.get(pk=run.pk)
    assert (done.state, done.deals_created, DealFact.objects.count()) == ("published", 60, 60)
    assert Source.objects.filter(kind="page").count() == 3


def sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])
