"""A shared cache that goes away costs nobody an answer."""

import logging
import shutil
import socket
import subprocess

import pytest
from django.core.cache.backends.base import BaseCache

from benchmarks.ports import free_port
from investtrack import shared_cache
from investtrack.shared_cache import SharedCache
from tests.processes import PATIENCE, wait_until
from tests.serving import wait_for


@pytest.fixture
def nowhere():
    """A cache on a port where nobody listens."""
    SharedCache.paused.clear()
    return SharedCache(f"redis://127.0.0.1:{free_port()}/0", {})


def test_without_its_server_each_process_has_its_own(nowhere, caplog):
    assert nowhere.get("a", "nothing") == "nothing"
    nowhere.set("a", 1, 60)
    assert nowhere.get("a") == 1
    assert nowhere.incr("a") == 2
    assert nowhere.add("a", 5) is False
    nowhere.set_many({"b": 1, "c": 2})
    assert nowhere.get_many(["a", "b", "c"]) == {"a": 2, "b": 1, "c": 2}
    assert nowhere.get_or_set("d", lambda: 4) == 4
    assert "a" in nowhere
    nowhere.delete("a")
    with pytest.raises(ValueError, match="a"):
        nowhere.incr("a")
    said = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.name for record in said] == ["investtrack.shared_cache"]


def test_it_says_when_it_is_shared_by_nobody(nowhere):
    assert not nowhere.away
    nowhere.get("a")
    assert nowhere.away


class Kept(dict):
    """What is in the server, instead of one."""

    def get_client(self, key=None, *, write=False):
        return self

    def mget(self, keys):
        return [self.get(key) for key in keys]

    def set(self, key, value, ex=None, nx=False):
        if nx and key in self:
            return None
        self[key] = value
        return True


@pytest.fixture
def kept(nowhere, monkeypatch):
    """The cache with a server that keeps everything."""
    monkeypatch.setattr(nowhere._shared._cache, "get_client", Kept().get_client)
    return nowhere


def test_what_another_installation_kept_is_as_if_it_were_not_there(kept, settings):
    kept.set("a", "ours", 60)
    kept.set("b", None, 60)
    settings.SECRET_KEY = "a new one"
    kept.set("c", None, 60)
    assert kept.get("a", "nothing") == "nothing"
    assert kept.get("c", "nothing") is None
    assert kept.get_many(["a", "b", "c", "d"]) == {"c": None}
    assert kept.get_or_set("a", lambda: "ours again") == "ours again"


class Gone:
    """A class that the next version no longer has."""


def test_what_another_version_kept_is_as_if_it_were_not_there(kept, monkeypatch):
    kept.set("a", Gone(), 60)
    monkeypatch.delattr(f"{__name__}.Gone")
    assert kept.get("a", "nothing") == "nothing"
    assert kept.get_many(["a"]) == {}


def test_a_server_that_hangs_is_asked_once_in_a_while_and_not_by_everybody(monkeypatch):
    SharedCache.paused.clear()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(shared_cache, "ANSWER_SECONDS", 0.2)
        monkeypatch.setattr(shared_cache, "PAUSE_SECONDS", PATIENCE)
        cache = SharedCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {})
        cache.set("a", 1)
        assert knocked(silent)
        for _ in range(100):
            assert cache.get("a") == 1
        assert not knocked(silent)


def knocked(silent: socket.socket) -> bool:
    """Whether anybody has connected since this was last asked."""
    silent.setblocking(False)
    found = False
    while True:
        try:
            silent.accept()[0].close()
        except BlockingIOError:
            return found
        found = True


def test_everything_that_a_cache_can_be_asked_is_passed_on():
    asked = {name for name in vars(BaseCache) if not name.startswith("_")}
    # What Django builds on those that are passed on, the names for asyncio among them.
    built = {
        "get_or_set", "decr", "incr_version", "decr_version", "make_key", "make_and_validate_key",
        "validate_key", "get_backend_timeout",
    }  # fmt: skip
    asked = {name for name in asked if f"a{name}" in asked} | {"close"}
    assert asked - built <= {name for name in vars(SharedCache)}


@pytest.mark.services
@pytest.mark.skipif(not shutil.which("redis-server"), reason="needs redis-server")
def test_a_server_that_comes_back_is_used_again(tmp_path, monkeypatch):
    SharedCache.paused.clear()
    monkeypatch.setattr(shared_cache, "PAUSE_SECONDS", 0.2)
    # Nobody is to be given up here who only had to wait for a processor.
    monkeypatch.setattr(shared_cache, "ANSWER_SECONDS", PATIENCE)
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    mine, other = (SharedCache(f"redis://127.0.0.1:{port}/0", {}) for _ in range(2))
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as server:
        wait_for(port, server)
        mine.set("shared", 1)
        assert other.get("shared") == 1
        server.kill()
    mine.set("shared", 2)
    assert mine.get("shared") == 2
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as server:
        wait_for(port, server)
        wait_until(lambda: not mine.away)
        assert mine.get("shared") is None
        mine.set("shared", 3)
        assert other.get("shared") == 3
        server.kill()
