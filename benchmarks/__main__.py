"""`make bench`: measure in a scratch database that is thrown away, and print ratios.

Absolute times depend on the machine; what counts are the ratios inside one run. `DEALS=200000 make
bench` changes the size; see benchmarks.imports for others.
"""

import os
import sys
from collections.abc import Callable

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    from benchmarks import flows, hostile, imports, questions

    size = int(os.environ.get("DEALS", "20000"))
    measurements: list[Callable[[int], None]] = [
        imports.run,
        questions.run,
        imports.run_large,
        hostile.run,
        flows.run,
    ]
    made = setup_databases(verbosity=0, interactive=False)
    try:
        for measure in measurements:
            measure(size)
    finally:
        teardown_databases(made, verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
