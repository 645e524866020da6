"""One section of `make bench` in a process of its own: `python -m benchmarks.one NAME DEALS FILE`.

Its figures are printed and added to FILE as lines of JSON as soon as they are there, so that what
was measured before a time limit or a fault is kept.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

import django

from benchmarks.went import speaker

# By name, in this order: module and title. What writes comes last.
SECTIONS = {
    "flows": ("benchmarks.flows", "Questions"),
    "lists": ("benchmarks.lists", "Lists, search, digest"),
    "api": ("benchmarks.api", "API"),
    "export": ("benchmarks.api_files", "Export"),
    "pages": ("benchmarks.pages", "Pages"),
    "rebuild": ("benchmarks.rebuilding", "Rebuilding"),
    "migrations": ("benchmarks.migrations", "Migrations beside readers and writers"),
    "hostile": ("benchmarks.hostile", "Malformed files"),
    "import": ("benchmarks.imports", "Import"),
    "start": ("benchmarks.start", "Start"),
}


def main(name: str, deals: str, file: str | None = None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
    django.setup()
    module, title = SECTIONS[name]
    print(f"\n{title}", flush=True)
    import_module(module).measure(speaker(title, Path(file) if file else None), int(deals))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
