"""The documents name what is there, and nothing that is not."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parents[1]
DOCS = {path.name: path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]}
ALL = "\n".join(DOCS.values())
OURS = {name for name, app in get_commands().items() if app == "deals"}
FOREIGN = {"migrate", "collectstatic", "axes_reset", "axes_reset_username", "check"}


def routes(resolver=None, prefix="/"):
    """Every address as written in the tables, without the admin's own."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if not path.startswith("/admin"):
                yield from routes(entry, path)
        elif isinstance(entry, URLPattern) and entry.name:
            yield re.sub(r"<(?:\w+:)?(\w+)>", "{id}", path)


def test_every_address_of_the_api_is_documented():
    named = [path for path in routes() if path.startswith("/api/")]
    assert named
    for path in named:
        assert re.search(rf"`(GET|POST) {re.escape(path)}", DOCS["api.md"]), path


def test_every_command_is_documented_and_every_documented_command_exists():
    named = set(re.findall(r"manage\.py (\w+)", ALL))
    assert named - FOREIGN == OURS


def test_every_make_target_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z-]+)", ALL)) <= targets
    assert {"run", "test", "install", "check", "fix", "bench"} <= targets


@pytest.mark.parametrize("name", sorted(DOCS))
def test_files_that_a_document_points_to_exist(name):
    base = ROOT if name == "README.md" else ROOT / "docs"
    for target in re.findall(r"\]\(([^)#:]+)\)", DOCS[name]):
        assert (base / target).exists(), target
    for target in re.findall(r"`((?:deals|tests|docs|investtrack)/[\w/.]+)`", DOCS[name]):
        assert (ROOT / target).exists(), target


def test_every_setting_is_in_the_operations_guide():
    sample = (ROOT / ".env.sample").read_text()
    for name in re.findall(r"^#?([A-Z_]+)=", sample, re.M):
        assert f"`{name}`" in DOCS["operations.md"], name


def test_pages_named_in_the_readme_answer(client, db):
    for path in re.findall(r"`(/[a-z]+/)`", DOCS["README.md"]):
        assert client.get(path, follow=True).status_code == 200, path
