"""What the compose files say, merged as `docker compose -f one -f another` merges them.

Only what these files use of the format: variables with defaults, merged services, `extends`, and
`!reset`. The rehearsal starts from it, and tests look into it.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
ONE_MACHINE = ("docker-compose.yml",)
SCALED = ("docker-compose.yml", "docker-compose.scale.yml")
# ${NAME}, ${NAME:-default}, ${NAME:?why it is needed}; a default may hold one itself.
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])((?:[^{}]|\{[^{}]*\})*))?\}")
RESET = object()


class _Loader(yaml.SafeLoader):
    pass


_Loader.add_constructor("!reset", lambda loader, node: RESET)


def load(files: tuple[str, ...] = SCALED, variables: Mapping[str, str] | None = None) -> Any:
    """The merged document, its variables filled in, those that are not given by their defaults."""
    merged: Any = {}
    for name in files:
        merged = _merge(merged, yaml.load((ROOT / name).read_text(), _Loader))
    for service in merged["services"].values():
        if parent := service.pop("extends", None):
            # In the files as they are written, the parent itself is not changed by the overlay.
            base = yaml.load((ROOT / parent["file"]).read_text(), _Loader)
            whole = _merge(base["services"][parent["service"]], service)
            service.update(whole)
    return _filled(merged, variables or {})


def _merge(under: Any, over: Any) -> Any:
    """Maps are merged, lists (volumes, secrets) are joined; the rest is replaced."""
    if isinstance(under, dict) and isinstance(over, dict):
        merged = dict(under)
        for key, value in over.items():
            if value is RESET:
                merged.pop(key, None)
            elif key in ("command", "entrypoint") or key not in merged:
                merged[key] = value
            else:
                merged[key] = _merge(merged[key], value)
        return merged
    if isinstance(under, list) and isinstance(over, list):
        return under + [one for one in over if one not in under]
    return over


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, variables) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, variables) for one in value]
    return fill(value, variables) if isinstance(value, str) else value


def fill(text: str, variables: Mapping[str, str]) -> str:
    """A text of a compose file as a service sees it; `$$` is a plain dollar sign."""

    def one(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if variables.get(name):
            return variables[name]
        return fill(rest, variables) if kind == "-" else ""

    return VARIABLE.sub(one, text).replace("$$", "$")
