"""Example calls in four ways that partners work: curl, Python, R and a spreadsheet.

All four are written from one `Call`, so that none can drift from the others; tests run the first
two of every address against a server.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from deals.api.schema.operation import JSON, Operation

# What an example says where the register has nothing of the kind yet.
NOTHING = {
    "deal": "D-00000000",
    "organization": "O-00000000",
    "import": "1",
    "submission": "1",
    "population": "demo",
    "release": "2026.11",
    "older": "2026.08",
    "file": "deals.csv",
    "form": "csv",
    "etag": 'W/"deal-1"',
}
PLAIN = re.compile(r"[A-Za-z_]\w*")
CSV = "text/csv"


@dataclass(frozen=True, slots=True)
class Request:
    """An example as it is sent: a whole address without its parameters, and everything with it."""

    method: str
    base: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    file: str
    key: bool
    saves: str

    @property
    def named(self) -> bool:
        """Whether the method has to be said: tools guess it from the body otherwise."""
        has_body = self.body is not None or bool(self.file)
        return self.method != ("POST" if has_body else "GET")

    @property
    def address(self) -> str:
        return self.base + self.path

    @property
    def url(self) -> str:
        """The address with its parameters."""
        return f"{self.address}?{urlencode(self.query, safe=',:')}" if self.query else self.address


def request(
    operation: Operation, key: tuple[str, str], base: str, known: Mapping[str, str]
) -> Request:
    """The example of an operation; `key` is its path and method, `base` ends with /api/v1/.

    `known` names what this register has, as in `NOTHING`.
    """
    words = {**NOTHING, **known}
    call, (path, method) = operation.call, key
    for name, value in call.path.items():
        path = path.replace(f"{{{name}}}", filled(value, words))
    return Request(
        method,
        base,
        path,
        {name: filled(value, words) for name, value in call.query.items() if _there(value, known)},
        {name: filled(value, words) for name, value in call.sends.items()},
        call.body,
        call.file,
        bool(operation.power),
        path.rpartition("/")[2],
    )


def _there(text: str, known: Mapping[str, str]) -> bool:
    """A parameter that would name what the register does not have is left out."""
    return all(name in known for name in re.findall(r"\{(\w+)\}", text))


def filled(text: str, words: Mapping[str, str]) -> str:
    """`{deal}` and the like, replaced by what is there."""
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def as_json(body: Any) -> str:
    """The body as all four ways send it."""
    return json.dumps(body, ensure_ascii=False)


def curl(sent: Request) -> str:
    """A line for a shell; the key is in the variable KEY."""
    # Without -f a problem would be kept under the name of the file.
    parts = ["curl -f" if sent.saves else "curl"]
    if sent.named:
        parts.append(f"-X {sent.method}")
    if sent.key:
        parts.append('-H "Authorization: Bearer $KEY"')
    headers = dict(sent.headers)
    if sent.body is not None:
        headers.setdefault("Content-Type", JSON)
    if sent.file:
        headers.setdefault("Content-Type", CSV)
    parts += [f"-H {_shell(f'{name}: {value}')}" for name, value in headers.items()]
    if sent.body is not None:
        parts.append(f"-d {_shell(as_json(sent.body))}")
    if sent.file:
        parts.append(f"--data-binary @{sent.file}")
    if sent.saves:
        parts.append(f"-o {sent.saves}")
    parts.append(_shell(sent.url))
    lines = [" ".join(parts[:1])]
    for part in parts[1:]:
        if lines[-1] != parts[0] and len(lines[-1]) + len(part) > 88:
            lines[-1] += " \\"
            lines.append(f"     {part}")
        else:
            lines[-1] += f" {part}"
    return "\n".join(lines)


def _shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def python(sent: Request) -> str:
    """A script that needs only `requests`; the key is in the environment as KEY."""
    given = [f'    "{sent.address}",']
    if sent.query:
        given.append(f"    params={_python(sent.query)},")
    headers = [f'"{name}": {_python(value)}' for name, value in sent.headers.items()]
    if sent.file:
        headers.append(f'"Content-Type": "{CSV}"')
    if sent.key:
        headers.insert(0, '"Authorization": "Bearer " + os.environ["KEY"]')
    if headers:
        given.append(f"    headers={{{', '.join(headers)}}},")
    if sent.body is not None:
        given.append(f"    json={_python(sent.body)},")
    if sent.file:
        given.append(f'    data=Path("{sent.file}").read_bytes(),')
    lines = [
        *(["import os"] if sent.key else []),
        *(["from pathlib import Path"] if sent.file or sent.saves else []),
        "import requests",
        "",
        f"answer = requests.{sent.method.lower()}(",
        *given,
        ")",
        "answer.raise_for_status()",
    ]
    if sent.saves:
        lines.append(f'Path("{sent.saves}").write_bytes(answer.content)')
    else:
        lines.append("data = answer.json()")
    return "\n".join(lines)


def _python(value: Any) -> str:
    """A value as Python writes it, with the quotes of the rest of the script."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(k)}: {_python(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_python(one) for one in value) + "]"
    return repr(value)


def r(sent: Request) -> str:
    """A script with the package httr2; the key is in the environment as KEY."""
    steps = [f'request("{sent.address}")']
    if sent.query:
        pairs = ", ".join(f"{_r_name(name)} = {_text(v)}" for name, v in sent.query.items())
        steps.append(f"req_url_query({pairs})")
    if sent.key:
        steps.append('req_auth_bearer_token(Sys.getenv("KEY"))')
    if sent.headers:
        pairs = ", ".join(f"`{name}` = {_text(value)}" for name, value in sent.headers.items())
        steps.append(f"req_headers({pairs})")
    if sent.body is not None:
        # As text, since R has no difference between one value and a list of one.
        steps.append(f'req_body_raw({_text(as_json(sent.body))}, "{JSON}")')
    if sent.file:
        steps.append(f'req_body_file("{sent.file}", type = "{CSV}")')
    if sent.named:
        steps.append(f'req_method("{sent.method}")')
    if sent.saves:
        steps.append(f'req_perform(path = "{sent.saves}")')
        return "library(httr2)\n\n" + " |>\n  ".join(steps)
    steps += ["req_perform()", "resp_body_json()"]
    return "library(httr2)\n\ndata <- " + " |>\n  ".join(steps)


def _r_name(name: str) -> str:
    return name if PLAIN.fullmatch(name) else f"`{name}`"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def spreadsheet(sent: Request) -> str:
    """A query of Excel or Power BI (Data, From Web, Advanced Editor); "" where none is possible."""
    if sent.method not in ("GET", "POST"):
        # Power Query sends nothing else.
        return ""
    options = [f'RelativePath = "{sent.path}"']
    if sent.query:
        pairs = ", ".join(f"{_m_name(name)} = {_m(value)}" for name, value in sent.query.items())
        options.append(f"Query = [{pairs}]")
    headers = [f"{_m_name(name)} = {_m(value)}" for name, value in sent.headers.items()]
    if sent.body is not None:
        headers.append(f'#"Content-Type" = "{JSON}"')
    if sent.file:
        headers.append(f'#"Content-Type" = "{CSV}"')
    if sent.key:
        headers.insert(0, '#"Authorization" = "Bearer " & Key')
    if headers:
        options.append(f"Headers = [{', '.join(headers)}]")
    if sent.body is not None:
        options.append(f"Content = Text.ToBinary({_m(as_json(sent.body))})")
    elif sent.file:
        options.append(f'Content = File.Contents("C:\\{sent.file}")')
    elif sent.method == "POST":
        options.append('Content = Text.ToBinary("")')
    first = ['    Key = "itk_…",'] if sent.key else []
    call = ",\n        ".join(options)
    asked = f'Web.Contents("{sent.base}", [\n        {call}])'
    return "\n".join(["let", *first, f"    Answer = {_m_read(sent, asked)}", "in", "    Answer"])


def _m_read(sent: Request, asked: str) -> str:
    if not sent.saves:
        return f"Json.Document({asked})"
    kind = sent.saves.rpartition(".")[2]
    if kind == "csv":
        return f"Table.PromoteHeaders(Csv.Document({asked}, [Encoding = 65001]))"
    reader = {"parquet": "Parquet.Document", "xlsx": "Excel.Workbook"}.get(kind)
    return f"{reader}({asked})" if reader else f"Lines.FromBinary({asked})"


def _m_name(name: str) -> str:
    return name if PLAIN.fullmatch(name) else f'#"{name}"'


def _m(text: str) -> str:
    # In M “#(” begins a sign that is written by its number, and “#(#)” is the sign # itself.
    return '"' + text.replace("#(", "#(#)(").replace('"', '""') + '"'


WAYS = {"curl": curl, "Python": python, "R": r, "Power Query": spreadsheet}
