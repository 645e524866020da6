"""The code of `/developers/`: what a partner copies, in the four ways of the reference.

Single calls come from the one table of the API's description. What takes several steps is written
here for Python, and tests run all of it against a server.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from deals.api.schema import calls
from deals.api.schema.spelling import ROOT
from deals.api.schema.table import OPERATIONS

Ways = list[tuple[str, str]]
WHOLE = "kind=all&status=all&ai=all"
QUESTION = "investor=europe&target=CN&from=2017&to=2022"
READ_CSV = """import pandas as pd

# Only what is empty is unknown: NA is Namibia.
deals = pd.read_csv(
    "{address}",
    keep_default_na=False,
    na_values=[""],
)
print(deals.head())"""
COPY = """import hashlib
import json
import requests

base = "BASE"
copy, after, head = {}, 0, None
while after != head:
    page = requests.get(
        base + "changes/", params={"after": after, "documents": "yes"}
    ).json()
    for change in page["results"]:
        if change["kind"] in ("merged", "retracted", "purged"):
            copy.pop(change["deal"], None)
        for document in [change["document"], *change["documents"]]:
            if document and not document["generated"]:    # invented for demonstration
                copy[document["id"]] = document
    after, head = page["next_after"], page["head"]

digest = 0
for document in copy.values():
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    digest ^= int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
theirs = requests.get(base + "digest/", params={"as_of": after}).json()
print(len(copy), "deals, equal:", f"{digest:064x}" == theirs["digest"])"""


def start(base: str) -> Ways:
    """Everything, in one line: from nothing to a data frame."""
    address = f"{base}exports/deals.csv?{WHOLE}&mark=no"
    return [
        ("Python", READ_CSV.format(address=address)),
        ("R", f'deals <- read.csv("{address}", na.strings = "")\nhead(deals)'),
        ("curl", f"curl -f -o deals.csv '{address}'"),
        ("Google Sheets", f'=IMPORTDATA("{base}exports/deals.csv?{QUESTION}&mark=no")'),
        ("Power Query", calls.spreadsheet(_sent("exports/deals.csv", base))),
    ]


def types(base: str) -> Ways:
    """The same with types, which CSV has not."""
    address = f"{base}exports/deals.parquet?{WHOLE}"
    read = f'import pandas as pd\n\ndeals = pd.read_parquet("{address}")\nprint(deals.dtypes)'
    return [
        ("Python", read),
        (
            "R",
            f'download.file("{address}", "deals.parquet", mode = "wb")\n'
            'deals <- arrow::read_parquet("deals.parquet")',
        ),
        ("curl", f"curl -f -o deals.parquet '{address}'"),
        ("Power Query", calls.spreadsheet(_sent("exports/deals.parquet", base))),
    ]


def one(path: str, method: str, base: str, known: Mapping[str, str]) -> Ways:
    """The example of one address."""
    key = (path, method)
    sent = calls.request(OPERATIONS[key], key, base, known)
    return [(name, way(sent)) for name, way in calls.WAYS.items()]


def asked(known: Mapping[str, str]) -> str:
    """The parameters of the share's example, for whatever else is asked beside it."""
    call = calls.request(OPERATIONS["flows/share/", "GET"], ("flows/share/", "GET"), "", known)
    return urlencode(call.query, safe=",:")


def share(base: str, known: Mapping[str, str]) -> Ways:
    """One number with all that qualifies it."""
    return one("flows/share/", "GET", base, known)


def pages(base: str, known: Mapping[str, str]) -> Ways:
    """All pages of the list of those deals that the share counts."""
    first = f"{base}deals/?{asked(known)}"
    return [
        (
            "Python",
            f"""import requests

address, deals = "{first}", []
while address:
    page = requests.get(address).json()
    deals += page["results"]
    address = page["next"]
print(len(deals))""",
        ),
        (
            "R",
            f"""library(httr2)

address <- "{first}"
deals <- list()
while (!is.null(address)) {{
  page <- request(address) |> req_perform() |> resp_body_json()
  deals <- c(deals, page$results)
  address <- page$`next`
}}""",
        ),
        ("curl", f"curl '{first}'     # and then the address in “next”, until it is null"),
    ]


def again(base: str, known: Mapping[str, str]) -> Ways:
    """The same question a second time, for nothing."""
    address = f"{base}flows/share/?{asked(known)}"
    return [
        (
            "Python",
            f"""import requests

address = "{address}"
first = requests.get(address)
again = requests.get(address, headers={{"If-None-Match": first.headers["ETag"]}})
print(again.status_code)     # 304: what you have is still true""",
        ),
        (
            "curl",
            f"curl -f --etag-save share.etag -o share.json '{address}'\n"
            f"curl -f --etag-compare share.etag -o share.json '{address}'",
        ),
    ]


def copy(base: str) -> Ways:
    """A copy that is kept, and proven."""
    return [
        (
            "Python",
            COPY.replace("BASE", base),
        ),
        ("curl", f"curl '{base}changes/?after=0&documents=yes'\ncurl '{base}digest/'"),
        ("Mirror", f"manage.py mirror {base.removesuffix('/api/v1/')} --into ./investtrack"),
    ]


def release(base: str, known: Mapping[str, str]) -> Ways:
    """A number that never changes again."""
    name = known.get("release", "")
    held = f"{base}flows/share/?{asked(known)}&release={name}"
    if not name:
        return [("curl", f"curl '{base}releases/'")]
    ask = f'import requests\n\nanswer = requests.get("{held}").json()\nprint(answer["as_of"])'
    return [("Python", ask), ("curl", f"curl '{held}'\ncurl '{base}releases/{name}/'")]


def view(base: str, address: str) -> Ways:
    """The very numbers or deals that a page shows; `address` is that of the API's answer."""
    path, _, asked = address.removeprefix(ROOT).partition("?")
    # What readers typed is in it, so nothing is filled in.
    sent = calls.Request("GET", base, path, dict(parse_qsl(asked)), {}, None, "", False, "")
    return [(name, way(sent)) for name, way in calls.WAYS.items()]


def _sent(path: str, base: str) -> calls.Request:
    return calls.request(OPERATIONS[path, "GET"], (path, "GET"), base, {})
