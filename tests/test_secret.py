import threading

from investtrack.secret import stored_secret


def test_a_secret_is_made_once_and_is_private(tmp_path):
    path = tmp_path / "secret-key"
    first = stored_secret(path)
    assert len(first) >= 50
    assert stored_secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_all_who_come_at_once_get_the_same_secret(tmp_path):
    path, got = tmp_path / "secret-key", []
    gate = threading.Barrier(8)

    def come() -> None:
        gate.wait()
        got.append(stored_secret(path))

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1
