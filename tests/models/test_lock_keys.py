"""Advisory locks are told apart by a number alone."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEY = re.compile(r"^[A-Z_]+ = (4_281_\d{3}_\d{3})$", re.M)


def test_no_two_locks_have_the_same_number():
    files = [path for room in ("deals", "investtrack") for path in (ROOT / room).rglob("*.py")]
    found = Counter(key for path in files for key in KEY.findall(path.read_text()))
    assert len(found) > 3
    assert found.most_common(1)[0][1] == 1
