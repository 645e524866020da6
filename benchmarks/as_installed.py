"""`python -m benchmarks.as_installed gunicorn …`: a program without what only developers have.

Some libraries load whatever they find (a colourful console, an HTTP client, template engines), and
a developer's folder has more than a server of its own: memory measured there would be of both.
"""

import os
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from runpy import run_module

HIDDEN = "HIDDEN_PACKAGES"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements.txt"
# They come with Python's own images.
TOOLS = {"pip", "setuptools", "wheel"}


def hidden() -> str:
    """Top-level names of packages that requirements.txt does not bring, joined by commas.

    Found by whoever starts the program, since finding them takes memory, too.
    """
    wanted = {_plain(name) for name in PINNED.findall(REQUIREMENTS.read_text())} | TOOLS
    found = packages_distributions().items()
    return ",".join(name for name, by in found if not wanted & {_plain(one) for one in by})


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Run the module that the command line names, for which the packages are not there."""
    for name in filter(None, os.environ.get(HIDDEN, "").split(",")):
        # To Python's `import` this says that it was looked for in vain.
        sys.modules[name] = None  # type: ignore[assignment]
    del sys.argv[0]
    run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
