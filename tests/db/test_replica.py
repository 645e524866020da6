"""Who is answered by the replica, and that nobody notices when it cannot answer."""

import logging

import pytest
from django.core.handlers.exception import convert_exception_to_response
from django.db import connection, connections
from django.db.utils import OperationalError
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from benchmarks.ports import free_port
from deals.flows import furthest
from deals.models import ApiKey, ledger
from deals.rules.keys import new_key
from investtrack.db.replica import turns
from investtrack.db.replica.watch import watch
from investtrack.replica import Replica, is_reader
from investtrack.shared_cache import SharedCache
from tests.api.partners import make_key
from tests.db.conftest import address, alias_of
from tests.factories import make_deal

WHERE = "SELECT current_setting('transaction_read_only')"


def asked() -> str:
    """Who is asked in the name of the database: "on" is the replica."""
    with connection.cursor() as cursor:
        cursor.execute(WHERE)
        return cursor.fetchone()[0]


def middleware(view):
    """The middleware with a view inside, and with what makes answers of errors between them."""
    found = {}

    def inner(request):
        try:
            return view(request)
        except Exception as error:
            answer = found["middleware"].process_exception(request, error)
            if answer is None:
                raise
            return answer

    found["middleware"] = Replica(convert_exception_to_response(inner))
    return found["middleware"]


def get(view, path="/flows/", **extra):
    return middleware(view)(RequestFactory().get(path, **extra))


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    assert connections["default"].alias == "default"


def by_whom(request=None):
    return HttpResponse(asked())


@pytest.mark.parametrize(
    ("method", "path", "extra", "reads"),
    [
        ("get", "/", {}, True),
        ("head", "/flows/", {}, True),
        ("get", "/api/v1/deals/", {"HTTP_AUTHORIZATION": f"Bearer {new_key('read')}"}, True),
        ("get", "/api/v1/deals/", {"HTTP_AUTHORIZATION": f"bearer {new_key('read')}"}, True),
        ("get", "/api/v1/deals/", {"HTTP_AUTHORIZATION": f"Bearer {new_key('write')}"}, False),
        ("get", "/api/v1/deals/", {"HTTP_AUTHORIZATION": f"Bearer {new_key('import')}"}, False),
        ("get", "/api/v1/deals/", {"HTTP_AUTHORIZATION": "Basic aXRrX3JfOng="}, False),
        ("get", "/", {"HTTP_COOKIE": "sessionid=abc"}, False),
        ("get", "/", {"HTTP_COOKIE": "csrftoken=abc"}, True),
        ("post", "/flows/", {}, False),
        ("put", "/api/v1/deals/", {"HTTP_AUTHORIZATION": f"Bearer {new_key('read')}"}, False),
        ("options", "/", {}, False),
        ("get", "/desk/", {}, False),
        ("get", "/account/login/", {}, False),
        ("get", "/admin/", {}, False),
        ("get", "/healthz", {}, False),
        ("get", "/readyz", {}, False),
        ("get", "/metrics", {}, False),
        ("get", "/api/v1/me/", {}, False),
        ("get", "/api/v1/imports/7/", {"HTTP_AUTHORIZATION": f"Bearer {new_key('read')}"}, False),
        ("get", "/api/v1/submissions/", {"HTTP_AUTHORIZATION": f"Bearer {new_key('read')}"}, False),
    ],
)
def test_readers_are_told_from_everybody_else(method, path, extra, reads):
    assert is_reader(getattr(RequestFactory(), method)(path, **extra)) is reads


def test_a_reader_is_answered_by_the_replica_and_everybody_else_is_not(replica):
    assert get(by_whom).content == b"on"
    assert get(by_whom, HTTP_COOKIE="sessionid=x").content == b"off"
    assert get(by_whom, path="/desk/").content == b"off"
    assert middleware(by_whom)(RequestFactory().post("/flows/")).content == b"off"


def test_pages_and_api_are_whole_when_the_replica_answers(full_replica):
    make_deal(investors=[("Fund", "DE")])
    for path in ("/", "/flows/", "/api/v1/flows/share/?investor=europe&target=CN"):
        watch.look()
        full_replica.begin()
        response = Client().get(path)
        assert response.status_code == 200, path
        assert (full_replica.asked, full_replica.failure) == (True, None), path


def test_a_read_key_is_noted_as_used_although_the_replica_takes_no_writes(full_replica):
    make_deal()
    headers = {"Authorization": f"Bearer {make_key(power='read')}"}
    assert Client().get("/api/v1/deals/", headers=headers).status_code == 200
    assert ApiKey.objects.get().last_used_at is not None
    assert get(by_whom).content == b"on"


def test_a_page_that_wants_to_write_is_answered_by_the_database(replica):
    def view(request):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE deals_change SET seq = seq")
        return by_whom()

    assert get(view).content == b"off"


def test_what_a_view_made_of_a_failure_is_not_shown(replica):
    def view(request):
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT * FROM of_a_newer_version" if asked() == "on" else "SELECT 1"
                )
        except Exception:
            return HttpResponse("sorry")
        return HttpResponse("well")

    assert get(view).content == b"well"


@pytest.mark.parametrize("status", [400, 404, 410])
def test_what_the_replica_may_not_have_heard_of_is_asked_of_the_database(replica, status):
    def view(request):
        return HttpResponse(status=status if asked() == "on" else 200)

    assert get(view).status_code == 200


def test_an_address_that_is_nowhere_costs_nothing_more(replica):
    seen = []

    def view(request):
        seen.append(1)
        return HttpResponse(status=404)

    assert get(view).status_code == 404
    assert len(seen) == 1


RAISING = "DO $$ BEGIN RAISE EXCEPTION '{}' USING ERRCODE = '{}'; END $$"


def raising(words, state):
    def view(request):
        with connection.cursor() as cursor:
            if asked() == "on":
                cursor.execute(RAISING.format(words, state))
        return HttpResponse(asked())

    return view


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("canceling statement due to conflict with recovery", "40001"),
        ("canceling statement due to conflict with recovery", "57014"),
        ("column does not exist", "42703"),
        ("out of memory", "53200"),
        ("terminating connection due to administrator command", "57P01"),
    ],
)
def test_an_answer_that_the_replica_broke_off_is_given_by_the_database(replica, words, state):
    assert get(raising(words, state)).content == b"off"
    # One answer that was in the way of the log is no reason to ask others.
    assert bool(watch.why_not) is (state in ("53200", "57P01"))


def test_a_question_that_takes_too_long_is_not_put_to_the_database_as_well(replica):
    seen = []

    def view(request):
        seen.append(asked())
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 50")
                cursor.execute("SELECT pg_sleep(5)")
        except OperationalError:
            return HttpResponse("narrow it down", status=503)
        finally:
            connection.close()

    assert get(view).content == b"narrow it down"
    assert seen == ["on"]
    assert watch.why_not == ""


def test_a_killed_connection_is_no_error_and_the_next_look_finds_the_replica_again(replica, caplog):
    def view(request):
        here = asked()
        if here == "on":
            other = connections.create_connection("default")
            try:
                with other.cursor() as cursor:
                    pid = connection.connection.info.backend_pid
                    cursor.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])
            finally:
                other.close()
        return HttpResponse(here + asked())

    with caplog.at_level(logging.INFO, "investtrack"):
        assert get(view).content == b"offoff"
        assert get(by_whom).content == b"off"
        watch._next = 0
        assert get(by_whom).content == b"on"
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert "Readers are answered without the replica" in warnings[0].getMessage()


def test_a_replica_that_is_away_costs_one_try_and_one_line_of_the_log(db, caplog):
    tries = []
    with alias_of(address() | {"HOST": "127.0.0.1", "PORT": 1}) as replica:
        connect = replica.get_new_connection
        replica.get_new_connection = lambda params: tries.append(1) or connect(params)
        assert [get(by_whom).content for _ in range(5)] == [b"off"] * 5
    assert len(tries) == 1
    assert len([r for r in caplog.records if r.name.startswith("investtrack")]) == 1


def test_a_server_that_takes_writes_is_no_replica(db):
    with alias_of(address() | {"OPTIONS": {}}):
        assert get(by_whom).content == b"off"
        assert "takes writes" in watch.why_not


def test_what_readers_have_seen_is_never_taken_back(full_replica):
    make_deal()
    assert get(by_whom).content == b"on"
    furthest.note(ledger.head() + 1)
    assert get(by_whom).content == b"off"
    make_deal()
    furthest.note_end()
    assert get(by_whom).content == b"on"


def test_who_follows_the_ledger_is_told_of_nothing_less(full_replica):
    make_deal()
    head = ledger.head()
    assert get(by_whom, path=f"/api/v1/changes/?after={head}").content == b"on"
    assert get(by_whom, path=f"/api/v1/changes/?after={head + 1}").content == b"off"
    assert get(by_whom, path="/api/v1/changes/?after=²").content == b"on"


def test_without_the_cache_readers_are_answered_by_the_database(replica, monkeypatch):
    def broken(*_, **__):
        raise ConnectionError

    monkeypatch.setattr(furthest.cache, "get", broken)
    assert get(by_whom).content == b"off"


def test_while_the_shared_cache_is_away_readers_are_answered_by_the_database(replica, monkeypatch):
    SharedCache.paused.clear()
    nowhere = SharedCache(f"redis://127.0.0.1:{free_port()}/0", {})
    monkeypatch.setattr(furthest, "cache", nowhere)
    assert get(by_whom).content == b"off"
    monkeypatch.setattr(watch, "_next", float("inf"))
    assert get(by_whom).content == b"off"
    # Without the database nobody publishes, and a page is better than none.
    monkeypatch.setattr(watch, "_alone", True)
    assert get(by_whom).content == b"on"


def test_a_cache_that_has_forgotten_says_nothing_before_somebody_has_looked_again(
    replica, monkeypatch
):
    assert get(by_whom).content == b"on"
    monkeypatch.setattr(watch, "_next", float("inf"))
    furthest.cache.clear()
    assert get(by_whom).content == b"off"
    watch._next = 0
    assert get(by_whom).content == b"on"


def test_a_cache_that_comes_back_with_an_older_entry_takes_nothing_back(full_replica):
    make_deal()
    assert get(by_whom).content == b"on"
    watch.head -= 1
    furthest.cache.set(furthest.KEY, 0, 60)
    watch._look_at_head = lambda: None
    try:
        assert get(by_whom).content == b"off"
    finally:
        del watch._look_at_head


def pieces(seen, n=3):
    """A body that asks the database for each piece, and notes who was asked at its end."""
    try:
        for _ in range(n):
            yield asked().encode()
    finally:
        seen.append(asked())


def test_a_streamed_answer_comes_from_the_replica_to_its_last_piece(replica):
    seen = []
    response = get(lambda request: StreamingHttpResponse(pieces(seen)))
    body = iter(response)
    assert next(body) == b"on"
    # Whatever else this thread does between two pieces asks the database.
    assert asked() == "off"
    assert list(body) == [b"on", b"on"]
    response.close()
    assert seen == ["on"]


def test_a_reader_who_leaves_early_ends_the_stream_on_the_replica(full_replica):
    seen = []
    response = get(lambda request: StreamingHttpResponse(pieces(seen)))
    next(iter(response))
    response.close()
    assert seen == ["on"]
    assert asked() == "off"


def test_a_stream_that_cannot_begin_is_begun_by_the_database(replica):
    def view(request):
        def body():
            if asked() == "on":
                with connection.cursor() as cursor:
                    cursor.execute(RAISING.format("conflict with recovery", "40001"))
            yield asked().encode()

        return StreamingHttpResponse(body())

    assert get(view).getvalue() == b"off"


def test_a_stream_that_breaks_off_is_cut_and_the_next_one_comes_from_the_database(replica):
    def view(request):
        def body():
            yield asked().encode()
            with connection.cursor() as cursor:
                cursor.execute(RAISING.format("terminating connection", "57P01"))

        return StreamingHttpResponse(body())

    with pytest.raises(OperationalError):
        get(view).getvalue()
    assert get(by_whom).content == b"off"


def test_an_empty_stream_and_a_file_pass_as_they_are(replica, tmp_path):
    assert get(lambda request: StreamingHttpResponse()).getvalue() == b""
    (tmp_path / "file").write_bytes(b"whole")
    response = get(lambda request: FileResponse((tmp_path / "file").open("rb")))
    assert b"".join(response) == b"whole"
    response.close()
    assert not turns.streams(response)


def test_an_export_comes_from_the_replica_and_leaves_its_connection_clean(full_replica):
    for n in range(3):
        make_deal(target=f"Target {n}")
    whole = Client().get("/api/v1/exports/deals.csv").getvalue()
    assert whole.count(b"Target") >= 3
    assert (full_replica.asked, full_replica.failure) == (True, None)
    cut = Client().get("/api/v1/exports/deals.jsonl")
    next(iter(cut))
    cut.close()
    assert not full_replica.in_atomic_block
    assert asked() == "off"
    assert get(by_whom).content == b"on"


def test_readiness_tells_of_the_replica_and_does_not_depend_on_it(db):
    with alias_of(address()):
        told = Client().get("/readyz").json()
        assert told["checks"]["replica"] == {"ok": True, "behind": 0.0}
    with alias_of(address() | {"HOST": "127.0.0.1", "PORT": 1}):
        answer = Client().get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["checks"]["replica"] == {"ok": False, "detail": "It does not answer."}
    assert "replica" not in Client().get("/readyz").json()["checks"]
