import subprocess
import sys

from investtrack.embedded import locks
from tests.processes import PATIENCE

HOLD = """
import sys, time
from investtrack.embedded import locks
from tests.processes import PATIENCE
assert locks.try_lock(locks.open_lock(sys.argv[1]), locks.SHARED)
print("held", flush=True)
time.sleep(600)
"""


def test_many_may_share_but_only_one_may_exclude(tmp_path):
    first, second, third = (locks.open_lock(tmp_path / "lock") for _ in range(3))
    assert locks.try_lock(first, locks.SHARED)
    assert locks.try_lock(second, locks.SHARED)
    assert not locks.try_lock(third, locks.EXCLUSIVE)
    locks.release(first)
    locks.release(second)
    assert locks.try_lock(third, locks.EXCLUSIVE)
    assert not locks.wait_lock(first, locks.SHARED, 0.1)


def test_a_killed_holder_lets_go(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    ours = locks.open_lock(tmp_path / "lock")
    assert not locks.try_lock(ours, locks.EXCLUSIVE)
    holder.kill()
    holder.communicate()
    assert locks.wait_lock(ours, locks.EXCLUSIVE, PATIENCE)
