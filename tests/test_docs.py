"""The documents name what is there, nothing that is not, and miss nothing."""

import ast
import importlib
import os
import re
import tomllib
from argparse import ArgumentParser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import Resolver404, resolve

from investtrack.environment import SECRETS
from tests.addresses import page, routes

ROOT = Path(__file__).parents[1]
TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
PAGES = ROOT / "docs" / "pages.md"
if os.environ.get("PAGES") == "write":
    PAGES.write_text(page())
PATHS = {path.name: path for path in [*TOP, *sorted((ROOT / "docs").glob("*.md"))]}
DOCS = {name: path.read_text() for name, path in PATHS.items()}
ALL = "\n".join(DOCS.values())
CODE = re.findall(r"`([^`\n]+)`", ALL)
OURS = {name for name, app in get_commands().items() if app == "deals"}
FOREIGN = {"collectstatic", "axes_reset", "axes_reset_username", "check", "sqlmigrate"}
MAKEFILE = (ROOT / "Makefile").read_text()
each_document = pytest.mark.parametrize("name", sorted(DOCS))


def settings_read() -> dict[str, str | None]:
    """Every variable that is read from the environment, with its default where it is a number."""
    found: dict[str, str | None] = {}
    for module in (ROOT / "investtrack").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env.")):
                continue
            name, *rest = [arg.value for arg in node.args if isinstance(arg, ast.Constant)] or [""]
            if re.fullmatch(r"[A-Z][A-Z_]+", str(name)):
                numbers = [f"{value:,}" for value in rest[:1] if type(value) is int]
                found[str(name)] = numbers[0] if numbers else None
    return found


def test_every_address_of_the_api_is_documented():
    named = [path for path, _ in routes() if path.startswith("/api/")]
    assert named
    for path in named:
        assert re.search(rf"`(GET|POST) {re.escape(path)}", DOCS["api.md"]), path


def test_every_address_for_people_is_documented():
    assert PAGES.read_text() == page(), "PAGES=write brings docs/pages.md in step."


def test_addresses_that_a_document_names_are_there():
    beginnings = {path.split("/")[1] for path, _ in routes()}
    for text in CODE:
        if re.fullmatch(r"/[\w/.{}-]*", text) and text.split("/")[1] in beginnings:
            path = re.sub(r"\{\w*\}", "1", text)
            assert _leads_somewhere(path), text


def _leads_somewhere(path: str) -> bool:
    for variant in (path, f"{path}/", f"{path}europe/", f"{path}1/", f"{path}1"):
        try:
            resolve(variant)
        except Resolver404:
            continue
        return True
    return False


def test_every_command_is_documented_and_every_documented_command_exists():
    named = set(re.findall(r"manage\.py (\w+)", ALL))
    assert named - FOREIGN == OURS


def test_commands_are_written_as_they_can_be_given():
    """Each option of a command line in a document is one of the command's."""
    for line in re.findall(r"manage\.py (\w+[^`\n|)]*)", ALL):
        name, *words = re.split(r"\s+", line.strip())
        if name in OURS:
            known = _options(load_command_class("deals", name).create_parser("manage.py", name))
            given = {found[0] for word in words if (found := re.match(r"--[a-z-]+", word))}
            assert given <= known, line


def _options(parser: ArgumentParser) -> set[str]:
    """Those of the command and of its own commands."""
    found: set[str] = set()
    for action in parser._actions:
        found |= set(action.option_strings)
        if isinstance(action.choices, dict):
            found |= set().union(*(_options(inner) for inner in action.choices.values()))
    return found


def test_every_make_target_is_explained_and_every_named_one_exists():
    targets = set(re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, re.M))
    assert set(re.findall(r"`make ([a-z-]+)", ALL)) <= targets
    explained = set(re.findall(r"^#   make ([a-z-]+) ", MAKEFILE, re.M))
    assert explained == targets - {"install-dev"}


@each_document
def test_files_that_a_document_points_to_exist(name):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", DOCS[name]):
        assert (PATHS[name].parent / target).exists(), target
    rooms = r"deals|tests|docs|investtrack|benchmarks|templates|deploy"
    for target in re.findall(rf"`((?:{rooms})/[\w/.-]+)`", DOCS[name]):
        assert (ROOT / target).exists() or (ROOT / f"{target}.py").exists(), target


@each_document
def test_places_in_a_document_that_another_points_to_exist(name):
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", DOCS[name]):
        text = DOCS[Path(target).name] if target else DOCS[name]
        headings = re.findall(r"^#+ (.+)$", text, re.M)
        assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


def test_names_in_python_that_a_document_gives_are_there():
    for text in CODE:
        if re.fullmatch(r"(?:deals|investtrack|benchmarks)(?:\.\w+){2,}", text):
            assert _is_there(text), text


def _is_there(dotted: str) -> bool:
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def test_every_setting_is_in_the_operations_guide_with_its_default():
    rows = [line for line in DOCS["operations.md"].splitlines() if line.startswith("| `")]
    for name, default in settings_read().items():
        row = next((row for row in rows if f"`{name}`" in row.split("|")[1]), "")
        assert row, name
        said = row.split("|")[2].replace(",", "")
        assert default is None or default.replace(",", "") in said, (name, default)


@pytest.mark.parametrize("text", [DOCS["operations.md"], (ROOT / ".env.sample").read_text()])
def test_every_secret_that_may_be_in_a_file_is_named_where_files_are_explained(text):
    told = next(part for part in text.split("\n\n") if "SECRET_KEY_FILE=/run/secrets" in part)
    assert set(re.findall(r"[A-Z]+_[A-Z_]+", told)) - {"SECRET_KEY_FILE"} == SECRETS


def test_every_room_is_in_the_picture():
    rooms = [path.name for path in (ROOT / "deals").iterdir() if (path / "__init__.py").exists()]
    for room in rooms:
        assert re.search(rf"\b{room}\b", DOCS["architecture.md"]), room


def test_every_dependency_says_where_it_is_used_and_is_used_there():
    text = (ROOT / "pyproject.toml").read_text()
    modules: dict[str, set[str]] = {}
    for module, names in packages_distributions().items():
        for name in names:
            modules.setdefault(_plain(name), set()).add(module)
    wanted = tomllib.loads(text)["project"]["dependencies"]
    for requirement in wanted:
        name = re.split(r"[\[<>=]", requirement)[0]
        comment = re.search(rf'"{re.escape(requirement)}",\s*# (.+)', text)
        assert comment, requirement
        files = re.findall(r"(?:deals|investtrack|templates|benchmarks|tests)/[\w/.]*", comment[1])
        said = "".join(_text(ROOT / file.rstrip(".")) for file in files)
        programs = modules.get(_plain(name), set()) | {name}
        names = {module.lower() for module in programs} | {name.split("-")[0]}
        assert not files or any(name in said.lower() for name in names), requirement


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _text(path: Path) -> str:
    if path.is_dir():
        return "".join(file.read_text() for file in path.rglob("*.py"))
    return path.read_text()


def test_pages_named_in_the_readme_answer(client, db):
    for path in re.findall(r"`(/[a-z]+/)`", DOCS["README.md"]):
        assert client.get(path, follow=True).status_code == 200, path
