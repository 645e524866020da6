"""Where sections of the benchmarks say what they found."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.report import Figure, line

Say = Callable[[Figure], None]


def speaker(title: str, file: Path | None = None) -> Say:
    """What a section gives its figures to: they are printed and, with a file, kept."""

    def say(figure: Figure) -> None:
        figure = replace(figure, section=title)
        print(f"  {line(figure)}", flush=True)
        if file:
            with file.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps(asdict(figure)) + "\n")

    return say
