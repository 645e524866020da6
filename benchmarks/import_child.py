"""Import one file in a process of its own, so that its memory is nobody else's.

`python -m benchmarks.import_child FILE NAME` prints one object of JSON: rows and deals, seconds by
the clock and of work, and the most memory that this process ever held, in MB.
"""

import json
import os
import sys
from pathlib import Path

import django


def main(path: str, name: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    django.setup()

    from benchmarks.supplier import PROFILE
    from benchmarks.took import measured, peak_mb
    from deals.feeds.profile_toml import load_profile
    from deals.feeds.receive import receive_path
    from deals.feeds.run import import_file

    profile = load_profile(PROFILE.format(name=name))
    with measured() as took:
        run = import_file(receive_path(Path(path)), profile, publish=True)
    found = {"rows": run.rows_read, "deals": run.deals_created, "mb": peak_mb()}
    print(json.dumps(found | {"seconds": took.wall, "work": took.work}))


if __name__ == "__main__":
    main(*sys.argv[1:])
