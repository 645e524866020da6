"""Calls by which data become code: none is in the product.

Read from the syntax trees, so that one that is added is seen before anybody finds a way to it.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).parents[2]
FILES = [
    *(ROOT / "deals").rglob("*.py"),
    *(ROOT / "investtrack").rglob("*.py"),
]
# Names that are called, whatever they are called of.
FORBIDDEN = {"eval", "exec", "__import__", "literal_eval"}
OF_OS = {"system", "popen", "execl", "execv", "execvp", "spawnl", "spawnv"}
MODULES = {"marshal", "shelve", "dill", "yaml", "jsonpickle", "telnetlib", "ftplib", "lxml"}
# What is read back here was signed before it was kept.
PICKLES = {"investtrack/signed_cache.py"}
# Chance that somebody must not guess comes from `secrets`; these draw demonstrations and pauses.
DICE = {
    "deals/feeds/demo.py", "deals/feeds/demo_cast.py", "deals/mirror/client.py",
    "deals/webhooks/sending.py",
}  # fmt: skip
RUNS_IN_A_BROWSER = re.compile(
    r"\binnerHTML\b|\bouterHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function"
    r"|setTimeout\(\s*[\"'`]|javascript:"
)


# A file without any of these words has none of the calls and imports, and need not be parsed.
WORDS = re.compile("|".join(FORBIDDEN | OF_OS | MODULES | {"pickle", "random", "shell"}))


@cache
def nodes() -> list[tuple[str, ast.Call | ast.Import | ast.ImportFrom]]:
    """Every call and import of the product, with the file that it stands in."""
    return [
        (str(path.relative_to(ROOT)), node)
        for path in FILES
        if "migrations" not in path.parts
        if WORDS.search(text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call | ast.Import | ast.ImportFrom)
    ]


def called(node: ast.Call) -> str:
    name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
    of_os = getattr(getattr(node.func, "value", None), "id", "") == "os"
    shell = any(one.arg == "shell" and getattr(one.value, "value", 1) for one in node.keywords)
    return name if shell or name in FORBIDDEN or (of_os and name in OF_OS) else ""


def imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = {one.name for one in node.names} | {getattr(node, "module", None) or ""}
    return {name.split(".")[0] for name in names}


def test_nothing_is_run_that_was_text_or_bytes():
    found = []
    for name, node in nodes():
        if isinstance(node, ast.Call):
            found += [(name, node.lineno, called(node))] if called(node) else []
        elif imported(node) & MODULES or ("pickle" in imported(node) and name not in PICKLES):
            found.append((name, node.lineno, str(imported(node))))
    assert found == []


def test_what_nobody_may_guess_is_not_drawn_by_dice():
    dicing = {
        name
        for name, node in nodes()
        if not isinstance(node, ast.Call)
        and "random" in imported(node)
        and not name.startswith("investtrack/migrating/")
    }
    assert dicing <= DICE


def test_no_template_and_no_script_takes_a_text_for_markup():
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "deals").rglob("*.html")]
    loose = re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq|json_script:?\s*$")
    assert [path.name for path in templates if loose.search(path.read_text())] == []
    scripts = [*(ROOT / "deals/static/deals/js").glob("*.js")]
    assert scripts
    assert [path.name for path in scripts if RUNS_IN_A_BROWSER.search(path.read_text())] == []


@pytest.mark.parametrize("setting", ["CELERY_TASK_SERIALIZER", "CELERY_RESULT_SERIALIZER"])
def test_messages_are_json(setting):
    assert getattr(settings, setting, "json") == "json"
    assert set(getattr(settings, "CELERY_ACCEPT_CONTENT", ["json"])) == {"json"}


def test_every_tracked_file_is_without_a_secret():
    secret = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bghp_\w{36}\b|\bxox[bp]-\w{20}"
        r"|\bitk_[riw]_[\w-]{43}\b"
    )
    folders = ("deals", "investtrack", "templates", "docs", "deploy", "benchmarks", ".ci")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    paths += [path for path in ROOT.iterdir() if path.is_file() and path.name != ".env"]
    texts = (path for path in paths if path.suffix not in (".pyc", ".woff2", ".png", ".gz", ".br"))
    assert [p.name for p in texts if secret.search(p.read_text(errors="replace"))] == []


def test_nothing_says_more_when_it_fails_unless_a_developer_asks():
    assert settings.DEBUG is False
