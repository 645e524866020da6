"""The image has every file that the program reads beside its own code."""

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READ = re.compile(r'BASE_DIR((?: / "[^"]+")+)')
# For who writes migrations, from a checkout; and what an installation keeps outside.
ELSEWHERE = {"pyproject.toml", ".squawk.toml", ".env", "var"}


def read_by_the_program() -> set[str]:
    modules = [path for room in ("deals", "investtrack") for path in (ROOT / room).rglob("*.py")]
    found = [names for module in modules for names in READ.findall(module.read_text())]
    return {"/".join(re.findall(r'"([^"]+)"', names)) for names in found} - ELSEWHERE


def copied() -> set[str]:
    """What the Dockerfile copies, as paths below the folder of the program."""
    lines = re.findall(r"^COPY (.+) (\S+)$", (ROOT / "Dockerfile").read_text(), re.M)
    places = set()
    for sources, target in lines:
        for source in sources.split():
            to = target.removeprefix("./").removesuffix(".")
            places.add(f"{to}{Path(source).name}" if to.endswith("/") or not to else to)
    return places


def ignored(path: str) -> bool:
    """The last line of .dockerignore that fits the path or a folder above it decides."""
    above = [path, *(str(folder) for folder in Path(path).parents)]
    left_out = False
    for line in (ROOT / ".dockerignore").read_text().split():
        if any(fnmatch(one, line.removeprefix("!")) for one in above):
            left_out = not line.startswith("!")
    return left_out


@pytest.mark.parametrize("path", sorted(read_by_the_program()))
def test_every_file_that_the_program_reads_is_in_the_image(path):
    assert (ROOT / path).exists()
    assert any(path == one or path.startswith(f"{one}/") for one in copied()), path
    assert not ignored(path), path


def test_the_rules_of_counting_are_among_them_and_other_documents_are_not():
    assert "docs/methods.md" in read_by_the_program()
    assert ignored("docs/api.md")
    assert ignored(".env")
